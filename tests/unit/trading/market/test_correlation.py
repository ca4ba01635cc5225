"""Correlation of days: over those that both symbols have, and only from enough of them."""

from __future__ import annotations

import numpy as np
import pytest

from trading.exchange.columns import Columns, Floats
from trading.market.correlation import DAYS, FEWEST, correlation

DAY = 86_400_000


def chart(close: Floats, first: int = 0) -> Columns:
    times = (np.arange(len(close)) + first) * DAY
    return Columns(times, close, close, close, close, np.ones(len(close)))


def wander(seed: int, count: int = 120) -> Floats:
    return np.asarray(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.02, count))))


def test_a_symbol_is_wholly_like_itself_and_its_multiple() -> None:
    assert correlation(chart(wander(1)), chart(3 * wander(1))) == pytest.approx(1)


def test_it_is_pearsons_over_the_last_ninety_returns() -> None:
    one, other = wander(1), wander(2)
    returns = [np.diff(prices)[-DAYS:] / prices[-DAYS - 1 : -1] for prices in (one, other)]
    assert correlation(chart(one), chart(other)) == pytest.approx(np.asarray(np.corrcoef(returns))[0, 1])


def test_only_days_that_both_have_count() -> None:
    longer = wander(1)
    assert correlation(chart(longer), chart(longer[40:], first=40)) == pytest.approx(1)


def test_too_few_days_say_nothing() -> None:
    assert correlation(chart(wander(1, FEWEST)), chart(wander(2, FEWEST))) is None
    assert correlation(chart(wander(1, FEWEST + 1)), chart(wander(2, FEWEST + 1))) is not None


def test_a_price_that_stands_still_is_like_nothing() -> None:
    assert correlation(chart(wander(1)), chart(np.full(120, 7.0))) is None
