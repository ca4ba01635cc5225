"""What each day, week or month brought: a bar up or down from the zero line."""

from __future__ import annotations

from decimal import Decimal

from chatbot.present import marks, numbers
from chatbot.present.pictures import frame, theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from chatbot.present.pictures.scale import Axis, padded, round_ticks
from trading.contract.books import Profit

WIDTH, HEIGHT = 1080, 700
_PANEL = (150.0, 560.0)
_FILLED = 0.68
"""How much of its place a bar takes."""


def draw(profit: Profit, colours: theme.Theme) -> bytes:
    """A PNG of 1080 x 700 pixels. Raises ValueError where no change is known."""
    changes = [part.change for part in profit.parts if part.change is not None]
    if not changes:
        raise ValueError("nothing to draw: no part's change is known; draw only what has one")
    with DRAWING:
        canvas = Canvas(WIDTH, HEIGHT, colours)
        frame.title(canvas, _finding(profit))
        up = _scale(changes)
        across = _axis(canvas, profit, up)
        _levels(canvas, profit, across, up)
        _bars(canvas, profit, across, up)
        _labels(canvas, profit, across)
        end = profit.whole.window.end
        frame.footer(canvas, marks.mode(profit.world), frame.as_of(end, profit.world.timezone))
        return canvas.png()


def _finding(profit: Profit) -> str:
    """ "Up $312.40 in the last 7 days, 5 of 7 days up"."""
    whole, known = profit.whole, [part.change for part in profit.parts if part.change is not None]
    rose = sum(change > 0 for change in known)
    count = f"{rose} of {len(known)} {profit.unit}s up"
    if not whole.change:
        return f"Unchanged {whole.window.label}, {count}"
    word = "Up" if whole.change > 0 else "Down"
    return f"{word} {numbers.money(abs(whole.change), profit.world.quote)} {whole.window.label}, {count}"


def _scale(changes: list[Decimal]) -> Axis:
    low, high = min(0.0, *map(float, changes)), max(0.0, *map(float, changes))
    return Axis(*padded(low, high, 0.02), *_PANEL)


def _axis(canvas: Canvas, profit: Profit, up: Axis) -> Axis:
    widest = max(canvas.width_of(_level(value, profit), frame.SMALL) for value in round_ticks(up.low, up.high, 5))
    return Axis(0.0, len(profit.parts), frame.MARGIN + widest + 14, WIDTH - frame.MARGIN)


def _levels(canvas: Canvas, profit: Profit, across: Axis, up: Axis) -> None:
    for value in round_ticks(up.low, up.high, 5):
        colour = canvas.theme.grid if value else canvas.theme.axis
        frame.grid_line(canvas, across, up.at(value), _level(value, profit), colour=colour, width=2 if value else 3)


def _level(value: float, profit: Profit) -> str:
    return numbers.whole_money(Decimal(str(round(value, 6))), profit.world.quote)


def _bars(canvas: Canvas, profit: Profit, across: Axis, up: Axis) -> None:
    for place, part in enumerate(profit.parts):
        if part.change:
            _bar(canvas, part.change, across, up, place)


def _bar(canvas: Canvas, change: Decimal, across: Axis, up: Axis, place: int) -> None:
    left, right = across.at(place + (1 - _FILLED) / 2), across.at(place + (1 + _FILLED) / 2)
    zero, end = up.at(0.0), up.at(float(change))
    colour = theme.PORTFOLIO if change > 0 else theme.LOSS
    canvas.bar(left, min(zero, end), right - left, max(2.0, abs(end - zero)), colour)


def _labels(canvas: Canvas, profit: Profit, across: Axis) -> None:
    """The parts' names below their bars; those that would touch the one before are left out."""
    free_from = 0.0
    for place, part in enumerate(profit.parts):
        label = part.window.label
        width, middle = canvas.width_of(label, frame.SMALL), across.at(place + 0.5)
        x = min(middle, WIDTH - frame.MARGIN - width / 2)
        if x - width / 2 >= free_from:
            canvas.text(x, 96, label, frame.SMALL, canvas.theme.muted, align="center")
            free_from = x + width / 2 + 14
