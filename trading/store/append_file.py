"""A text file that only grows, one whole record at a time, whatever interrupts it."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks that turn the direction of writing, and halves of characters."""

Cell = Decimal | str | None

# A cell that starts like this is run as a formula by spreadsheets; the last four are their full-width twins.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def whole_lines(content: bytes) -> int:
    """The length of `content` up to the end of its last whole line."""
    return content.rfind(b"\n") + 1


def repair(path: Path, heading: str, whole_records: Callable[[bytes], int] = whole_lines) -> None:
    """Cut a record that a crash left without its end, and write `heading` where the file is new or empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        whole = file.read()
        end = whole_records(whole)
        if end < len(whole):
            file.truncate(end)
        if end == 0:
            file.write(heading.encode())


def append(path: Path, text: str) -> None:
    """Write `text` behind what is there, and wait until the disk has it."""
    with path.open("ab") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """`rows` as CSV, one line each: numbers plain, text without line breaks and never a formula."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return lines.getvalue()


def read_csv(path: Path) -> list[list[str]]:
    """The records behind the heading."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [row for row in csv.reader(file) if row][1:]


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else text_cell(cell)


def text_cell(text: str) -> str:
    """`text` as a cell holds it: on one line, and with a ' in front where it would start a formula."""
    # On one line first: what starts a formula may hide behind blanks.
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return f"'{line}" if line.startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else line
