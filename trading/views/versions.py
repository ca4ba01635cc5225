"""What the program is made of: its own version, Python's, and those of the libraries that matter."""

from __future__ import annotations

import platform
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PROGRAM = "purser"
LIBRARIES = ("ccxt", "python-telegram-bot", "discord.py", "openai", "SQLAlchemy", "numpy", "matplotlib")
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def program_version() -> str:
    """As installed; run from its folder, as that declares it; empty where neither says."""
    installed = _installed(PROGRAM)
    if installed:
        return installed
    try:
        declared = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))
        return str(declared["project"]["version"])
    except (OSError, ValueError, KeyError):
        return ""


def python_version() -> str:
    return platform.python_version()


def library_versions() -> dict[str, str]:
    """By package, of those that are installed; nothing is imported for it."""
    found = {name: _installed(name) for name in LIBRARIES}
    return {name: number for name, number in found.items() if number}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
