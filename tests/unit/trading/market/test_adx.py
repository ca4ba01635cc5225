"""The strength of a trend: high where prices run one way, low where they go to and fro."""

from __future__ import annotations

import numpy as np

from trading.exchange.columns import Floats
from trading.market.adx import adx


def strength(close: Floats) -> float:
    return float(adx(close + 1, close - 1, close)[-1])


def test_a_straight_run_is_the_strongest_trend() -> None:
    assert strength(np.arange(100.0, 200.0)) == 100
    assert strength(np.arange(200.0, 100.0, -1)) == 100


def test_to_and_fro_is_hardly_one() -> None:
    assert strength(100 + np.tile([0.0, 3.0], 60)) < 10


def test_where_nothing_moves_there_is_none() -> None:
    flat = np.full(60, 100.0)
    assert adx(flat, flat, flat)[-1] == 0


def test_fewer_than_28_candles_say_nothing() -> None:
    assert np.isnan(strength(np.arange(27.0)))
    assert np.isfinite(strength(np.arange(28.0)))
