"""How far an order walks into an order book."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import START
from trading.domain.market import Depth, Level
from trading.domain.order import Side
from trading.market.depth import expected_slippage, spread


def levels(*rows: tuple[str, str]) -> tuple[Level, ...]:
    return tuple((Decimal(price), Decimal(quantity)) for price, quantity in rows)


BOOK = Depth(levels(("99", "1"), ("98", "2")), levels(("101", "1"), ("103", "1"), ("110", "10")), START)


def test_the_spread_is_a_share_of_the_middle() -> None:
    assert spread(BOOK) == Decimal("0.02")


@pytest.mark.parametrize(
    ("side", "quantity", "average"),
    [
        (Side.BUY, "0.5", "101"),
        (Side.BUY, "1", "101"),
        (Side.BUY, "2", "102"),
        (Side.BUY, "4", "106"),
        (Side.SELL, "1", "99"),
        (Side.SELL, "2", "98.5"),
    ],
)
def test_slippage_is_the_average_price_against_the_best_of_its_side(side: Side, quantity: str, average: str) -> None:
    best = Decimal(101) if side is Side.BUY else Decimal(99)
    slipped = expected_slippage(BOOK, side, Decimal(quantity))
    assert slipped is not None
    assert abs(slipped - abs(Decimal(average) / best - 1)) < Decimal("1e-50")


@pytest.mark.parametrize(("side", "all_of_it"), [(Side.BUY, "12"), (Side.SELL, "3")])
def test_a_book_that_does_not_hold_all_of_it_tells_nothing(side: Side, all_of_it: str) -> None:
    assert expected_slippage(BOOK, side, Decimal(all_of_it)) is not None
    assert expected_slippage(BOOK, side, Decimal(all_of_it) + Decimal("1e-8")) is None


rows = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10**6)), min_size=1, max_size=20)


@given(rows, st.integers(1, 3 * 10**6), st.sampled_from(Side))
def test_it_agrees_with_filling_the_order_lot_by_lot(steps: list[tuple[int, int]], quantity: int, side: Side) -> None:
    price, walked = 10_000, []
    for step, offered in steps:
        walked.append((Decimal(price), Decimal(offered)))
        price += step if side is Side.BUY else -step
    book = Depth(tuple(walked), tuple(walked), START)
    left, value = quantity, Fraction(0)
    for level, amount in walked:
        taken = min(left, int(amount))
        value, left = value + taken * Fraction(level), left - taken
    slipped = expected_slippage(book, side, Decimal(quantity))
    if left:
        assert slipped is None
    else:
        assert slipped is not None
        assert abs(Fraction(slipped) - abs(value / quantity / 10_000 - 1)) < Fraction(1, 10**40)
