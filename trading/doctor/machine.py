"""The machine: Python, the state directory, and room on its disk."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from trading.doctor.findings import Finding, fail, note, ok
from trading.instance import running_at

OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 200 * 1024 * 1024
"""Below this a day's log and database could fill the disk."""


def check_machine(state_dir: Path, env_file: Path) -> Iterator[Finding]:
    """Nothing is written: a directory that does not exist yet is judged by its nearest parent."""
    yield ok("Settings", f"read from {env_file} and the environment" if env_file.exists() else "from the environment")
    yield _python()
    parent = _nearest(state_dir)
    yield _directory(state_dir, parent)
    yield _disk(parent)
    if running_at(state_dir) is not None:
        yield note("Bot", f"one is running on {state_dir}; the database is only read.")


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return fail("Python", f"this is {version}; install 3.11 or newer.")
    return ok("Python", version)


def _directory(state_dir: Path, parent: Path) -> Finding:
    if not (parent.is_dir() and os.access(parent, os.W_OK | os.X_OK)):
        return fail("State", f"{state_dir} cannot be written; make it a writable folder, or set STATE_DIR.")
    return ok("State", f"{state_dir}" if state_dir.exists() else f"{state_dir} will be made at the first start")


def _disk(parent: Path) -> Finding:
    free = shutil.disk_usage(parent).free
    told = f"{free // 1024**2:,} MB free"
    if free < NEEDED_BYTES:
        return fail("Disk", f"{told}, {NEEDED_BYTES // 1024**2} MB are needed; free some space, or set STATE_DIR.")
    return ok("Disk", told)


def _nearest(path: Path) -> Path:
    """`path`, or the first of its parents that exists."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())
