"""The check itself: tests must pass with every guard on, and fail with theirs off."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from tests.mutants.copy_of_the_tree import CopyOfTheTree, copy_of_the_tree
from tests.mutants.table import Mutant, faults_of
from tests.mutants.trial import Run, Verdict, run

Say = Callable[[str], None]
Task = TypeVar("Task")
Tests = tuple[str, ...]
"""What has to notice one mutant."""


class Fate(Enum):
    """What became of a mutant."""

    CAUGHT = "caught"
    SURVIVED = "SURVIVED"
    STALE = "STALE"
    NOT_JUDGED = "NOT JUDGED"


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant's fate, how long its tests took, and why where that needs a word."""

    mutant: Mutant
    fate: Fate
    seconds: float = 0.0
    why: str = ""

    def __str__(self) -> str:
        test = ", ".join(test.rpartition("::")[2] for test in self.mutant.tests)
        line = f"{self.fate.value:<10} {self.seconds:5.1f} s  {self.mutant}  <- {test}"
        return f"{line}\n{self.why}" if self.why else line


class MutationCheck:
    """Judges mutants with several workers, each in a copy of its own; `say` hears of each as it is done."""

    def __init__(self, jobs: int, say: Say) -> None:
        self._jobs = jobs
        self._say = say
        self._sound: dict[Tests, Run] = {}
        self._judged: list[Judged] = []

    def judge(self, mutants: Sequence[Mutant]) -> Sequence[Judged]:
        """The fate of each, in the order in which they were done."""
        groups = _by_file(mutant.tests for mutant in mutants)
        with _copies(self._jobs) as copies:
            self._say(f"With every guard on, the tests of {len(groups)} files:")
            _in_parallel(self._first_run, groups, copies)
            self._say(f"With one guard off at a time, {len(mutants)} guards:")
            # The longest first, so that no worker is left alone with one at the end.
            _in_parallel(self._try, sorted(mutants, key=self._seconds_of, reverse=True), copies)
        return self._judged

    def _seconds_of(self, mutant: Mutant) -> float:
        return self._sound[mutant.tests].seconds

    def _first_run(self, group: Sequence[Tests], copy: CopyOfTheTree) -> None:
        """Together, which is quick; where that fails one by one, to know which."""
        together = run([test for tests in group for test in tests], copy.root)
        for tests in group:
            this = self._sound[tests] = together if together.verdict is Verdict.PASSED else run(tests, copy.root)
            if this.verdict is not Verdict.PASSED:
                self._say(f"{this.verdict.value}: {', '.join(tests)}\n{this.said}")

    def _try(self, mutant: Mutant, copy: CopyOfTheTree) -> None:
        judged = self._fate_of(mutant, copy)
        self._judged.append(judged)
        self._say(str(judged))

    def _fate_of(self, mutant: Mutant, copy: CopyOfTheTree) -> Judged:
        stale = next(faults_of(mutant, copy.root), "")
        if stale:
            return Judged(mutant, Fate.STALE, why=stale)
        if self._sound[mutant.tests].verdict is not Verdict.PASSED:
            return Judged(mutant, Fate.NOT_JUDGED, why="its tests do not pass with every guard on")
        with copy.without(mutant):
            tried = run(mutant.tests, copy.root)
        if tried.verdict is Verdict.NOT_RUN:
            return Judged(mutant, Fate.NOT_JUDGED, tried.seconds, tried.said)
        fate = Fate.SURVIVED if tried.verdict is Verdict.PASSED else Fate.CAUGHT
        return Judged(mutant, fate, tried.seconds)


def _by_file(selections: Iterable[Tests]) -> list[list[Tests]]:
    """Each selection once, with the others of its file."""
    groups: dict[str, list[Tests]] = {}
    for tests in dict.fromkeys(selections):
        groups.setdefault(tests[0].partition("::")[0], []).append(tests)
    return list(groups.values())


@contextmanager
def _copies(count: int) -> Iterator[Sequence[CopyOfTheTree]]:
    with ExitStack() as stack:
        yield [stack.enter_context(copy_of_the_tree()) for _ in range(count)]


def _in_parallel(
    work: Callable[[Task, CopyOfTheTree], None], tasks: Sequence[Task], copies: Sequence[CopyOfTheTree]
) -> None:
    """Do all `tasks`, in order, one at a time in each of `copies`. Raises what one of them raised."""
    free: queue.SimpleQueue[CopyOfTheTree] = queue.SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(task: Task) -> None:
        copy = free.get()
        try:
            work(task, copy)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(one, tasks))
