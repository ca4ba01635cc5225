"""SMA cross: enters at upward crossings, leaves at downward ones, and knows nothing of the future."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.strategy.price_columns import columns_of, random_walk
from trading.errors import SettingsError
from trading.strategy.sma_cross import SmaCross, moving_average

ONE = Decimal(1)


def wave(bars: int = 60) -> list[float]:
    return [100 + 10 * float(np.sin(i / 6)) for i in range(bars)]


def plain_crossings(closes: list[float], fast: int, slow: int) -> list[tuple[int, str]]:
    """The same idea as an unhurried loop."""
    found = []
    for i in range(slow, len(closes)):
        before, now = (
            sum(closes[k - fast + 1 : k + 1]) / fast - sum(closes[k - slow + 1 : k + 1]) / slow for k in (i - 1, i)
        )
        if now > 0 >= before:
            found.append((i, "up"))
        if now < 0 <= before:
            found.append((i, "down"))
    return found


def test_crossings_are_those_of_a_plain_loop() -> None:
    walk = random_walk(2_000, seed=7)
    prepared = SmaCross(5, 20).prepare({"BTC/USD": walk})
    found = [(int(i), "up" if prepared.ups["BTC/USD"][i] else "down") for i in np.flatnonzero(prepared.wakeups)]
    assert found == plain_crossings(walk.close.tolist(), 5, 20)
    assert len(found) > 50


def test_an_upward_crossing_enters_and_a_downward_one_leaves() -> None:
    prepared = SmaCross(3, 8).prepare({"BTC/USD": columns_of(wave())})
    up, down = (int(np.flatnonzero(flags["BTC/USD"])[0]) for flags in (prepared.ups, prepared.downs))
    assert prepared.decide(up, {}) == {"BTC/USD": ONE}
    assert prepared.decide(down, {"BTC/USD": ONE}) == {"BTC/USD": Decimal(0)}
    assert "crossed above" in prepared.reason(up, "BTC/USD")
    assert "crossed below" in prepared.reason(down, "BTC/USD")


def test_what_is_already_as_wanted_is_left_alone() -> None:
    prepared = SmaCross(3, 8).prepare({"BTC/USD": columns_of(wave())})
    up, down = (int(np.flatnonzero(flags["BTC/USD"])[0]) for flags in (prepared.ups, prepared.downs))
    assert prepared.decide(up, {"BTC/USD": ONE}) is None
    assert prepared.decide(down, {}) is None


def test_after_a_stop_it_waits_for_the_next_upward_crossing() -> None:
    prepared = SmaCross(3, 8).prepare({"BTC/USD": columns_of(wave(120))})
    first, second = (int(i) for i in np.flatnonzero(prepared.ups["BTC/USD"])[:2])
    between = [prepared.decide(i, {}) for i in range(first + 1, second)]
    assert between == [None] * (second - first - 1)
    assert prepared.decide(second, {}) == {"BTC/USD": ONE}


def test_symbols_share_the_weight_and_do_not_disturb_each_other() -> None:
    rising_later = [100.0] * 30 + wave(30)
    prepared = SmaCross(3, 8, Decimal("0.9")).prepare({"A/USD": columns_of(wave()), "B/USD": columns_of(rising_later)})
    alone = np.flatnonzero(prepared.ups["A/USD"] & ~prepared.ups["B/USD"])
    assert prepared.decide(int(alone[0]), {"B/USD": Decimal("0.45")}) == {"A/USD": Decimal("0.4500")}


def test_equal_prices_never_cross() -> None:
    prepared = SmaCross(10, 30).prepare({"A/USD": columns_of([0.1] * 35 + [0.05] + [0.1] * 200)})
    assert not prepared.wakeups[60:].any()


def test_a_missing_price_is_unknown_not_a_crossing() -> None:
    closes = wave(100)
    closes[50] = float("nan")
    prepared = SmaCross(3, 8).prepare({"A/USD": columns_of(closes)})
    assert not prepared.wakeups[50:59].any()
    assert prepared.wakeups[59:].any()


def test_too_short_a_series_never_wakes() -> None:
    assert not SmaCross(10, 30).prepare({"A/USD": columns_of(wave(30))}).wakeups.any()


@given(seed=st.integers(0, 10_000), cut=st.integers(1, 299))
def test_no_look_ahead(seed: int, cut: int) -> None:
    whole = {"A/USD": random_walk(300, seed), "B/USD": random_walk(300, seed + 1)}
    known = {symbol: columns.until(cut) for symbol, columns in whole.items()}
    future, past = SmaCross(4, 9).prepare(whole), SmaCross(4, 9).prepare(known)
    assert np.array_equal(future.wakeups[:cut], past.wakeups)
    for i in np.flatnonzero(past.wakeups):
        assert future.decide(int(i), {}) == past.decide(int(i), {})
        assert future.decide(int(i), {"A/USD": ONE}) == past.decide(int(i), {"A/USD": ONE})


def test_the_moving_average_is_each_window_summed_by_itself() -> None:
    values = random_walk(500, seed=3).close
    # One by one: the built-in sum carries a correction along from Python 3.12 on.
    expected = [reduce(add, values[i - 29 : i + 1].tolist(), 0.0) / 30 for i in range(29, 500)]
    assert moving_average(values, 30)[29:].tolist() == expected
    assert np.isnan(moving_average(values, 30)[:29]).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"fsat": "10"}, "sma_cross has no parameter 'fsat'; allowed are fast, slow, weight"),
        ({"fast": "ten"}, "sma_cross: fast is 'ten'; allowed is a whole number from 1 to 10000"),
        ({"fast": "30", "slow": "10"}, "sma_cross: fast is 30 and slow is 10; fast must be the smaller"),
        ({"weight": "2"}, "sma_cross: weight is '2'; allowed is a fraction above 0 and at most 1, such as 0.5"),
        ({"weight": "NaN"}, "sma_cross: weight is 'NaN'; allowed is a fraction above 0 and at most 1, such as 0.5"),
        ({"weight": "x"}, "sma_cross: weight is 'x'; allowed is a fraction above 0 and at most 1, such as 0.5"),
    ],
)
def test_a_wrong_parameter_is_named_in_one_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        SmaCross.from_settings(given)
    assert str(error.value) == sentence


def test_parameters_are_read_from_text() -> None:
    assert SmaCross.from_settings({"fast": "5", "slow": "50", "weight": "0.5"}) == SmaCross(5, 50, Decimal("0.5"))
    assert SmaCross.from_settings({}) == SmaCross(10, 30, ONE)
