"""Figures as a model is shown them: one line per symbol, one name per column, and a reference for every cell.

A cell's reference is its row's name, a dot and its column's name: "BTC/USD" and "1d.rsi14" make
"BTC/USD.1d.rsi14". What is shown and what a reference stands for come out of the same cell, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

UNKNOWN = "null"


@dataclass(frozen=True, slots=True)
class FactTable:
    """`cells` has a line for each of `rows`, and in it a cell for each of `columns`; None is unknown.

    Names and cells hold no comma and no line break: who makes a table sees to that.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[str | None, ...], ...]

    @classmethod
    def of(cls, name: str, columns: Iterable[str], rows: Mapping[str, tuple[str | None, ...]]) -> FactTable:
        """A table whose rows are named by the keys of `rows`."""
        return cls(name, tuple(columns), tuple(rows), tuple(rows.values()))

    def render(self) -> str:
        """A heading, the columns' names, and a line for each row."""
        lines = [[row, *(cell or UNKNOWN for cell in cells)] for row, cells in self._lines()]
        return "\n".join([f"## {self.name}", *(",".join(line) for line in (["name", *self.columns], *lines))])

    def figures(self) -> dict[str, str]:
        """The known cells by reference."""
        return {
            f"{row}.{column}": cell
            for row, cells in self._lines()
            for column, cell in zip(self.columns, cells, strict=True)
            if cell is not None
        }

    def _lines(self) -> Iterator[tuple[str, tuple[str | None, ...]]]:
        return zip(self.rows, self.cells, strict=True)


def figures_of(tables: Iterable[FactTable]) -> dict[str, str]:
    """The known cells of all `tables` by reference."""
    return {reference: cell for table in tables for reference, cell in table.figures().items()}


def rendered(tables: Iterable[FactTable]) -> str:
    """All `tables`, an empty line between two; those without rows are left out."""
    return "\n\n".join(table.render() for table in tables if table.rows)
