"""Fills folded into trades: what a position was, from its first buy to the sale that ended it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world import START, instrument
from trading.decision.trades import ClosedTrade, Trades
from trading.domain.market import base_of
from trading.domain.money import Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow, Position
from trading.portfolio.average_cost import traded
from trading.portfolio.book import Book

SYMBOLS = ("BTC/USD", "ETH/USD")
RULES = {symbol: instrument(symbol) for symbol in SYMBOLS}


def fill(number: int, side: Side, quantity: str, price: str = "100", symbol: str = "BTC/USD", fee: str = "0.4") -> Fill:
    """One execution of an order of its own, a minute after the one before; `realized` is left to the book."""
    return Fill(
        trade_id=f"t{number}",
        client_order_id=f"o{number}",
        symbol=symbol,
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Money(Decimal(fee), "USD"),
        at=START + timedelta(minutes=number),
    )


def booked(facts: Sequence[CashFlow | Fill]) -> list[CashFlow | Fill]:
    """The same with the profit that the book gives each fill."""
    book, done = Book("USD"), []
    for fact in facts:
        if isinstance(fact, Fill):
            fact = replace(fact, realized=book.realized_by(fact))
            book.apply_fill(fact)
        else:
            book.apply_flow(fact)
        done.append(fact)
    return done


def closed(*facts: CashFlow | Fill) -> list[ClosedTrade]:
    return Trades("USD", RULES).take(booked(facts))


BUY, SELL = Side.BUY, Side.SELL


def test_a_trade_ends_with_the_sale_that_leaves_nothing() -> None:
    (trade,) = closed(fill(1, BUY, "1"), fill(2, SELL, "1", "110"))
    assert (trade.id, trade.opened_at, trade.closed_at) == (
        "t2",
        START + timedelta(minutes=1),
        START + timedelta(minutes=2),
    )
    assert trade.realized == Decimal("9.2")
    assert trade.fees == Decimal("0.8")


def test_buys_that_add_and_sales_that_take_off_belong_to_it() -> None:
    (trade,) = closed(fill(1, BUY, "1"), fill(2, SELL, "0.4"), fill(3, BUY, "2"), fill(4, SELL, "2.6"))
    assert [one.trade_id for one in trade.fills] == ["t1", "t2", "t3", "t4"]


def test_coins_are_told_apart_and_the_next_position_is_another_trade() -> None:
    eth = "ETH/USD"
    trades = closed(
        fill(1, BUY, "1"),
        fill(2, BUY, "3", "10", eth),
        fill(3, SELL, "1"),
        fill(4, BUY, "1"),
        fill(5, SELL, "3", "9", eth),
    )
    assert [(trade.symbol, trade.id) for trade in trades] == [("BTC/USD", "t3"), (eth, "t5")]


def test_dust_that_cannot_be_sold_ends_it_when_the_next_buy_finds_it() -> None:
    trades = Trades("USD", RULES)
    facts = booked([fill(1, BUY, "1"), fill(2, SELL, "0.9996"), fill(3, BUY, "1"), fill(4, SELL, "1.0004")])
    assert not trades.take(facts[:2])
    assert [trade.id for trade in trades.left_as_dust()] == ["t2"]
    assert [trade.id for trade in trades.take(facts[2:])] == ["t2", "t4"]


def test_what_was_closed_as_dust_is_not_closed_again() -> None:
    trades = Trades("USD", RULES)
    facts = booked([fill(1, BUY, "1"), fill(2, SELL, "0.9996"), fill(3, BUY, "1"), fill(4, SELL, "1.0004")])
    trades.take(facts[:2])
    for trade in trades.left_as_dust():
        trades.close(trade)
    assert [trade.id for trade in trades.take(facts[2:])] == ["t4"]


def test_what_can_still_be_sold_is_no_dust() -> None:
    trades = Trades("USD", RULES)
    trades.take(booked([fill(1, BUY, "1"), fill(2, SELL, "0.9")]))
    assert not trades.left_as_dust()


def test_coins_from_outside_make_no_trade_and_coins_taken_away_end_none() -> None:
    came = CashFlow("in", Money(Decimal(1), "BTC"), START, "deposit", value=Decimal(100))
    gone = CashFlow("out", Money(Decimal(-1), "BTC"), START, "withdrawal", value=Decimal(-100))
    assert not closed(came, fill(1, SELL, "1"))
    assert not closed(fill(1, BUY, "1"), gone)
    assert [trade.id for trade in closed(fill(1, BUY, "1"), gone, fill(2, BUY, "1"), fill(3, SELL, "1"))] == ["t3"]


steps = st.lists(
    st.tuples(
        st.sampled_from(SYMBOLS), st.integers(1, 400), st.integers(50, 150), st.integers(0, 9), st.integers(0, 3)
    ),
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(steps=steps)
def test_what_trades_realize_is_what_the_ledger_realizes(steps: list[tuple[str, int, int, int, int]]) -> None:
    """Buys in tenths of a thousandth; a sale takes part of what is held, or all of it."""
    held = {symbol: Position(symbol) for symbol in SYMBOLS}
    facts, expected = [], {symbol: Decimal(0) for symbol in SYMBOLS}
    for number, (symbol, amount, price, fee, kind) in enumerate(steps):
        before = held[symbol]
        side = BUY if kind < 2 or not before.quantity else SELL
        quantity = Decimal(amount) / 100 if side is BUY else before.quantity * (1 if kind == 3 else Decimal("0.5"))
        one = fill(number, side, str(quantity), str(price), symbol, str(Decimal(fee) / 10))
        sign = 1 if side is BUY else -1
        held[symbol] = traded(
            before, sign * quantity, -sign * one.notional - one.fee.amount, sign * one.notional, one.at
        )
        facts.append(one)
        if side is SELL and not held[symbol].quantity:
            expected[symbol] = held[symbol].realized_pnl
    found = Trades("USD", {}).take(booked(facts))
    for symbol in SYMBOLS:
        mine = [trade for trade in found if trade.symbol == symbol]
        assert sum((trade.realized for trade in mine), Decimal(0)) == expected[symbol]
        assert all(base_of(trade.symbol) == base_of(symbol) for trade in mine)
        for trade in mine:
            bought = sum((one.quantity for one in trade.of(BUY)), Decimal(0))
            assert bought == sum((one.quantity for one in trade.of(SELL)), Decimal(0))
