"""What every picture has: the finding as its title, mode and time in the lower corners, grid and time axis."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chatbot.present.pictures.canvas import Canvas
from chatbot.present.pictures.scale import Axis, time_ticks

MARGIN = 44
TITLE = 42
LABEL = 31
SMALL = 27
"""Text sizes in pixels; at a third of the size, on a phone, the smallest is still nine."""


def title(canvas: Canvas, words: str) -> None:
    """The finding, in one line that is made smaller where it is long."""
    room = canvas.width - 2 * MARGIN
    width = canvas.width_of(words, TITLE, bold=True)
    size = TITLE if width <= room else max(SMALL, int(TITLE * room / width))
    canvas.text(MARGIN, canvas.height - 72, words, size, canvas.theme.ink, bold=True)


def footer(canvas: Canvas, left: str, right: str) -> None:
    canvas.text(MARGIN, 30, left, SMALL, canvas.theme.muted, bold=True)
    canvas.text(canvas.width - MARGIN, 30, right, SMALL, canvas.theme.muted, align="right")


def grid_line(canvas: Canvas, across: Axis, y: float, label: str, *, colour: str, width: float = 2) -> None:
    """A level over the panel's width with its value at the left."""
    canvas.line((across.start, across.end), (y, y), colour, width)
    canvas.text(across.start - 14, y, label, SMALL, canvas.theme.muted, align="right", middle=True)


def time_axis(canvas: Canvas, across: Axis, y: float, start: datetime, end: datetime, zone: ZoneInfo) -> None:
    """Round local times below the panel; labels that would touch the one before are left out."""
    free_from = across.start - MARGIN
    for at, label in time_ticks(start, end, zone, 5):
        width = canvas.width_of(label, SMALL)
        x = min(max(across.at(at.timestamp()), across.start + width / 2), canvas.width - MARGIN - width / 2)
        if x - width / 2 >= free_from:
            canvas.text(x, y, label, SMALL, canvas.theme.muted, align="center")
            free_from = x + width / 2 + SMALL


def time_range(start: datetime, end: datetime) -> tuple[float, float]:
    """POSIX seconds of a span that is at least a second long."""
    return start.timestamp(), max(end, start + timedelta(seconds=1)).timestamp()


def as_of(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"
