"""Which guards there are, how each is switched off, and which test must then fail: data in `guards/*.toml`."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GUARDS = Path(__file__).with_name("guards")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard that is switched off by putting `instead` in place of `text` in `file`.

    `file` is relative to the project's root, `tests` are pytest's names of what must notice. `promise` is 0 for a
    guard that no promise names.
    """

    guard: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]
    promise: int = 0

    def __str__(self) -> str:
        return f"{self.promise:>2} {self.guard}" if self.promise else f"   {self.guard}"

    def applied(self, source: str) -> str:
        """`source` without the guard. Raises ValueError unless `text` occurs in it exactly once."""
        times = source.count(self.text)
        if times != 1:
            raise ValueError(f"its text occurs {times} times in {self.file}, not once")
        return source.replace(self.text, self.instead)


def table() -> Sequence[Mutant]:
    """Every mutant, file by file."""
    return [_mutant(row) for path in sorted(GUARDS.glob("*.toml")) for row in tomllib.loads(path.read_text())["mutant"]]


def _mutant(row: dict[str, Any]) -> Mutant:
    return Mutant(**{**row, "tests": tuple(row["tests"])})


def faults_of(mutant: Mutant, root: Path) -> Iterator[str]:
    """Why `mutant` no longer fits the tree at `root`, in words."""
    path = root / mutant.file
    if not path.is_file():
        yield f"there is no file {mutant.file}"
        return
    try:
        after = mutant.applied(path.read_text())
    except ValueError as stale:
        yield str(stale)
        return
    if after == path.read_text():
        yield "it changes nothing"
    try:
        ast.parse(after)
    except SyntaxError as broken:
        yield f"what it makes of {mutant.file} is no Python: {broken.msg} in line {broken.lineno}"
    yield from (f"there is no test {test}" for test in mutant.tests if not _exists(test, root))


def _exists(test: str, root: Path) -> bool:
    """Whether the function or method of a test's name is there; parameters in brackets are not looked at."""
    file, *names = test.partition("[")[0].split("::")
    path = root / file
    return path.is_file() and (not names or tuple(names) in _functions(path))


@cache
def _functions(path: Path) -> frozenset[tuple[str, ...]]:
    return frozenset(_named(ast.parse(path.read_text()).body))


def _named(body: Sequence[ast.stmt], within: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield (*within, node.name)
        if isinstance(node, ast.ClassDef):
            yield from _named(node.body, (*within, node.name))
