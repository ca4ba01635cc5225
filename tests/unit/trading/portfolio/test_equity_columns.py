"""Arrays that are kept are the points converted afresh, whatever was asked before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.portfolio.test_growth import START, STEPS
from trading.contract import Window, World
from trading.domain.money import ZERO
from trading.domain.portfolio import EquityPoint
from trading.portfolio.equity_columns import BENCHMARKS, EquityArrays, EquityColumns, arrays_of
from trading.portfolio.performance import drawdown_now, measure

WORLD = World("PAPER", "a market", False, "USD", ZoneInfo("UTC"))
EVER = Window(START, START + timedelta(days=99), "ever")


def point(hour: int, equity: Decimal, flows: Decimal = ZERO) -> EquityPoint:
    prices = {"BTC": 90_000 + equity} if hour % 3 else {}
    return EquityPoint(START + timedelta(hours=hour), equity, equity / 2, flows, equity / 3000, prices)


def same(found: EquityArrays, expected: EquityArrays) -> bool:
    columns = all(
        np.array_equal(getattr(found, name), getattr(expected, name))
        for name in ("seconds", "equity", "flows", "exposure")
    )
    prices = all(np.array_equal(found.prices[asset], expected.prices[asset]) for asset in BENCHMARKS)
    return columns and prices and found.times == expected.times


@given(st.lists(STEPS, min_size=1, max_size=20))
def test_what_is_kept_is_what_is_converted_afresh(steps: list[tuple[Decimal, Decimal, bool]]) -> None:
    columns, curve = EquityColumns(), list[EquityPoint]()
    for hour, (equity, flows, replaces) in enumerate(steps):
        if curve and replaces:
            curve[-1] = replace(curve[-1], equity=curve[-1].equity + 1)
        curve.append(point(hour, equity, flows))
        passing = point(hour, equity * 2 + 1)
        for points in (curve, [*curve[:-1], passing], [*curve, passing], curve[:1], curve[: hour // 2], ()):
            assert same(columns.of(points), arrays_of(points))
            assert drawdown_now(points, columns) == drawdown_now(points)
            afresh = measure(points, WORLD, EVER, ZERO, 0)
            assert measure(points, WORLD, EVER, ZERO, 0, columns) == afresh


def test_another_curve_of_the_same_length_is_not_taken_for_the_kept_one() -> None:
    columns = EquityColumns()
    columns.of([point(hour, Decimal(100)) for hour in range(5)])
    other = [point(hour, Decimal(200)) for hour in range(5)]
    assert same(columns.of(other), arrays_of(other))


def test_what_was_handed_out_stays_as_it_was() -> None:
    columns = EquityColumns()
    curve = [point(hour, Decimal(100 + hour)) for hour in range(4)]
    measured = measure(curve, WORLD, EVER, ZERO, 0, columns)
    assert measured is not None
    before = list(measured.lines[0].values)
    columns.of([*curve, point(4, Decimal(50))])
    assert list(measured.lines[0].values) == before


def test_a_point_is_converted_to_utc_seconds() -> None:
    (second,) = arrays_of([EquityPoint(datetime(1970, 1, 1, 0, 1, tzinfo=UTC), ZERO, ZERO)]).seconds
    assert second == 60.0
