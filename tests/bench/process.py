"""Processes of their own for what is measured, and what the kernel has counted for them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class Measured:
    """A running Python process. Times are CPU seconds of all its threads, user and system."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def cpu_seconds(self) -> float:
        # The name in parentheses may hold spaces; utime and stime are the 14th and 15th fields of the line.
        fields = self._read("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_mebibytes(self) -> float:
        """The most memory it has had resident so far."""
        line = next(line for line in self._read("status").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def wait_for(self, words: str) -> None:
        """Return once it prints a line with `words`. Raises RuntimeError when it does not."""
        out, seen = self._stdout(), b""
        while words.encode() not in seen:
            ready, _, _ = select.select([out], [], [], PATIENCE_SECONDS)
            chunk = os.read(out.fileno(), 65_536) if ready else b""
            if not chunk:
                raise RuntimeError(f"{self._process.args!r} never printed {words!r}, only: {seen.decode()[-2000:]}")
            seen += chunk

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self._process.pid}/{name}").read_text()

    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None, "processes are started with a pipe"
        return self._process.stdout


@contextmanager
def python(arguments: Sequence[str], folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Measured]:
    """`python` with `arguments`, run in `folder` with only `settings` in its environment, until the block ends."""
    command = [sys.executable, *arguments]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(
        command, cwd=folder, env={**environment, **(settings or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Measured(process)
    finally:
        # Nothing it leaves behind outlives its folder, so nobody waits for a farewell.
        process.kill()
        process.communicate()
