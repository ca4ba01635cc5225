"""From start to ready: the demo with a new portfolio, beside a process that only imports its two largest libraries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, Section, ratio, transposed
from tests.bench.process import PROJECT, python
from tests.bench.size import Size

BARE = "import ccxt, telegram, signal; print('ready', flush=True); signal.pause()"


def startup(size: Size) -> Section:
    # The first start of each may have to compile bytecode; nobody pays that twice.
    for _ in range(size.unmeasured):
        _demo()
        _bare()
    demos, bares = transposed([_demo() for _ in range(size.runs)]), transposed([_bare() for _ in range(size.runs)])
    ours = Figure("main.py demo, until it prints its address", "CPU s", demos[0])
    theirs = Figure("bare process: import ccxt, telegram", "CPU s", bares[0])
    return Section(
        "Start to ready",
        (
            ours,
            theirs,
            ratio("main.py demo over bare", ours, theirs),
            Figure("main.py demo, peak memory", "MiB", demos[1]),
            Figure("bare process, peak memory", "MiB", bares[1]),
        ),
        ("the demo is a new portfolio: database made, past prices simulated, page served",),
    )


def _demo() -> tuple[float, float]:
    """CPU seconds and peak MiB of the demo when it tells where it can be reached."""
    return _until("http://", [str(PROJECT / "main.py"), "demo"])


def _bare() -> tuple[float, float]:
    return _until("ready", ["-c", BARE])


def _until(words: str, arguments: Sequence[str]) -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        settings = {"DASHBOARD_PORT": "0", "STATE_DIR": str(Path(folder) / "state")}
        with python(arguments, Path(folder), settings) as process:
            process.wait_for(words)
            return process.cpu_seconds(), process.peak_mebibytes()
