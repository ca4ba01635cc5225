"""One time grid for several symbols, and searches along it that find the first touch and no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import HandMade, Row, columns_of
from trading.research.grid import NEVER, Grid

START = datetime(2025, 3, 3, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_grid(rows: list[Row], start: datetime = START) -> Grid:
    return Grid.of(HandMade({"BTC/USD": columns_of(start, "1h", rows)}, "1h"), ("BTC/USD",), None, None)


def plain(price: float) -> Row:
    return price, price, price, price


def test_the_grid_has_every_bar_that_any_symbol_has_and_nothing_where_one_has_none() -> None:
    history = HandMade(
        {
            "BTC/USD": columns_of(START, "1h", [plain(1), plain(2), plain(3)]),
            "ETH/USD": columns_of(START + 2 * HOUR, "1h", [plain(7), plain(8)]),
        },
        "1h",
    )
    grid = Grid.of(history, ("BTC/USD", "ETH/USD"), None, None)
    assert len(grid) == 4
    np.testing.assert_array_equal(grid.columns["BTC/USD"].close, [1, 2, 3, np.nan])
    np.testing.assert_array_equal(grid.columns["ETH/USD"].open, [np.nan, np.nan, 7, 8])


def test_a_span_takes_the_bars_that_open_in_it() -> None:
    history = HandMade({"BTC/USD": columns_of(START, "1h", [plain(p) for p in (1, 2, 3, 4)])}, "1h")
    grid = Grid.of(history, ("BTC/USD",), START + HOUR, START + 3 * HOUR)
    np.testing.assert_array_equal(grid.columns["BTC/USD"].open, [2, 3])
    assert len(Grid.of(history, ("BTC/USD",), START + 9 * HOUR, START + 10 * HOUR)) == 0
    assert len(Grid.of(history, ("BTC/USD",), START + 3 * HOUR, START)) == 0


def test_days_start_at_utc_midnight_and_the_first_bar_is_no_start() -> None:
    grid = a_grid([plain(1)] * 30)
    assert grid.day_starts().tolist() == [2, 26]
    assert a_grid([plain(1)] * 30, START.replace(hour=0)).day_starts().tolist() == [24]


@pytest.mark.parametrize(
    ("stop", "target", "first", "found"),
    [(9.0, None, 0, 2), (9.0, 12.0, 0, 1), (None, 12.0, 2, NEVER), (9.0, None, 3, NEVER), (None, None, 0, NEVER)],
)
def test_a_touch_is_the_first_bar_that_reaches_a_level(
    stop: float | None, target: float | None, first: int, found: int
) -> None:
    grid = a_grid([(10, 11, 10, 10), (10, 12, 10, 10), (10, 11, 9, 10), (10, 11, 9.01, 10)])
    assert grid.first_touch("BTC/USD", first, stop, target) == found


@given(st.integers(0, 700), st.integers(0, 699))
def test_a_touch_is_found_however_far_away_it_is(where: int, first: int) -> None:
    rows = [plain(10.0)] * 700
    if where < 700:
        rows = [*rows[:where], (10.0, 10.0, 5.0, 10.0), *rows[where + 1 :]]
    found = a_grid(rows).first_touch("BTC/USD", first, 6.0, None)
    assert found == (where if first <= where < 700 else NEVER)


def test_a_missing_bar_touches_nothing() -> None:
    history = HandMade(
        {"BTC/USD": columns_of(START, "1h", [plain(1)]), "ETH/USD": columns_of(START + HOUR, "1h", [plain(1)])}, "1h"
    )
    grid = Grid.of(history, ("BTC/USD", "ETH/USD"), None, None)
    assert grid.first_touch("BTC/USD", 1, 5.0, 0.1) == NEVER
