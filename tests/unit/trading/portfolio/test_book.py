"""Weighted average cost: what a position cost, what a sale earned, and what is left."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.money import Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow
from trading.errors import NeedsOperator
from trading.portfolio.book import Book

AT = datetime(2025, 3, 3, tzinfo=UTC)
ACB_SEQUENCE = Path(__file__).resolve().parents[5] / "shared" / "data" / "costbasis" / "rotki_acb_sequence.json"


def flow(amount: str, name: str = "deposit") -> CashFlow:
    return CashFlow(name, Money(Decimal(amount), "USD"), AT, "paid in")


def fill(side: Side, quantity: str, price: str, fee: str = "0", symbol: str = "ETH/USD", at: datetime = AT) -> Fill:
    return Fill("trade", "order", symbol, side, Decimal(price), Decimal(quantity), Money(Decimal(fee), "USD"), at)


def book_with(cash: str = "1000") -> Book:
    return Book.rebuilt("USD", [flow(cash)], [])


def test_an_empty_book_holds_nothing() -> None:
    book = Book("USD")
    assert (book.cash, book.positions(), book.position("ETH/USD").quantity) == (0, (), 0)


def test_buying_costs_notional_and_fee_and_both_are_in_the_average_cost() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "100", fee="1"))
    position = book.position("ETH/USD")
    assert book.cash == Decimal(799)
    assert (position.average_cost, position.entry_price) == (Decimal("100.5"), Decimal(100))
    assert book.fees == 1


def test_a_sale_books_proceeds_less_fee_less_the_average_cost_of_what_is_sold() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "100", fee="1"))
    sale = fill(Side.SELL, "1", "120", fee="2")
    assert book.realized_by(sale) == Decimal(120) - 2 - Decimal("100.5")
    book.apply_fill(sale)
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, position.realized_pnl) == (1, Decimal("100.5"), Decimal("17.5"))
    assert book.cash == Decimal(799) + 118


def test_a_buy_books_no_profit() -> None:
    assert book_with().realized_by(fill(Side.BUY, "1", "5", fee="1")) == 0


def test_a_full_sale_leaves_no_crumb_of_cost() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "3", "33.33", fee="0.1"))
    for quantity in ("1", "1", "1"):
        book.apply_fill(fill(Side.SELL, quantity, "10"))
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, position.entry_value, position.opened_at) == (0, 0, 0, None)
    assert book.positions() == ()
    assert book.realized_of()["ETH/USD"] == position.realized_pnl == Decimal(30) - (Decimal("99.99") + Decimal("0.1"))


def test_not_even_where_the_average_cost_has_no_end() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "0.3", "33.33"))
    book.apply_fill(fill(Side.BUY, "0.4", "77.77"))
    book.apply_fill(fill(Side.SELL, "0.11", "50"))
    book.apply_fill(fill(Side.SELL, "0.59", "50"))
    position = book.position("ETH/USD")
    assert (position.cost, position.entry_value) == (Decimal(0), Decimal(0))
    assert abs(position.realized_pnl - (book.cash - 1000)) < Decimal("1e-20")


def test_a_position_is_as_old_as_its_first_buy_since_it_was_empty() -> None:
    book, later = book_with(), AT.replace(day=9)
    book.apply_fill(fill(Side.BUY, "1", "10"))
    book.apply_fill(fill(Side.BUY, "1", "10", at=later))
    assert book.position("ETH/USD").opened_at == AT
    book.apply_fill(fill(Side.SELL, "2", "10", at=later))
    book.apply_fill(fill(Side.BUY, "1", "10", at=later))
    assert book.position("ETH/USD").opened_at == later


def test_more_cannot_be_sold_than_is_held_and_the_book_stays_as_it_was() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "1", "10"))
    before = book.checkpoint()
    with pytest.raises(NeedsOperator, match=r"sold 1\.1 of ETH/USD but the book holds 1"):
        book.apply_fill(fill(Side.SELL, "1.1", "10"))
    assert book.checkpoint() == before


def test_a_checkpoint_takes_everything_back() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "1", "10", fee="1"))
    kept = book.checkpoint()
    book.apply_fill(fill(Side.BUY, "1", "20", fee="1"))
    book.apply_fill(fill(Side.SELL, "2", "20", fee="1"))
    book.restore(kept)
    assert (book.cash, book.fees, book.position("ETH/USD").cost) == (Decimal(989), 1, Decimal(11))


def test_equity_is_cash_and_positions_at_the_given_prices() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "100"))
    assert book.equity(lambda symbol: Decimal(150)) == 1100
    assert book.equity(lambda symbol: None) is None
    book.apply_fill(fill(Side.SELL, "2", "100"))
    assert book.equity(lambda symbol: None) == 1000


def test_the_reference_sequence_of_average_costs_is_met() -> None:
    """Selling what was never bought is refused instead: the venue would have lied."""
    if not ACB_SEQUENCE.exists():
        pytest.skip("the reference sequence is not at hand (../shared/data/costbasis)")
    steps = json.loads(ACB_SEQUENCE.read_text(), parse_float=Decimal, parse_int=Decimal)["acb_sequence"]["steps"]
    book, booked = book_with(), Decimal(0)
    for step in (step for step in steps if "note" not in step):
        book.apply_fill(fill(Side(step["side"]), str(step["amount"]), str(step["price"])))
        position = book.position("ETH/USD")
        assert (position.quantity, position.cost) == (step["amount_left"], step["total_acb"])
        assert position.realized_pnl - booked == step["pnl"]
        booked = position.realized_pnl
    unheld = next(step for step in steps if "note" in step)
    with pytest.raises(NeedsOperator):
        book.apply_fill(fill(Side.SELL, str(unheld["amount"]), str(unheld["price"])))


@given(
    st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 100_000), st.integers(0, 500)), min_size=1, max_size=8)
)
def test_however_a_position_was_bought_selling_it_whole_realizes_what_cash_gained(
    buys: list[tuple[int, int, int]],
) -> None:
    book = book_with("1000000000")
    opening = book.cash
    for quantity, price, fee in buys:
        book.apply_fill(
            fill(Side.BUY, str(Decimal(quantity) / 1000), str(Decimal(price) / 100), str(Decimal(fee) / 100))
        )
    book.apply_fill(fill(Side.SELL, str(book.position("ETH/USD").quantity), "77.7", "0.3"))
    assert book.cash - opening == book.position("ETH/USD").realized_pnl
