"""The allocator in replay: decides where a UTC day ends, from the days that ended, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trading.strategy.price_columns import (
    DAY_MS,
    MINUTE_MS,
    RECORDED,
    START_MS,
    Columns,
    columns_of,
    random_walk,
    recorded_closes,
)
from trading.errors import SettingsError
from trading.strategy.allocator import allocate
from trading.strategy.daily_allocator import DailyAllocator, day_ends

HOUR_MS = 60 * MINUTE_MS


def test_it_wakes_at_the_last_bar_of_each_utc_day() -> None:
    prepared = DailyAllocator().prepare({"A/USD": random_walk(72, 1, HOUR_MS)})
    assert np.flatnonzero(prepared.wakeups).tolist() == [23, 47, 71]


def test_bars_that_start_mid_day_still_end_days_at_midnight_utc() -> None:
    columns = columns_of(np.linspace(1, 2, 30), HOUR_MS, START_MS + 20 * HOUR_MS)
    assert np.flatnonzero(DailyAllocator().prepare({"A/USD": columns}).wakeups).tolist() == [3, 27]


def test_a_missing_last_bar_is_noticed_one_bar_later() -> None:
    whole = random_walk(48, 1, HOUR_MS)
    kept = np.delete(np.arange(48), 23)
    ends, last_bars = day_ends(whole.opened_at[kept])
    assert np.flatnonzero(ends).tolist() == [23, 46]
    assert kept[last_bars].tolist() == [22, 47]


def test_it_decides_what_allocate_decides_on_the_daily_closes() -> None:
    hourly = random_walk(24 * 150, 4, HOUR_MS, volatility=0.004)
    prepared = DailyAllocator().prepare({"A/USD": hourly})
    for i in np.flatnonzero(prepared.wakeups)[::10]:
        allocation = allocate({"A/USD": hourly.close[23 : i + 1 : 24]}, {})
        assert prepared.decide(int(i), {}) == (allocation.weights if allocation.changed else None)
        assert prepared.reason(int(i), "A/USD") == allocation.reasons["A/USD"]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), cut=st.integers(1, 399), frame=st.sampled_from([DAY_MS, 6 * HOUR_MS, HOUR_MS]))
def test_no_look_ahead(seed: int, cut: int, frame: int) -> None:
    whole = {"A/USD": random_walk(400, seed, frame), "B/USD": random_walk(400, seed + 1, frame)}
    known = {symbol: columns.until(cut) for symbol, columns in whole.items()}
    future, past = DailyAllocator().prepare(whole), DailyAllocator().prepare(known)
    assert np.array_equal(future.wakeups[:cut], past.wakeups)
    for i in np.flatnonzero(past.wakeups)[-30:]:
        assert future.decide(int(i), {}) == past.decide(int(i), {})


def test_parameters_are_read_from_text() -> None:
    rules = DailyAllocator.from_settings({"trends": "50,10", "band": "0.1", "volatility_target": "0.2"}).rules
    assert (rules.trends, rules.band, rules.volatility_target) == ((10, 50), Decimal("0.1"), Decimal("0.2"))


@pytest.mark.parametrize("text", ["", "ten", "1,20", "20,5000"])
def test_impossible_trends_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="allowed are days from 3 to 1000"):
        DailyAllocator.from_settings({"trends": text})


SYMBOLS = ("KRAKEN_BTC_USD", "KRAKEN_ETH_USD", "KRAKEN_LTC_USD", "KRAKEN_XRP_USD", "YAHOO_ADA_USD", "YAHOO_SOL_USD")
FIRST_DAY = 1_483_228_800_000 // DAY_MS
"""2017-01-01."""
LAST_DAY = 1_656_547_200_000 // DAY_MS
"""2022-06-30."""
WARM_UP = 150
FEE = 0.004


def recorded_columns() -> dict[str, Columns]:
    days = range(FIRST_DAY - WARM_UP, LAST_DAY + 1)
    closes = {name: recorded_closes(name) for name in SYMBOLS}
    return {
        name: columns_of([known.get(day, float("nan")) for day in days], DAY_MS, days[0] * DAY_MS)
        for name, known in closes.items()
    }


def grow(columns: dict[str, Columns]) -> tuple[np.ndarray, np.ndarray]:
    """Equity and exposure per day when the allocator's weights are traded at the closes, paying the fee on turnover."""
    prepared = DailyAllocator().prepare(columns)
    returns = {name: np.nan_to_num(c.close[1:] / c.close[:-1] - 1) for name, c in columns.items()}
    weights, equity, exposure = dict.fromkeys(columns, 0.0), [1.0], []
    for i in range(WARM_UP - 1, len(prepared.wakeups) - 1):
        worth = equity[-1]
        targets = prepared.decide(i, {name: Decimal(weight) for name, weight in weights.items()})
        if targets is not None:
            worth *= 1 - FEE * sum(abs(float(targets[name]) - weights[name]) for name in weights)
            weights = {name: float(weight) for name, weight in targets.items()}
        growth = 1 + sum(weights[name] * returns[name][i] for name in weights)
        weights = {name: weight * (1 + returns[name][i]) / growth for name, weight in weights.items()}
        equity.append(worth * growth)
        exposure.append(sum(weights.values()))
    return np.array(equity), np.array(exposure)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="recorded candles are absent: ../shared/data/ohlcv")
def test_on_recorded_candles_it_grows_with_far_smaller_falls_than_bitcoin() -> None:
    """2017-01 to 2022-06, six symbols, 0.40 % fee. Bitcoin in that time: about 20x, Sharpe 1.1, drawdown -84 %."""
    equity, exposure = grow(recorded_columns())
    daily = np.diff(equity) / equity[:-1]
    sharpe = daily.mean() / daily.std(ddof=1) * 365**0.5
    drawdown = (equity / np.maximum.accumulate(equity) - 1).min()
    assert 8 < equity[-1] < 60
    assert 1.3 < sharpe < 2.4
    assert -0.50 < drawdown < -0.25
    assert 0.25 < exposure.mean() < 0.45
