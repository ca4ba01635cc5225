"""Growth since the start in percent against BTC and ETH, with our fall from the highest point below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from chatbot.present import marks, numbers
from chatbot.present.finding import finding
from chatbot.present.pictures import frame, theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from chatbot.present.pictures.scale import Axis, FloatArray, IndexArray, padded, round_ticks, spread, thinned
from trading.contract import Line, Performance

WIDTH, HEIGHT = 1080, 900
_GROWTH = (356.0, 776.0)
_FALL = (150.0, 290.0)
_POINTS = 600
_LEAST_SPAN = 0.4
"""Percent: below that the picture would magnify noise."""
MAIN = ("ETH", "BTC", "Portfolio")
EVERYTHING = ("Cash", "50/50", "BTC at our exposure", *MAIN)
"""The later a line, the further on top."""
_SHORT = {"Portfolio": "You", "BTC at our exposure": "BTC*"}
_VISIBLE = -0.05
"""Percent: a fall that would be written as 0.0 is none."""


@dataclass(frozen=True, slots=True)
class _Curve:
    name: str
    percent: FloatArray
    colour: str
    width: float
    dashed: bool = False

    @property
    def label(self) -> str:
        last = float(self.percent[-1])
        value = numbers.percent(last / 100, 2 if abs(last) < 10 else 1 if abs(last) < 1000 else 0)
        return f"{_SHORT.get(self.name, self.name)} {value}"


def draw(performance: Performance, colours: theme.Theme, names: Sequence[str] = MAIN) -> bytes:
    """A PNG of 1080 x 900 pixels with the lines of these `names` that there are."""
    with DRAWING:
        canvas = Canvas(WIDTH, HEIGHT, colours)
        curves = _curves(performance, names)
        across = _across(canvas, performance, curves)
        frame.title(canvas, finding(performance))
        _growth_panel(canvas, across, performance.times, curves)
        _fall_panel(canvas, across, performance.times, _falls(performance))
        zone = performance.world.timezone
        frame.time_axis(canvas, across, 96, performance.times[0], performance.times[-1], zone)
        frame.footer(canvas, marks.mode(performance.world), frame.as_of(performance.times[-1], zone))
        return canvas.png()


def _curves(performance: Performance, names: Sequence[str]) -> list[_Curve]:
    return [_curve(line) for name in names if (line := performance.line(name))]


def _curve(line: Line) -> _Curve:
    """A mix of BTC and cash is drawn in BTC's colour, dashed."""
    ours, mixed = line.name == "Portfolio", line.name == "BTC at our exposure"
    colour = theme.asset_colour("BTC" if mixed else line.name)
    return _Curve(line.name, (np.array(line.values) - 1) * 100, colour, 6 if ours else 3.5, mixed)


def _across(canvas: Canvas, performance: Performance, curves: list[_Curve]) -> Axis:
    """The time axis between the level labels at the left and the end labels at the right."""
    end_labels = max(canvas.width_of(curve.label, frame.LABEL, bold=True) for curve in curves)
    levels = max(canvas.width_of(_level(value), frame.SMALL) for value in _levels(curves))
    falls = max(canvas.width_of(_level(value), frame.SMALL) for value in _fall_levels(_falls(performance)))
    low, high = frame.time_range(performance.times[0], performance.times[-1])
    return Axis(low, high, frame.MARGIN + max(levels, falls) + 14, WIDTH - frame.MARGIN - end_labels - 26)


def _range(curves: list[_Curve]) -> tuple[float, float]:
    lowest = min(float(curve.percent.min()) for curve in curves)
    highest = max(float(curve.percent.max()) for curve in curves)
    return padded(min(lowest, 0.0), max(highest, 0.0), _LEAST_SPAN)


def _levels(curves: list[_Curve]) -> list[float]:
    return round_ticks(*_range(curves), 5)


def _level(percent: float) -> str:
    places = 0 if abs(percent - round(percent)) < 1e-9 else 1 if abs(percent * 10 - round(percent * 10)) < 1e-9 else 2
    return numbers.percent(percent / 100, places)


def _growth_panel(canvas: Canvas, across: Axis, times: Sequence[datetime], curves: list[_Curve]) -> None:
    up = Axis(*_range(curves), *_GROWTH)
    for value in _levels(curves):
        zero = abs(value) < 1e-9
        colour = canvas.theme.axis if zero else canvas.theme.grid
        frame.grid_line(canvas, across, up.at(value), _level(value), colour=colour, width=3 if zero else 2)
    for curve in curves:
        kept = thinned(curve.percent, _POINTS)
        xs, ys = across.all(_seconds(times, kept)), up.all(curve.percent[kept])
        canvas.line(xs, ys, curve.colour, curve.width, dashed=curve.dashed)
    _end_labels(canvas, across, up, curves)


def _end_labels(canvas: Canvas, across: Axis, up: Axis, curves: list[_Curve]) -> None:
    """Names and values where the lines end, moved apart where they would overlap."""
    ends = [up.at(float(curve.percent[-1])) for curve in curves]
    places = spread(ends, frame.LABEL * 1.3, _GROWTH[0] + 8, _GROWTH[1])
    for curve, end, place in zip(curves, ends, places, strict=True):
        canvas.line((across.end + 4, across.end + 20), (end, place), curve.colour, 2)
        canvas.dot(across.end, end, curve.colour, 15 if curve.name == "Portfolio" else 12)
        colour = theme.text_colour(curve.colour, canvas.theme)
        canvas.text(across.end + 26, place, curve.label, frame.LABEL, colour, bold=True, middle=True)


def _seconds(times: Sequence[datetime], kept: IndexArray) -> FloatArray:
    """POSIX seconds of the instants that are drawn; of years of hours these are few."""
    return np.array([times[place].timestamp() for place in kept])


def _falls(performance: Performance) -> FloatArray:
    return np.array(performance.drawdown) * 100


def _fall_levels(falls: FloatArray) -> list[float]:
    """Zero, and a round level at or above the deepest point where there is a fall to show."""
    deepest = float(falls.min())
    return [0.0, *round_ticks(deepest, 0.0, 2)[:1]] if deepest < _VISIBLE else [0.0]


def _fall_panel(canvas: Canvas, across: Axis, times: Sequence[datetime], falls: FloatArray) -> None:
    deepest = float(falls.min())
    down = Axis(min(deepest, -_LEAST_SPAN) * 1.08, 0.0, *_FALL)
    for value in _fall_levels(falls):
        colour = canvas.theme.grid if value else canvas.theme.axis
        frame.grid_line(canvas, across, down.at(value), _level(value), colour=colour, width=2 if value else 3)
    if deepest >= _VISIBLE:
        canvas.text(across.start, _FALL[1] + 16, "No fall from the highest", frame.SMALL, canvas.theme.muted)
        return
    words = f"Your deepest fall {numbers.percent(deepest / 100, 1)}"
    canvas.text(across.start, _FALL[1] + 16, words, frame.SMALL, canvas.theme.muted)
    kept = thinned(falls, _POINTS)
    xs, ys = across.all(_seconds(times, kept)), down.all(falls[kept])
    canvas.area(xs, ys, down.at(0.0), theme.LOSS, 0.3)
    canvas.line(xs, ys, theme.LOSS, 2.5)
    canvas.dot(across.at(times[int(falls.argmin())].timestamp()), down.at(deepest), theme.LOSS, 13)
