"""What the portfolio holds, largest share first: one bar per holding and one for cash."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chatbot.present import marks, numbers
from chatbot.present.pictures import frame, theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from trading.contract import Holding, Status

WIDTH = 1080
_ROW = 96
_HEAD, _FOOT = 140, 84
_MOST = 9
"""Rows before the small ones are summed up as "others"."""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    weight: Decimal | None
    value: Decimal | None
    gain: Decimal | None
    colour: str


def draw(status: Status, colours: theme.Theme) -> bytes:
    """A PNG 1080 pixels wide, as high as the rows need."""
    rows = _rows(status)
    with DRAWING:
        canvas = Canvas(WIDTH, _HEAD + _ROW * len(rows) + _FOOT, colours)
        frame.title(canvas, _finding(status, rows))
        names = max(canvas.width_of(row.name, frame.LABEL, bold=True) for row in rows)
        values = max(canvas.width_of(_value(row, status), frame.LABEL) for row in rows)
        left, right = frame.MARGIN + names + 24, WIDTH - frame.MARGIN - max(values, 150) - 24
        for place, row in enumerate(rows):
            _draw_row(canvas, row, status, canvas.height - _HEAD - _ROW * (place + 0.5), left, right, _widest(rows))
        frame.footer(canvas, marks.mode(status.world), frame.as_of(status.at, status.world.timezone))
        return canvas.png()


def _rows(status: Status) -> list[_Row]:
    held = sorted(status.holdings, key=lambda holding: holding.weight or Decimal(0), reverse=True)
    rows = [_row(holding, place) for place, holding in enumerate(held[:_MOST])]
    if len(held) > _MOST:
        rows.append(_others(held[_MOST:]))
    return [*rows, _Row("Cash", status.cash_weight, status.cash, None, theme.CASH)]


def _row(holding: Holding, place: int) -> _Row:
    colour = theme.asset_colour(holding.base, place)
    return _Row(holding.base, holding.weight, holding.value, holding.gain, colour)


def _others(held: list[Holding]) -> _Row:
    weights, values = [holding.weight for holding in held], [holding.value for holding in held]
    return _Row(f"{len(held)} others", _sum(weights), _sum(values), None, theme.CASH)


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _finding(status: Status, rows: list[_Row]) -> str:
    """ "69.9 % invested, most in BTC"."""
    if not status.holdings:
        return "All in cash"
    if status.cash_weight is None:
        return "Shares unknown: a price is missing"
    return f"{numbers.share(1 - status.cash_weight)} invested, most in {rows[0].name}"


def _widest(rows: list[_Row]) -> Decimal:
    return max((row.weight or Decimal(0) for row in rows), default=Decimal(0)) or Decimal(1)


def _value(row: _Row, status: Status) -> str:
    return numbers.whole_money(row.value, status.world.quote)


def _draw_row(
    canvas: Canvas, row: _Row, status: Status, middle: float, left: float, right: float, widest: Decimal
) -> None:
    """Name, bar and share; at the right the value, and below it the gain since it was bought."""
    canvas.text(frame.MARGIN, middle, row.name, frame.LABEL, canvas.theme.ink, bold=True, middle=True)
    share = numbers.share(row.weight)
    room = right - left - canvas.width_of(share, frame.LABEL) - 18
    length = max(4.0, room * float(row.weight / widest)) if row.weight is not None else 0.0
    if length:
        canvas.bar(left, middle - 24, length, 48, row.colour)
    canvas.text(left + length + 18, middle, share, frame.LABEL, canvas.theme.muted, middle=True)
    edge = WIDTH - frame.MARGIN
    lift = 20 if row.gain is not None else 0
    canvas.text(edge, middle + lift, _value(row, status), frame.LABEL, canvas.theme.ink, align="right", middle=True)
    if row.gain is not None:
        colour = theme.text_colour(theme.ETH if row.gain >= 0 else theme.LOSS, canvas.theme)
        gain = numbers.percent(row.gain, 1)
        canvas.text(edge, middle - 20, gain, frame.SMALL, colour, align="right", middle=True)
