"""Double entry: whatever happens, the postings cancel exactly, and the book says the same as the ledger."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

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


def test_a_rollover_is_posted_as_a_fee() -> None:
    rollover = CashFlow("r", Money(Decimal("-0.2"), "USD"), AT, "", rollover_of="BTC/USD")
    assert totals_of(flow_postings(rollover)) == {(ASSETS, "USD"): Decimal("-0.2"), (FEES, "USD"): Decimal("0.2")}


def test_a_disagreement_is_found_in_every_currency_that_either_knows() -> None:
    book = Book("USD")
    book.apply_flow(CashFlow("f", Money(Decimal(3), "AIR"), AT, "", value=Decimal(0)))
    book.apply_flow(CashFlow("f", Money(Decimal(2), "BTC"), AT, "", value=Decimal(200)))
    agreed = {(ASSETS, "AIR"): Decimal(3), (ASSETS, "BTC"): Decimal(2), (EXTERNAL, "BTC"): Decimal(-2)}
    assert disagreements(agreed, book) == {}
    assert disagreements({**agreed, (ASSETS, "AIR"): Decimal(4)}, book) == {"AIR": 1}
    assert disagreements({**agreed, (ASSETS, "XYZ"): Decimal(4)}, book) == {"XYZ": 4}
    assert disagreements({(ASSETS, "AIR"): Decimal(3)}, book) == {"BTC": -2}


def test_the_residual_is_the_largest_amount_that_does_not_cancel() -> None:
    totals = {(ASSETS, "USD"): Decimal(5), (FEES, "USD"): Decimal(-4), (ASSETS, "BTC"): Decimal("-0.1")}
    assert residual(totals) == 1
    assert residual({}) == 0


def test_a_disagreement_names_the_currency_and_the_difference() -> None:
    book = Book("USD")
    book.apply_flow(CashFlow("f", Money(Decimal(100), "USD"), AT, "paid in"))
    totals = {(ASSETS, "USD"): Decimal("100.01"), (ASSETS, "BTC"): Decimal("0.5")}
    assert disagreements(totals, book) == {"USD": Decimal("0.01"), "BTC": Decimal("0.5")}
    assert disagreements({(ASSETS, "USD"): Decimal(100)}, book) == {}


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
