"""Where the figures come from: the machine and the versions that ran."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from textwrap import fill

from tests.bench.figures import WIDTH

LIBRARIES = (
    "ccxt", "python-telegram-bot", "httpx", "aiohttp", "numpy", "pyarrow", "matplotlib", "sqlalchemy", "aiosqlite",
    "pydantic", "starlette", "uvicorn",
)  # fmt: skip


def machine() -> str:
    system = f"{platform.system()} {platform.release()}"
    return f"{processor()}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def processor() -> str:
    """The CPU's model as the kernel names it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown processor")


def libraries() -> str:
    """Names and versions, a line at most WIDTH columns wide each."""
    return fill(", ".join(f"{name} {version(name)}" for name in LIBRARIES), WIDTH, break_on_hyphens=False)
