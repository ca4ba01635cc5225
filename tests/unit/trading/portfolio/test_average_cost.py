"""Weighted average cost on both sides of zero: growing, shrinking, closing, and crossing from one side to the other."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.money import ZERO
from trading.domain.portfolio import Position
from trading.portfolio.average_cost import profit_of, share, traded, withdrawn

D = Decimal
AT, LATER = datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC)
FLAT = Position("BTC/USD")


def buy(held: Position, quantity: str, price: str, fee: str = "0", at: datetime = AT) -> Position:
    value = D(quantity) * D(price)
    return traded(held, D(quantity), -value - D(fee), value, at)


def sell(held: Position, quantity: str, price: str, fee: str = "0", at: datetime = AT) -> Position:
    value = D(quantity) * D(price)
    return traded(held, -D(quantity), value - D(fee), -value, at)


def test_a_short_position_is_negative_and_its_average_cost_is_what_its_sale_brought() -> None:
    short = sell(sell(FLAT, "1", "100", "1"), "1", "120", "1", LATER)
    assert (short.quantity, short.cost, short.entry_value) == (-2, -218, -220)
    assert (short.average_cost, short.entry_price, short.realized_pnl) == (109, 110, 0)
    assert short.opened_at == AT


def test_buying_a_part_of_it_back_realizes_what_it_brought_less_what_it_took() -> None:
    short = sell(FLAT, "2", "100", "2")
    left = buy(short, "0.5", "80", "1")
    assert left.realized_pnl == D("49.5") - 40 - 1
    assert (left.quantity, left.cost, left.entry_value, left.entry_price) == (D("-1.5"), D("-148.5"), -150, 100)


def test_a_short_position_loses_where_the_price_has_risen() -> None:
    gone = buy(sell(FLAT, "2", "100"), "2", "110")
    assert (gone.realized_pnl, gone.quantity, gone.cost, gone.entry_value, gone.opened_at) == (-20, 0, 0, 0, None)


def test_selling_through_zero_realizes_the_part_that_closes_and_opens_the_rest_at_this_price() -> None:
    short = sell(buy(FLAT, "1", "100"), "4", "120", "4", LATER)
    assert short.realized_pnl == 120 - 1 - 100
    assert (short.quantity, short.cost, short.entry_value, short.opened_at) == (-3, -357, -360, LATER)


def test_buying_through_zero_does_the_same_the_other_way() -> None:
    long = buy(sell(FLAT, "1", "100"), "4", "80", "4", LATER)
    assert long.realized_pnl == 100 - 80 - 1
    assert (long.quantity, long.cost, long.entry_value, long.opened_at) == (3, 243, 240, LATER)


def test_a_withdrawal_takes_its_cost_along_and_realizes_nothing() -> None:
    held = buy(FLAT, "4", "100", "4")
    left = withdrawn(held, D(1))
    assert (left.quantity, left.cost, left.entry_value, left.realized_pnl, left.opened_at) == (3, 303, 300, 0, AT)
    gone = withdrawn(left, D(3))
    assert (gone.quantity, gone.cost, gone.entry_value, gone.opened_at) == (0, 0, 0, None)


def test_a_share_without_an_end_is_cut_at_thirty_decimals_and_an_exact_one_stays_as_it_is() -> None:
    assert str(share(D(1), D(1), D(3))) == "0." + "3" * 30
    assert str(share(D("201"), D(1), D(2))) == "100.5"
    assert str(share(D("0.10"), D(7), D(7))) == "0.10"


@pytest.mark.parametrize("rounding", [decimal.ROUND_DOWN, decimal.ROUND_UP, decimal.ROUND_HALF_EVEN])
def test_no_rounding_that_a_library_sets_changes_a_cost(rounding: str) -> None:
    with decimal.localcontext() as context:
        context.rounding = rounding
        left = sell(buy(FLAT, "0.7", "33.33", "0.1"), "0.3", "40")
    assert left == sell(buy(FLAT, "0.7", "33.33", "0.1"), "0.3", "40")


quantities = st.integers(1, 10**11).map(lambda n: D(n).scaleb(-8))
prices = st.integers(1, 10**7).map(lambda n: D(n).scaleb(-2))
trades = st.lists(st.tuples(st.booleans(), quantities, prices), min_size=1, max_size=12)


@given(trades)
def test_cash_and_cost_together_are_always_what_was_realized(trades: list[tuple[bool, Decimal, Decimal]]) -> None:
    """Exactly, on whichever side of zero: what has left the position is in the profit, what has not is in the cost."""
    held, cash = FLAT, ZERO
    for buying, quantity, price in trades:
        signed, value = (quantity, quantity * price) if buying else (-quantity, -quantity * price)
        expected = held.realized_pnl + profit_of(held, signed, -value)
        held = traded(held, signed, -value, value, AT)
        cash -= value
        assert held.realized_pnl == expected
        assert cash + held.cost == held.realized_pnl
        assert (held.quantity > 0) is (held.entry_value > 0)
        if held.quantity == signed:
            assert held.entry_price == price
