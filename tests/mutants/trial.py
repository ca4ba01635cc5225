"""Runs tests in a copy of the tree, and says what that means for a guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO

from trading.clock import SystemClock

TIMEOUT = 180.0
"""Seconds; tests that take longer do not pass."""
_PYTEST = ("-n", "0", "-x", "-q", "-p", "no:cacheprovider", "--tb", "line")
_LAST_LINES = 12


class Verdict(Enum):
    """What a run of tests came to."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    NOT_RUN = "could not be run"


_BY_CODE = {0: Verdict.PASSED, 1: Verdict.FAILED}
"""By pytest's exit code; all others (nothing collected, an import that fails, ...) judge nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """How tests ended, after how many seconds, and the last that they said."""

    verdict: Verdict
    seconds: float
    said: str


def run(tests: Sequence[str], root: Path) -> Run:
    """Run `tests` in the copy at `root`, with the same draws of chance each time."""
    clock = SystemClock()
    began = clock.monotonic()
    # A file and no pipe: programs that a test leaves behind would keep a pipe open.
    with tempfile.TemporaryFile("w+") as output:
        verdict = _verdict(_started(tests, root, output))
        output.seek(0)
        said = output.read().splitlines()
    return Run(verdict, clock.monotonic() - began, "\n".join(said[-_LAST_LINES:]))


def _started(tests: Sequence[str], root: Path, output: IO[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *_PYTEST, *tests],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"},
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _verdict(process: subprocess.Popen[bytes]) -> Verdict:
    try:
        return _BY_CODE.get(process.wait(TIMEOUT), Verdict.NOT_RUN)
    except subprocess.TimeoutExpired:
        return Verdict.TIMED_OUT
    finally:
        # The tests and every program that they started.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
