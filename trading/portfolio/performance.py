"""Our curve beside the benchmarks', from equity points: the one source of every performance figure shown.

Points are hourly with a last one of now. External cash flows are taken out (time-weighted). Returns over days use
UTC daily closes: the point at 00:00 UTC, or the last before it; a day without any point has no close, and the
partial days at both ends have none either, so Sharpe and volatility rest on whole days only.

Benchmarks are held over the same instants without costs: BTC, ETH, 50/50 (half of each bought at the start and
never rebalanced), Cash (no interest), and "BTC at our exposure": BTC in the share we were invested at the previous
close, the rest in cash, set anew at every close; it tells choice of coins from courage.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trading.contract import Line, Performance, Window, World
from trading.domain.portfolio import EquityPoint
from trading.portfolio.equity_columns import BENCHMARKS, EquityArrays, EquityColumns, arrays_of
from trading.portfolio.figures import (
    FloatArray,
    drawdowns,
    max_drawdown,
    sharpe,
    simple_returns,
    total_return,
    volatility,
)
from trading.portfolio.growth import Growth

IndexArray = NDArray[np.intp]

_DAY = 86_400.0


def measure(
    points: Sequence[EquityPoint],
    world: World,
    window: Window,
    fees: Decimal,
    trades: int,
    columns: EquityColumns | None = None,
) -> Performance | None:
    """Performance over `window`; `points` oldest first, and may reach beyond it. None below two points.

    Starts at the last point at or before the window's start, or at the first after it. `fees` and `trades` are the
    window's, as the book counted them. `columns` remembers what it has seen of the same curve.
    """
    first, last = places(points, window)
    if last - first < 2:
        return None
    inside = columns.of(points).between(first, last) if columns else arrays_of(points[first:last])
    closes = daily_closes(inside.seconds)
    growth = _growth(inside)
    curves = [("Portfolio", growth), *_benchmarks(inside, closes)]
    return Performance(
        world=world,
        window=window,
        times=inside.times,
        lines=tuple(_line(name, curve, closes) for name, curve in curves),
        drawdown=_numbers(drawdowns(growth)),
        days=(inside.times[-1] - inside.times[0]).days,
        daily_returns=max(0, len(closes) - 1),
        fees=fees,
        trades=trades,
        exposure=_fraction(_mean_by_time(inside.exposure, inside.seconds)),
        closes=tuple(closes.tolist()),
    )


def total_returns(points: Sequence[EquityPoint], window: Window, growth: Growth | None = None) -> Mapping[str, Decimal]:
    """The total returns that `measure` gives "Portfolio", "BTC" and "ETH" over `window`, without their curves.

    Empty below two points; a benchmark without a price at the start is left out. `growth` remembers what it has seen
    of the same curve.
    """
    inside = within(points, window)
    if len(inside) < 2:
        return {}
    returns = {"Portfolio": _fraction(float((growth or Growth()).of(inside)) - 1.0)}
    for asset in BENCHMARKS:
        first = inside[0].benchmarks.get(asset)
        if first:
            last = next(price for point in reversed(inside) if (price := point.benchmarks.get(asset)))
            returns[asset] = _fraction(float(last / first) - 1.0)
    return returns


def within(points: Sequence[EquityPoint], window: Window) -> Sequence[EquityPoint]:
    """The points of `window`, from the last one at or before its start on."""
    first, last = places(points, window)
    return points[first:last]


def places(points: Sequence[EquityPoint], window: Window) -> tuple[int, int]:
    """Where `within` begins, and where it has ended."""
    first = max(0, bisect_right(points, window.start, key=_at) - 1)
    return first, bisect_right(points, window.end, key=_at)


def time_weighted(points: Sequence[EquityPoint]) -> FloatArray:
    """Growth of one unit, starting at 1.0, one value per point, external flows taken out.

    Step i grows by (equity_i - flows_i) / equity_{i-1}; over a step that begins with nothing there is no return.
    """
    return _growth(arrays_of(points))


def drawdown_now(points: Sequence[EquityPoint], columns: EquityColumns | None = None) -> Decimal | None:
    """How far the newest point lies below the highest, zero or negative, external flows taken out; None below two.

    `columns` remembers what it has seen of the same curve.
    """
    if len(points) < 2:
        return None
    return _fraction(drawdowns(_growth((columns or EquityColumns()).of(points)))[-1])


def daily_closes(seconds: FloatArray) -> IndexArray:
    """Indices of the UTC daily closes among instants (POSIX seconds, ascending): at 00:00 UTC, or the last before."""
    # Midnight closes the day before it: a point belongs to the day it ends in.
    days = np.ceil(seconds / _DAY)
    last_of_day = np.flatnonzero(np.diff(days))
    newest_is_midnight = len(seconds) > 0 and seconds[-1] % _DAY == 0
    return np.append(last_of_day, len(seconds) - 1) if newest_is_midnight else last_of_day


def _growth(arrays: EquityArrays) -> FloatArray:
    before = arrays.equity[:-1]
    after = arrays.equity[1:] - arrays.flows[1:]
    steps = np.divide(after, before, out=np.ones(len(before)), where=before > 0)
    return np.concatenate(([1.0], np.cumprod(steps)))


def _line(name: str, curve: FloatArray, closes: IndexArray) -> Line:
    returns = _close_returns(curve, closes)
    return Line(
        name=name,
        values=_numbers(curve),
        total_return=_fraction(total_return(curve) or 0.0),
        max_drawdown=_fraction(max_drawdown(curve) or 0.0),
        sharpe=sharpe(returns) if len(returns) >= 2 else None,
        volatility=volatility(returns) if len(returns) >= 2 else None,
    )


def _close_returns(curve: FloatArray, closes: IndexArray) -> FloatArray:
    values = curve[closes]
    # A curve that fell to nothing has no returns after that.
    return simple_returns(values[: int(np.argmax(values <= 0))] if (values <= 0).any() else values)


def _benchmarks(arrays: EquityArrays, closes: IndexArray) -> Iterator[tuple[str, FloatArray]]:
    btc, eth = (_price_growth(arrays.prices[asset]) for asset in BENCHMARKS)
    if btc is not None:
        yield "BTC", btc
    if eth is not None:
        yield "ETH", eth
    if btc is not None and eth is not None:
        yield "50/50", (btc + eth) / 2
    yield "Cash", np.ones(len(arrays))
    if btc is not None:
        yield "BTC at our exposure", _at_exposure(btc, arrays.exposure, closes)


def _price_growth(prices: FloatArray) -> FloatArray | None:
    """Price over starting price; a missing price (0) repeats the one before. None when the start has none."""
    if not prices[0]:
        return None
    known = np.maximum.accumulate(np.where(prices > 0, np.arange(len(prices)), 0))
    return np.asarray(prices[known] / prices[0], dtype=np.float64)


def _at_exposure(benchmark: FloatArray, exposure: FloatArray, closes: IndexArray) -> FloatArray:
    """A mix of the benchmark and cash whose share is our exposure at the previous close, set anew at every close."""
    sets = np.unique(np.concatenate((np.array([0], dtype=np.intp), closes)))
    # Each instant is measured from the newest reset strictly before it: its number goes up behind every later one.
    behind = np.zeros(len(benchmark) + 1, dtype=np.intp)
    behind[sets[1:] + 1] = 1
    number = np.cumsum(behind[:-1])
    reset = sets[number]
    since_reset = 1.0 + exposure[reset] * (benchmark / benchmark[reset] - 1.0)
    at_resets = np.cumprod(since_reset[sets])
    return since_reset * at_resets[number]


def _numbers(values: FloatArray) -> Sequence[float]:
    """A read-only view: over years of hours, every value as an object of its own costs more than the figures do."""
    values.setflags(write=False)
    return cast(Sequence[float], values.data)


def _mean_by_time(values: FloatArray, seconds: FloatArray) -> float:
    """Average weighted by time: a value lasts until the next one."""
    spans = np.diff(seconds)
    # No dot product: the linear algebra behind it would wake threads of its own, at many times the cost.
    return float((values[:-1] * spans).sum() / spans.sum()) if spans.sum() > 0 else float(values.mean())


def _fraction(value: float) -> Decimal:
    """A float figure as a fraction for display; ten decimals are a millionth of a basis point."""
    return Decimal(str(round(value, 10)))


def _at(point: EquityPoint) -> datetime:
    return point.at
