"""Candles of one symbol with our trades, and the levels at which it would be sold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from chatbot.present import marks, numbers
from chatbot.present.pictures import frame, theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from chatbot.present.pictures.scale import Axis, FloatArray, padded, round_ticks, spread
from trading.contract import World
from trading.domain.market import Candle
from trading.domain.order import Fill, Side

WIDTH, HEIGHT = 1080, 900
_PANEL = (150.0, 776.0)
_MOST = 120
"""Candles shown; more would be thinner than a phone can draw."""
_REACH = 1.0
"""A stop or target further away than this many heights of the candles is told in words, not drawn."""

_Level = tuple[str, float, str]


def draw(
    symbol: str,
    candles: Sequence[Candle],
    trades: Sequence[Fill],
    stop: Decimal | None,
    target: Decimal | None,
    world: World,
    colours: theme.Theme,
) -> bytes:
    """A PNG of 1080 x 900 pixels. Raises ValueError without candles."""
    if not candles:
        raise ValueError(f"no candles of {symbol}; ask again once its market has one")
    shown = candles[-_MOST:]
    with DRAWING:
        canvas = Canvas(WIDTH, HEIGHT, colours)
        frame.title(canvas, price_finding(symbol, shown))
        levels = _near(shown, wanted := _levels(stop, target))
        up = Axis(*_range(shown, levels), *_PANEL)
        across = _across(canvas, shown, levels, up)
        _grid(canvas, across, up)
        _candles(canvas, across, up, shown)
        _drawn_levels(canvas, across, up, [*levels, _last(shown, canvas)])
        _trades(canvas, across, up, shown, trades)
        _told(canvas, [level for level in wanted if level not in levels], shown[-1].close)
        frame.time_axis(canvas, across, 96, shown[0].opened_at, shown[-1].closed_at, world.timezone)
        frame.footer(canvas, marks.mode(world), frame.as_of(shown[-1].closed_at, world.timezone))
        return canvas.png()


def price_finding(symbol: str, candles: Sequence[Candle]) -> str:
    """ "BTC/USD up 2.31 % in 5 days"."""
    change = candles[-1].close / candles[0].open - 1 if candles[0].open else None
    size = numbers.percent(change)
    span = numbers.duration(candles[-1].closed_at - candles[0].opened_at)
    direction = "unchanged" if size == numbers.percent(0) else f"{'up' if (change or 0) > 0 else 'down'} {size[1:]}"
    return f"{symbol} {direction} in {span}" if change is not None else symbol


def _levels(stop: Decimal | None, target: Decimal | None) -> list[_Level]:
    named = (("stop", stop, theme.LOSS), ("target", target, theme.ETH))
    return [(name, float(level), colour) for name, level, colour in named if level is not None]


def _near(candles: Sequence[Candle], levels: list[_Level]) -> list[_Level]:
    """The levels that can be drawn without squeezing the candles."""
    low, high = min(c.low for c in candles), max(c.high for c in candles)
    reach = max(high - low, high * 0.01) * _REACH
    return [level for level in levels if low - reach <= level[1] <= high + reach]


def _told(canvas: Canvas, far: list[_Level], last: float) -> None:
    """Levels beyond the picture, in words."""
    words = " · ".join(f"{_label(level)} {'below' if level[1] < last else 'above'} this picture" for level in far)
    canvas.text(frame.MARGIN, canvas.height - 112, words, frame.SMALL, canvas.theme.muted)


def _last(candles: Sequence[Candle], canvas: Canvas) -> _Level:
    return "last", candles[-1].close, canvas.theme.ink


def _range(candles: Sequence[Candle], levels: list[_Level]) -> tuple[float, float]:
    values = [*(level for _, level, _ in levels), *(c.low for c in candles), *(c.high for c in candles)]
    return padded(min(values), max(values), least=abs(max(values)) * 0.002 or 1.0)


def _across(canvas: Canvas, candles: Sequence[Candle], levels: list[_Level], up: Axis) -> Axis:
    """The time axis between the price labels at the left and the level labels at the right."""
    named = [*levels, _last(candles, canvas)]
    right = max(canvas.width_of(_label(level), frame.LABEL, bold=True) for level in named)
    left = max(canvas.width_of(_price(value), frame.SMALL) for value in round_ticks(up.low, up.high, 5))
    low, high = frame.time_range(candles[0].opened_at, candles[-1].closed_at)
    return Axis(low, high, frame.MARGIN + left + 14, WIDTH - frame.MARGIN - right - 26)


def _grid(canvas: Canvas, across: Axis, up: Axis) -> None:
    for value in round_ticks(up.low, up.high, 5):
        frame.grid_line(canvas, across, up.at(value), _price(value), colour=canvas.theme.grid)


def _candles(canvas: Canvas, across: Axis, up: Axis, candles: Sequence[Candle]) -> None:
    middle = across.all(np.array([(c.opened_at.timestamp() + c.closed_at.timestamp()) / 2 for c in candles]))
    opens, closes = up.all(np.array([c.open for c in candles])), up.all(np.array([c.close for c in candles]))
    lows, highs = up.all(np.array([c.low for c in candles])), up.all(np.array([c.high for c in candles]))
    rising = closes >= opens
    body = min(26.0, max(2.0, (across.end - across.start) / _slots(candles) * 0.66))
    # A body at least two pixels high: a candle that closed where it opened is a dash.
    tops, bottoms = np.maximum(opens, closes) + 1, np.minimum(opens, closes) - 1
    for chosen, colour in ((rising, theme.PORTFOLIO), (~rising, theme.LOSS)):
        canvas.strokes(_upright(middle[chosen], lows[chosen], highs[chosen]), colour, 2)
        canvas.strokes(_upright(middle[chosen], bottoms[chosen], tops[chosen]), colour, body)


def _slots(candles: Sequence[Candle]) -> float:
    span = candles[-1].closed_at - candles[0].opened_at
    return span / (candles[0].closed_at - candles[0].opened_at)


def _upright(xs: FloatArray, bottoms: FloatArray, tops: FloatArray) -> FloatArray:
    return np.stack((np.column_stack((xs, bottoms)), np.column_stack((xs, tops))), axis=1)


def _drawn_levels(canvas: Canvas, across: Axis, up: Axis, levels: list[_Level]) -> None:
    places = spread([up.at(value) for _, value, _ in levels], frame.LABEL * 1.3, _PANEL[0] + 8, _PANEL[1])
    for level, place in zip(levels, places, strict=True):
        name, value, colour = level
        y = up.at(value)
        if name != "last":
            canvas.line((across.start, across.end), (y, y), colour, 2.5, dashed=True)
        canvas.line((across.end + 4, across.end + 20), (y, place), colour, 2)
        ink = colour if name == "last" else theme.text_colour(colour, canvas.theme)
        canvas.text(across.end + 26, place, _label(level), frame.LABEL, ink, bold=True, middle=True)


def _label(level: _Level) -> str:
    name, value, _ = level
    return _price(value) if name == "last" else f"{name} {_price(value)}"


def _price(value: float) -> str:
    """Five significant digits, never in powers of ten: "106,020", "3.3512", "0.000012340"."""
    if value == 0:
        return "0"
    places = max(0, 4 - int(np.floor(np.log10(abs(value)))))
    digits = f"{abs(value):,.{places}f}"
    return (numbers.MINUS if value < 0 else "") + (digits.rstrip("0").rstrip(".") if "." in digits else digits)


def _trades(canvas: Canvas, across: Axis, up: Axis, candles: Sequence[Candle], trades: Sequence[Fill]) -> None:
    """A triangle at the price of every fill within the span: up for bought, down for sold."""
    first, last = candles[0].opened_at, candles[-1].closed_at
    for fill in trades:
        if first <= fill.at <= last:
            _trade(canvas, across.at(_seconds(fill.at)), up.at(float(fill.price)), fill.side)


def _trade(canvas: Canvas, x: float, y: float, side: Side) -> None:
    bought = side is Side.BUY
    canvas.dot(x, y, theme.ETH if bought else theme.BTC, 24, "^" if bought else "v")


def _seconds(at: datetime) -> float:
    return at.timestamp()
