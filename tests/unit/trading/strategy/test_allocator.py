"""The allocator: more of what trends calmly, cash when nothing does, trades only beyond the band."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.strategy.price_columns import random_walk
from trading.domain.plan import Hold, TargetPlan
from trading.strategy.allocator import AllocatorRules, allocate, annual_volatility, read_signal
from trading.strategy.port import Float64s

NOTHING: dict[str, Decimal] = {}


def climbing(days: int = 200, swing: float = 0.02, drift: float = 0.01) -> Float64s:
    """Up on average, with alternating days `swing` above and below it."""
    returns = drift + swing * np.where(np.arange(days) % 2 == 0, 1.0, -1.0)
    return np.asarray(100 * np.cumprod(1 + returns))


def falling(days: int = 200) -> Float64s:
    return climbing(days, drift=-0.01)


def test_what_trends_is_bought_and_what_falls_is_not() -> None:
    allocation = allocate({"UP/USD": climbing(), "DOWN/USD": falling()}, NOTHING)
    assert allocation.weights["UP/USD"] > Decimal("0.4")
    assert allocation.weights["DOWN/USD"] == 0
    assert allocation.reasons["UP/USD"] == "3 of 3 trends up; volatility 39 %"
    assert allocation.reasons["DOWN/USD"].startswith("0 of 3 trends up; volatility")
    assert allocation.changed


def test_everything_stays_in_cash_when_nothing_trends() -> None:
    allocation = allocate({"A/USD": falling(), "B/USD": falling(90)}, NOTHING)
    assert allocation.cash == 1
    assert allocation.reason.startswith("nothing trends up, so everything stays in cash")
    assert not allocation.changed


def test_the_calmer_of_two_equal_trends_gets_more() -> None:
    weights = allocate({"CALM/USD": climbing(swing=0.01), "WILD/USD": climbing(swing=0.03)}, NOTHING).weights
    ratio = float(weights["CALM/USD"] / weights["WILD/USD"])
    assert ratio == pytest.approx(3, rel=0.01)


def test_weights_shrink_to_the_volatility_target() -> None:
    rules = AllocatorRules(volatility_target=Decimal("0.40"))
    closes = climbing(swing=0.05)
    weight = allocate({"WILD/USD": closes}, NOTHING, rules).weights["WILD/USD"]
    volatility = annual_volatility(closes[-61:])
    assert volatility is not None
    assert float(weight) * volatility == pytest.approx(0.40, abs=0.001)


def test_within_the_band_nothing_is_traded() -> None:
    closes = {"A/USD": climbing(), "B/USD": climbing(swing=0.03)}
    target = allocate(closes, NOTHING).weights
    near = {symbol: weight + Decimal("0.049") for symbol, weight in target.items()}
    far = near | {"A/USD": target["A/USD"] + Decimal("0.051")}
    assert not allocate(closes, near).changed
    assert "no weight is more than 5 points off" in allocate(closes, near).reason
    assert allocate(closes, far).changed
    assert allocate(closes, far).reason.endswith("A/USD is 5.1 points off its target")


def test_a_short_history_uses_the_trends_that_exist() -> None:
    assert read_signal(climbing(20)).trends == 1
    assert read_signal(climbing(60)).trends == 2
    assert read_signal(climbing(120)).trends == 3
    assert allocate({"NEW/USD": climbing(25)}, NOTHING).reasons["NEW/USD"].startswith("1 of 1 trend up;")


def test_fewer_than_twenty_closes_stay_in_cash_and_say_so() -> None:
    allocation = allocate({"NEW/USD": climbing(19)}, NOTHING)
    assert allocation.weights["NEW/USD"] == 0
    assert allocation.reasons["NEW/USD"] == "only 19 daily closes, 20 needed; stays in cash"
    assert allocation.reason.startswith("no symbol has enough daily closes to judge")


def test_a_price_that_never_moves_takes_nothing_from_the_others() -> None:
    alone = allocate({"A/USD": climbing()}, NOTHING).weights["A/USD"]
    beside = allocate({"A/USD": climbing(), "FLAT/USD": np.full(200, 5.0)}, NOTHING)
    assert beside.weights["A/USD"] == alone
    assert beside.reasons["FLAT/USD"] == "the price did not move; stays in cash"


def test_missing_and_impossible_closes_are_left_out() -> None:
    clean = climbing()
    dirty = np.concatenate([[np.nan, 0.0], clean, [np.inf]])
    assert allocate({"A/USD": dirty}, NOTHING) == allocate({"A/USD": clean}, NOTHING)


def test_the_outcome_is_a_plan_or_a_chosen_hold() -> None:
    closes = {"A/USD": climbing()}
    plan = allocate(closes, NOTHING).outcome()
    assert isinstance(plan, TargetPlan)
    assert plan.decided_by == "allocator"
    assert plan.cash_weight + sum(weight.weight for weight in plan.weights) == 1
    held = allocate(closes, {"A/USD": plan.weight_of("A/USD")}).outcome()
    assert isinstance(held, Hold)
    assert held.chosen


def test_annual_volatility_is_the_sample_deviation_of_simple_returns() -> None:
    closes = np.array([100.0, 110.0, 99.0])
    assert annual_volatility(closes) == pytest.approx(np.std([0.1, -0.1], ddof=1) * 365**0.5)
    assert annual_volatility(closes[:2]) is None


@given(
    seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=8, unique=True),
    days=st.integers(0, 200),
    volatility=st.floats(1e-6, 0.5),
)
def test_weights_never_exceed_the_whole(seeds: list[int], days: int, volatility: float) -> None:
    closes = {f"S{seed}/USD": random_walk(days, seed, volatility=volatility).close for seed in seeds}
    allocation = allocate(closes, NOTHING)
    assert all(
        0 <= weight <= 1 and weight == weight.quantize(Decimal("0.0001")) for weight in allocation.weights.values()
    )
    assert allocation.cash >= 0
    assert sum(allocation.weights.values()) + allocation.cash == 1
    assert set(allocation.reasons) == set(closes)
