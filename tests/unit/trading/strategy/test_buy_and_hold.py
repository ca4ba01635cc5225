"""Buy and hold: one entry, equal parts, nothing after."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.unit.trading.strategy.price_columns import columns_of
from trading.errors import SettingsError
from trading.strategy.buy_and_hold import BuyAndHold


def test_it_buys_equal_parts_at_the_first_bar_and_then_rests() -> None:
    prepared = BuyAndHold().prepare({"A/USD": columns_of([1, 2, 3]), "B/USD": columns_of([4, 5, 6])})
    assert prepared.wakeups.tolist() == [True, False, False]
    assert prepared.decide(0, {}) == {"A/USD": Decimal("0.5"), "B/USD": Decimal("0.5")}
    assert prepared.decide(1, {}) is None
    assert prepared.reason(0, "A/USD") == "bought once in equal parts, to be held"


def test_three_parts_stay_within_the_whole() -> None:
    prepared = BuyAndHold().prepare({name: columns_of([1, 2]) for name in ("A/USD", "B/USD", "C/USD")})
    targets = prepared.decide(0, {})
    assert targets is not None
    assert sum(targets.values()) == Decimal("0.9999")


def test_it_waits_until_everything_is_priced() -> None:
    late = columns_of([np.nan, np.nan, 3])
    assert BuyAndHold().prepare({"A/USD": columns_of([1, 2, 3]), "B/USD": late}).wakeups.tolist() == [
        False,
        False,
        True,
    ]
    assert not BuyAndHold().prepare({"B/USD": late.until(2)}).wakeups.any()


def test_unlike_grids_are_refused() -> None:
    with pytest.raises(ValueError, match="align them first"):
        BuyAndHold().prepare({"A/USD": columns_of([1, 2, 3]), "B/USD": columns_of([4])})


def test_an_unknown_parameter_lists_the_allowed() -> None:
    with pytest.raises(SettingsError, match="buy_and_hold has no parameter 'share'; allowed are weight"):
        BuyAndHold.from_settings({"share": "1"})
