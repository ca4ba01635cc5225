"""A page of plain text for a terminal of 80 columns: lines that wrap, and tables that fit."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from trading.research.visible import on_one_line

COLUMNS = 80


def line(text: str) -> Text:
    """One sentence, wrapped where it is too long."""
    return Text(on_one_line(text))


def cut(text: str) -> Text:
    """One sentence on one line, as much of it as there is room for."""
    return Text(on_one_line(text), no_wrap=True, overflow="ellipsis")


def indented(text: str) -> Padding:
    """A :func:`line` that belongs to the one before it."""
    return Padding(line(text), (0, 0, 0, 4))


def section(title: str, body: Iterable[RenderableType]) -> list[RenderableType]:
    """`body` under its title; nothing where there is none."""
    parts = list(body)
    return [line(""), line(title), *parts] if parts else []


def table(*headings: str) -> Table:
    """A table with these columns. ">" heads one with figures, at the right edge."""
    columns = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in headings:
        columns.add_column(
            heading.lstrip(">"),
            justify="right" if heading.startswith(">") else "left",
            no_wrap=heading.startswith(">"),
            overflow="fold",
        )
    return columns


def printed(parts: Iterable[RenderableType]) -> str:
    """Plain text: colours would only get in the way of whoever pipes it on."""
    out = StringIO()
    console = Console(file=out, width=COLUMNS, color_system=None, highlight=False, markup=False, emoji=False)
    for part in parts:
        console.print(part)
    return "\n".join(each.rstrip() for each in out.getvalue().splitlines())
