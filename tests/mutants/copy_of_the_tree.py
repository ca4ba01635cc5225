"""A copy of the project in a temporary folder, in which one guard at a time is switched off."""

from __future__ import annotations

import compileall
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.table import Mutant

PROJECT = Path(__file__).resolve().parents[2]
_PARTS = ("trading", "chatbot", "tests", "data", "main.py", "pyproject.toml", ".env.example")
_LEFT_OUT = shutil.ignore_patterns("state", ".hypothesis")


class CopyOfTheTree:
    """`root` looks like the project's root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def without(self, mutant: Mutant) -> Iterator[None]:
        """Inside the block the guard of `mutant` is off. Raises ValueError for one that fits no more."""
        path = self.root / mutant.file
        source, was = path.read_text(), path.stat()
        path.write_text(mutant.applied(source))
        try:
            yield
        finally:
            path.write_text(source)
            # Compiled files are known by the time of their source: they hold again.
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


@contextmanager
def copy_of_the_tree() -> Iterator[CopyOfTheTree]:
    """A fresh copy, compiled; it is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        root = Path(folder, "purser")
        root.mkdir()
        for name in _PARTS:
            part = PROJECT / name
            if part.is_dir():
                shutil.copytree(part, root / name, ignore=_LEFT_OUT)
            elif part.exists():
                shutil.copy2(part, root / name)
        compileall.compile_dir(root, quiet=2)
        yield CopyOfTheTree(root)
