"""Support and resistance are prices at which the market has turned, the nearest on either side."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trading.market.swings import WINDOW, resistance, support

VALLEYS = np.array([9.0, 8, 5, 8, 9, 8, 6, 8, 9, 9])
"""It turned at 5, and later at 6."""


def test_support_is_the_nearest_low_below() -> None:
    assert support(VALLEYS, 7.0) == 6
    assert support(VALLEYS, 5.5) == 5
    assert support(VALLEYS, 4.0) is None


def test_resistance_is_the_nearest_high_above() -> None:
    assert resistance(-VALLEYS, -7.0) == -6
    assert resistance(-VALLEYS, -5.5) == -5
    assert resistance(-VALLEYS, -4.0) is None


def test_the_edge_of_the_chart_is_no_turn() -> None:
    assert support(np.arange(10.0), 20.0) is None


def test_what_is_long_past_is_forgotten() -> None:
    assert support(np.concatenate((VALLEYS, np.full(WINDOW, 9.0))), 7.0) is None


@given(st.lists(st.floats(1, 100), max_size=120), st.floats(1, 100))
def test_levels_lie_on_their_side_and_were_traded(prices: list[float], close: float) -> None:
    values = np.array(prices)
    below, above = support(values, close), resistance(values, close)
    assert below is None or (below <= close and below in prices)
    assert above is None or (above >= close and above in prices)
