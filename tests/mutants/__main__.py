"""Switches off one guard at a time and expects its test to fail: `python -m tests.mutants [--only WORD] [--jobs 2]`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from tests.mutants.check import Fate, Judged, MutationCheck
from tests.mutants.table import Mutant, table
from trading.clock import SystemClock


def main() -> int:
    """0 when every guard is missed by its test; 1 otherwise."""
    options = _options()
    mutants = [mutant for mutant in table() if options.only.lower() in _words(mutant)]
    if not mutants:
        _say(f"No guard speaks of {options.only!r}.")
        return 1
    clock = SystemClock()
    began = clock.monotonic()
    judged = MutationCheck(options.jobs, _say).judge(mutants)
    _say(_summary(judged, clock.monotonic() - began))
    return int(any(each.fate is not Fate.CAUGHT for each in judged))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD", help="only guards whose name, file or tests have WORD")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once, each in its own copy of the tree")
    return parser.parse_args()


def _words(mutant: Mutant) -> str:
    return " ".join((str(mutant), mutant.file, *mutant.tests)).lower()


def _summary(judged: Sequence[Judged], seconds: float) -> str:
    """What needs a look once more, and the counts."""
    counts = Counter(each.fate for each in judged)
    odd = [str(each) for each in judged if each.fate is not Fate.CAUGHT]
    told = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate])
    return "\n".join(["", *odd, f"{len(judged)} guards switched off: {told}; {seconds:.0f} s"])


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
