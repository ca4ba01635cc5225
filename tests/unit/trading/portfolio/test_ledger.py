"""Double entry: whatever happens, the postings cancel exactly, and the book says the same as the ledger."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.world import instrument
from trading.domain.money import Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow, Posting
from trading.portfolio.book import Book
from trading.portfolio.ledger import ASSETS, EXTERNAL, FEES, disagreements, fill_postings, flow_postings, residual
from trading.store.exact import exact_sum

AT = datetime(2025, 3, 3, tzinfo=UTC)
PAIRS = {symbol: instrument(symbol) for symbol in ("BTC/USD", "DOGE/USD")}
RP2_ETH = Path(__file__).resolve().parents[5] / "shared" / "data" / "costbasis" / "rp2" / "in__crypto_example__ETH.csv"


def totals_of(postings: Iterable[Posting]) -> dict[tuple[str, str], Decimal]:
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for posting in postings:
        amounts[posting.account, posting.money.currency].append(posting.money.amount)
    return {key: exact_sum(values) for key, values in amounts.items()}


def a_fill(side: Side, fee: Money | None = None) -> Fill:
    fee = fee or Money(Decimal("0.4"), "USD")
    return Fill("t1", "o1", "BTC/USD", side, Decimal("100.5"), Decimal("0.3"), fee, AT)


def test_a_flow_comes_from_outside() -> None:
    totals = totals_of(flow_postings(CashFlow("f", Money(Decimal(100), "USD"), AT, "paid in")))
    assert totals == {(ASSETS, "USD"): Decimal(100), (EXTERNAL, "USD"): Decimal(-100)}


@pytest.mark.parametrize(("side", "base", "quote"), [(Side.BUY, "0.3", "-30.55"), (Side.SELL, "-0.3", "29.75")])
def test_a_fill_moves_base_against_quote_and_pays_the_fee(side: Side, base: str, quote: str) -> None:
    totals = totals_of(fill_postings(a_fill(side), PAIRS["BTC/USD"]))
    assert totals[ASSETS, "BTC"] == Decimal(base)
    assert totals[ASSETS, "USD"] == Decimal(quote)
    assert totals[FEES, "USD"] == Decimal("0.4")
    assert residual(totals) == 0


def test_a_fee_in_another_currency_still_cancels() -> None:
    totals = totals_of(fill_postings(a_fill(Side.BUY, Money(Decimal("0.01"), "KFEE")), PAIRS["BTC/USD"]))
    assert residual(totals) == 0
    assert totals[ASSETS, "KFEE"] == Decimal("-0.01")


def test_the_residual_is_the_largest_amount_that_does_not_cancel() -> None:
    totals = {(ASSETS, "USD"): Decimal(5), (FEES, "USD"): Decimal(-4), (ASSETS, "BTC"): Decimal("-0.1")}
    assert residual(totals) == 1
    assert residual({}) == 0


def test_a_disagreement_names_the_currency_and_the_difference() -> None:
    book = Book("USD")
    book.apply_flow(CashFlow("f", Money(Decimal(100), "USD"), AT, "paid in"))
    totals = {(ASSETS, "USD"): Decimal("100.01"), (ASSETS, "BTC"): Decimal("0.5")}
    assert disagreements(totals, book, PAIRS.values()) == {"USD": Decimal("0.01"), "BTC": Decimal("0.5")}
    assert disagreements({(ASSETS, "USD"): Decimal(100)}, book, PAIRS.values()) == {}


def test_the_reference_purchases_have_the_reference_average_cost() -> None:
    """rp2's ETH example: 60 ETH in three buys for 14,325 with fees. Its sales are answered first in, first out."""
    if not RP2_ETH.exists():
        pytest.skip("the reference purchases are not at hand (../shared/data/costbasis)")
    book = Book("USD")
    with RP2_ETH.open(newline="") as lines:
        for row in csv.reader(lines):
            if len(row) > 11 and row[5] == "Buy":
                fee = Money(Decimal(row[11]), "USD")
                book.apply_fill(Fill(row[0], "o", "ETH/USD", Side.BUY, Decimal(row[8]), Decimal(row[7]), fee, AT))
    position = book.position("ETH/USD")
    assert (position.quantity, position.cost, book.cash) == (60, 14325, -14325)
    assert position.average_cost == Decimal("238.75")
    assert (position.entry_value, book.fees) == (2440 + 4940 + 6810, 135)


class Trading(RuleBasedStateMachine):
    """Random flows, buys and sells, in the steps and sizes that venues really have."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book("USD")
        self.postings: list[Posting] = []
        self.flows: list[CashFlow] = []
        self.fills: list[Fill] = []

    @initialize(cents=st.integers(1, 10**9))
    def fund(self, cents: int) -> None:
        self.flow(cents)

    @rule(cents=st.integers(-(10**6), 10**6))
    def flow(self, cents: int) -> None:
        flow = CashFlow(f"flow-{len(self.flows)}", Money(Decimal(cents).scaleb(-2), "USD"), AT, "")
        self.flows.append(flow)
        self.book.apply_flow(flow)
        self.postings += flow_postings(flow)

    @rule(
        symbol=st.sampled_from(sorted(PAIRS)),
        lots=st.integers(1, 10**11),
        ticks=st.integers(1, 10**7),
        rate=st.integers(0, 100),
    )
    def buy(self, symbol: str, lots: int, ticks: int, rate: int) -> None:
        self._fill(Side.BUY, symbol, Decimal(lots).scaleb(-8), Decimal(ticks).scaleb(-2), rate)

    @precondition(lambda self: self.book.positions())
    @rule(data=st.data(), ticks=st.integers(1, 10**7), rate=st.integers(0, 100))
    def sell(self, data: st.DataObject, ticks: int, rate: int) -> None:
        position = data.draw(st.sampled_from(self.book.positions()))
        lots = data.draw(st.integers(1, int(position.quantity.scaleb(8))))
        self._fill(Side.SELL, position.symbol, Decimal(lots).scaleb(-8), Decimal(ticks).scaleb(-2), rate)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        totals = totals_of(self.postings)
        assert residual(totals) == 0
        assert disagreements(totals, self.book, PAIRS.values()) == {}

    @invariant()
    def the_book_can_be_rebuilt(self) -> None:
        assert Book.rebuilt("USD", self.flows, self.fills).checkpoint() == self.book.checkpoint()

    @invariant()
    def no_position_is_negative_or_costs_less_than_nothing(self) -> None:
        assert all(p.quantity > 0 and p.cost >= 0 and p.entry_value >= 0 for p in self.book.positions())

    def _fill(self, side: Side, symbol: str, quantity: Decimal, price: Decimal, rate: int) -> None:
        fee = Money(quantity * price * Decimal(rate).scaleb(-4), "USD")
        fill = Fill(f"fill-{len(self.fills)}", "order", symbol, side, price, quantity, fee, AT)
        self.fills.append(fill)
        self.book.apply_fill(fill)
        self.postings += fill_postings(fill, PAIRS[symbol])


TestTrading = Trading.TestCase
TestTrading.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
