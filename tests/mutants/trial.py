"""Runs tests in a copy of the tree, and says what that means for a guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

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
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *_PYTEST, *tests],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=TIMEOUT)
        verdict = _BY_CODE.get(process.returncode, Verdict.NOT_RUN)
    except subprocess.TimeoutExpired:
        said, verdict = "", Verdict.TIMED_OUT
    finally:
        _end(process)
    return Run(verdict, clock.monotonic() - began, "\n".join(said.splitlines()[-_LAST_LINES:]))


def _end(process: subprocess.Popen[str]) -> None:
    """The tests and every program that they started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
