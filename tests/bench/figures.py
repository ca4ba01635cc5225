"""Measured figures, in sections, and the table they are printed as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

WIDTH = 100
NAME, UNIT, VALUE = 56, 11, 11


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured once per run; `samples` are in `unit`."""

    name: str
    unit: str
    samples: tuple[float, ...]

    def row(self) -> str:
        values = min(self.samples), median(self.samples), max(self.samples)
        return f"  {self.name:<{NAME - 2}}{self.unit:<{UNIT}}" + "".join(f"{number(v):>{VALUE}}" for v in values)


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together, and what one must know to read them."""

    title: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        yield f"\n{self.title}"
        yield from (figure.row() for figure in self.figures)
        yield from (f"  · {note}" for note in self.notes)


def ratio(name: str, ours: Figure, theirs: Figure) -> Figure:
    """`ours` over `theirs`, run by run: both felt the same machine."""
    pairs = zip(ours.samples, theirs.samples, strict=True)
    return Figure(name, "times", tuple(mine / other for mine, other in pairs if other))


def heading() -> str:
    return f"{'':<{NAME}}{'unit':<{UNIT}}" + "".join(f"{word:>{VALUE}}" for word in ("min", "median", "max"))


def number(value: float) -> str:
    """Three or four digits that count."""
    for least, places in ((100.0, 0), (10.0, 1), (1.0, 2)):
        if abs(value) >= least:
            return f"{value:,.{places}f}"
    return f"{value:.3f}"


def transposed(runs: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """Samples by figure, from samples by run."""
    return tuple(zip(*runs, strict=True))
