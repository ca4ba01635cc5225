"""Prints what the program costs here: `python -m tests.bench`, or with `--quick` one run of each on little data."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from tests.bench.engine import engine
from tests.bench.figures import Section, heading
from tests.bench.machine import libraries, machine
from tests.bench.picture import picture
from tests.bench.question import question
from tests.bench.round_trip import round_trip
from tests.bench.simulated_day import simulated_day
from tests.bench.size import FULL, QUICK, Size
from tests.bench.startup import startup

SECTIONS: Sequence[Callable[[Size], Section]] = (startup, round_trip, engine, picture, simulated_day, question)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="one run of each, on little data")
    size = QUICK if arguments.parse_args().quick else FULL
    _say(machine(), libraries(), f"\nOf {size.runs} runs; CPU is user and system time of all threads", heading())
    for measure in SECTIONS:
        _say(*measure(size).lines())


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
