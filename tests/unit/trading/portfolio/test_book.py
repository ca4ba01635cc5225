"""The book: what a position cost, what a sale earned, what is left, and where fees and coins from outside go."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.money import Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow
from trading.errors import CurrencyMismatch, NeedsOperator
from trading.portfolio.book import Book

AT = datetime(2025, 3, 3, tzinfo=UTC)
ACB_SEQUENCE = Path(__file__).resolve().parents[5] / "shared" / "data" / "costbasis" / "rotki_acb_sequence.json"


def flow(amount: str, name: str = "deposit") -> CashFlow:
    return CashFlow(name, Money(Decimal(amount), "USD"), AT, "paid in")


def fill(side: Side, quantity: str, price: str, fee: str = "0", symbol: str = "ETH/USD", at: datetime = AT) -> Fill:
    return Fill("trade", "order", symbol, side, Decimal(price), Decimal(quantity), Money(Decimal(fee), "USD"), at)


def book_with(cash: str = "1000") -> Book:
    return Book.rebuilt("USD", [flow(cash)])


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


def fee_in(currency: str, amount: str, value: str, side: Side, quantity: str = "2", price: str = "100") -> Fill:
    fee = Money(Decimal(amount), currency)
    return Fill("t", "o", "ETH/USD", side, Decimal(price), Decimal(quantity), fee, AT, fee_value=Decimal(value))


def test_a_fee_in_base_makes_a_buy_smaller_at_full_cost() -> None:
    book = book_with()
    book.apply_fill(fee_in("ETH", "0.01", "1", Side.BUY))
    position = book.position("ETH/USD")
    assert (book.cash, book.fees, position.quantity, position.cost) == (800, 1, Decimal("1.99"), 200)
    assert position.entry_price == 100


def test_a_fee_in_base_makes_a_sale_larger_and_costs_what_was_paid_for_it() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "4", "50"))
    sale = fee_in("ETH", "0.1", "10", Side.SELL)
    assert book.realized_by(sale) == 200 - Decimal("2.1") * 50
    book.apply_fill(sale)
    position = book.position("ETH/USD")
    assert (book.cash, book.fees, position.quantity, position.cost) == (1000, 10, Decimal("1.9"), 95)
    assert position.realized_pnl == 95


def test_a_sale_with_its_fee_in_base_cannot_take_more_than_is_held() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "50"))
    with pytest.raises(NeedsOperator, match=r"sold 2\.1 of ETH/USD but the book holds 2;"):
        book.apply_fill(fee_in("ETH", "0.1", "10", Side.SELL))
    assert book.position("ETH/USD").quantity == 2


@pytest.mark.parametrize("fee", ["2", "3"])
def test_a_fee_that_eats_all_of_a_buy_needs_a_person(fee: str) -> None:
    with pytest.raises(NeedsOperator, match="eats all of trade t"):
        book_with().apply_fill(fee_in("ETH", fee, "200", Side.BUY))


def test_a_fee_in_a_currency_that_is_held_comes_out_of_its_position_and_its_cost_is_lost() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "30", symbol="BNB/USD"))
    book.apply_fill(fee_in("BNB", "0.5", "20", Side.BUY))
    eth, bnb = book.position("ETH/USD"), book.position("BNB/USD")
    assert (eth.quantity, eth.cost, eth.realized_pnl) == (2, 200, 0)
    assert (bnb.quantity, bnb.cost, bnb.entry_value, bnb.realized_pnl) == (Decimal("1.5"), 45, 45, -15)
    assert (book.cash, book.fees, book.others) == (740, 20, {})


def test_what_is_not_held_of_a_fee_s_currency_is_owed_beside_the_portfolio() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "0.2", "30", symbol="BNB/USD"))
    book.apply_fill(fee_in("BNB", "0.5", "20", Side.BUY))
    book.apply_fill(fee_in("KFEE", "7", "0", Side.SELL))
    assert book.position("BNB/USD").quantity == 0
    assert book.others == {"BNB": Decimal("-0.3"), "KFEE": Decimal(-7)}
    assert book.equity(lambda symbol: None) == book.cash
    assert book.holdings() == {"USD": book.cash, "BNB": Decimal("-0.3"), "KFEE": Decimal(-7), "ETH": 0}


def test_a_rebate_is_a_fee_with_the_other_sign() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "2", "100", fee="-1"))
    assert (book.cash, book.fees, book.position("ETH/USD").cost) == (801, -1, 199)


def coins(amount: str, value: str, currency: str = "ETH") -> CashFlow:
    return CashFlow("coins", Money(Decimal(amount), currency), AT, "moved", value=Decimal(value))


def test_a_deposit_of_coins_costs_what_it_was_worth() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "1", "100", fee="1"))
    book.apply_flow(coins("3", "360"))
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, position.entry_value, position.opened_at) == (4, 461, 460, AT)
    assert (book.cash, position.realized_pnl) == (899, 0)


def test_a_withdrawal_of_coins_takes_their_cost_along_and_is_no_sale() -> None:
    book = book_with()
    book.apply_fill(fill(Side.BUY, "4", "100", fee="4"))
    book.apply_flow(coins("-1", "-150"))
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, position.entry_value, position.realized_pnl) == (3, 303, 300, 0)
    assert book.cash == 596


def test_more_coins_cannot_leave_than_are_held_and_the_book_stays_as_it_was() -> None:
    book = book_with()
    book.apply_flow(coins("1", "100"))
    before = book.checkpoint()
    with pytest.raises(NeedsOperator, match=r"1\.1 ETH left but the book holds 1; check the venue"):
        book.apply_flow(coins("-1.1", "-110"))
    assert book.checkpoint() == before


def test_coins_that_nothing_prices_stay_beside_the_portfolio() -> None:
    book = book_with()
    book.apply_flow(coins("5", "0", "AIR"))
    assert (book.others, book.positions(), book.equity(lambda symbol: None)) == ({"AIR": 5}, (), 1000)
    book.apply_flow(coins("-5", "0", "AIR"))
    assert book.others == {}


def test_a_flow_of_coins_that_does_not_say_its_value_is_a_defect() -> None:
    with pytest.raises(CurrencyMismatch, match="must say its value in USD"):
        book_with().apply_flow(CashFlow("f", Money(Decimal(1), "ETH"), AT, ""))


def test_what_came_from_outside_is_measured_at_its_value() -> None:
    assert (flow("5").worth, coins("2", "300").worth, coins("5", "0", "AIR").worth) == (5, 300, 0)
    assert CashFlow("r", Money(Decimal(-1), "USD"), AT, "", rollover_of="ETH/USD").worth == 0


def short(quantity: str, price: str, fee: str = "0") -> Fill:
    return replace(fill(Side.SELL, quantity, price, fee), margin=True)


def test_on_margin_more_is_sold_than_held_and_bought_back_later() -> None:
    book = book_with()
    book.apply_fill(short("2", "100", fee="1"))
    assert (book.cash, book.position("ETH/USD").quantity) == (1199, -2)
    assert book.equity(lambda symbol: Decimal(90)) == 1019
    cover = fill(Side.BUY, "2", "90", fee="1")
    assert book.realized_by(cover) == 18
    book.apply_fill(cover)
    assert (book.cash, book.fees, book.position("ETH/USD").realized_pnl, book.positions()) == (1018, 2, 18, ())


def test_a_plain_sale_cannot_make_a_short_position_larger() -> None:
    book = book_with()
    book.apply_fill(short("1", "100"))
    with pytest.raises(NeedsOperator, match="the book holds -1"):
        book.apply_fill(fill(Side.SELL, "1", "100"))


def test_a_rollover_is_a_cost_of_its_position_and_no_money_to_outside() -> None:
    book = book_with()
    book.apply_fill(short("2", "100"))
    book.apply_flow(CashFlow("r", Money(Decimal("-0.4"), "USD"), AT, "rollover", rollover_of="ETH/USD"))
    assert (book.cash, book.fees) == (Decimal("1199.6"), Decimal("0.4"))
    assert book.position("ETH/USD").realized_pnl == Decimal("-0.4")


def test_coins_that_come_in_pay_a_short_position_back_first() -> None:
    book = book_with()
    book.apply_fill(short("2", "100"))
    book.apply_flow(coins("3", "270"))
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, position.realized_pnl) == (1, 90, 20)


def test_a_book_is_rebuilt_in_the_order_of_booking() -> None:
    """Another order would be refused: coins were sold before the last deposit, which would average into their cost."""
    facts = [flow("10"), coins("2", "200"), fill(Side.SELL, "1", "150"), coins("1", "190")]
    book = Book.rebuilt("USD", facts)
    position = book.position("ETH/USD")
    assert (book.cash, position.quantity, position.cost, position.realized_pnl) == (160, 2, 290, 50)


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
    book.apply_flow(coins("5", "0", "AIR"))
    kept = book.checkpoint()
    book.apply_flow(coins("1", "0", "AIR"))
    book.apply_fill(fill(Side.BUY, "1", "20", fee="1"))
    book.apply_fill(fill(Side.SELL, "2", "20", fee="1"))
    book.restore(kept)
    assert (book.cash, book.fees, book.position("ETH/USD").cost) == (Decimal(989), 1, Decimal(11))
    assert book.others == {"AIR": 5}


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
