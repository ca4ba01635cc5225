"""What a decision is made from: everything that is known, one text for it, and the same again out of that text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.decision.snapshots.rig import SYMBOLS, Rig, wandering
from tests.world import START
from trading.brain.facts_table import UNKNOWN
from trading.decision.snapshots import Snapshot
from trading.domain.market import Quote
from trading.domain.money import Money
from trading.domain.plan import Thesis
from trading.domain.portfolio import CashFlow
from trading.errors import StaleData
from trading.risk.guards import Guards

THESIS = Thesis(START - timedelta(days=1), "a model", "Bitcoin leads.", "an earlier cycle")


async def test_holdings_and_cash_are_the_books() -> None:
    rig = Rig()
    rig.buys("2", price="100")
    snapshot = await rig.snapshots.take(START, "cycle", None)
    price = snapshot.quotes["BTC/USD"].mid
    assert snapshot.held == {"BTC/USD": 2}
    assert snapshot.cash == Decimal("799.2")
    assert snapshot.equity == Decimal("799.2") + 2 * price
    assert snapshot.weights == {"BTC/USD": 2 * price / snapshot.equity}
    assert snapshot.fees == dict.fromkeys(SYMBOLS, Decimal("0.004"))


async def test_it_names_its_cycle_its_thesis_and_the_guards() -> None:
    guards = Guards(max_weight=Decimal("0.4"), floors={"BTC": Decimal("0.1")}, min_holding=timedelta(hours=12))
    snapshot = await Rig(guards=guards).snapshots.take(START, "cycle 7", THESIS)
    assert (snapshot.at, snapshot.cycle_id, snapshot.thesis) == (START, "cycle 7", "Bitcoin leads.")
    assert snapshot.guards == guards
    assert snapshot.figures["limits.max_weight"] == "0.4"
    assert snapshot.figures["guards.floor.BTC"] == "0.1"
    assert snapshot.figures["guards.min_holding_hours"] == "12"


async def test_each_figure_is_the_very_text_that_is_shown() -> None:
    rig = Rig()
    rig.buys("2")
    snapshot = await rig.snapshots.take(START, "cycle", None)
    shown: dict[str, str] = {}
    for table in snapshot.facts.split("\n\n"):
        _, names, *rows = table.split("\n")
        for row in rows:
            name, *cells = row.split(",")
            shown |= {f"{name}.{column}": cell for column, cell in zip(names.split(",")[1:], cells, strict=True)}
    assert {reference: text for reference, text in shown.items() if text != UNKNOWN} == snapshot.figures
    assert {"BTC/USD.1d.rsi14", "BTC/USD.price", "portfolio.cash_weight", "limits.max_weight"} <= set(snapshot.figures)
    assert {"SOL/USD.4h.support", "ETH/USD.correlation.BTC/USD", "BTC/USD.unrealized"} <= set(shown)


async def test_the_hash_is_that_of_the_text_and_the_text_has_one_spelling() -> None:
    snapshot = await Rig().snapshots.take(START, "cycle", THESIS)
    assert snapshot.hash == hashlib.sha256(snapshot.text.encode()).hexdigest()
    assert snapshot.text == json.dumps(json.loads(snapshot.text), sort_keys=True, separators=(",", ":"))


async def test_the_same_world_has_the_same_hash_and_another_one_another() -> None:
    rig, twin = Rig(), Rig()
    first = await rig.snapshots.take(START, "cycle", THESIS)
    assert (await twin.snapshots.take(START, "cycle", THESIS)).hash == first.hash
    twin.buys("0.001")
    assert (await twin.snapshots.take(START, "cycle", THESIS)).hash != first.hash
    assert (await rig.snapshots.take(START, "another", THESIS)).hash != first.hash


@given(
    cash=st.decimals(1, 10**9, places=8, allow_nan=False),
    bought=st.lists(st.decimals("0.00000001", 3, places=8, allow_nan=False), max_size=3),
    most=st.none() | st.decimals(0, 1, places=4, allow_nan=False),
    pause=st.integers(0, 10**6),
    words=st.text(max_size=80),
)
async def test_what_is_read_back_is_what_was_taken(
    cash: Decimal, bought: list[Decimal], most: Decimal | None, pause: int, words: str
) -> None:
    guards = Guards(max_turnover=most, reentry_pause=timedelta(seconds=pause))
    rig = Rig(history=wandering(SYMBOLS, "4h", days=8), guards=guards)
    rig.book.apply_flow(CashFlow("more", Money(cash, "USD"), START, ""))
    for symbol, quantity in zip(SYMBOLS, bought, strict=False):
        rig.buys(str(quantity), symbol, "0.31415926")
    taken = await rig.snapshots.take(START, "cycle", Thesis(START, "a model", words, "cycle"))
    again = Snapshot.read(taken.text)
    for field in fields(Snapshot):
        if field.name != "daily_closes":
            assert getattr(again, field.name) == getattr(taken, field.name), field.name
    assert all(np.array_equal(again.daily_closes[s], taken.daily_closes[s]) for s in SYMBOLS)
    assert list(taken.held.values()) == [position.quantity for position in rig.book.positions()]
    assert taken.cash == rig.account.free_cash()
    assert taken.equity == rig.account.equity()
    assert taken.guards == guards


async def test_times_come_back_aware_and_symbols_in_their_order() -> None:
    rig = Rig(history=wandering(("SOL/USD", "BTC/USD", "ETH/USD")))
    rig.buys("1", "SOL/USD")
    rig.buys("1", "BTC/USD")
    snapshot = Snapshot.read((await rig.snapshots.take(START, "cycle", None)).text)
    assert snapshot.at.utcoffset() == timedelta(0)
    assert snapshot.quotes["BTC/USD"].at.utcoffset() == timedelta(0)
    assert list(snapshot.instruments) == list(snapshot.daily_closes) == ["SOL/USD", "BTC/USD", "ETH/USD"]
    assert list(snapshot.held) == ["SOL/USD", "BTC/USD"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"at":"2025-03-01T14:00:00+00:00","equity":"1"}'])
def test_what_is_no_snapshot_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="was written by another version of the program"):
        Snapshot.read(text)


async def test_a_snapshot_of_a_later_version_is_refused() -> None:
    later = json.loads((await Rig().snapshots.take(START, "cycle", None)).text) | {"version": 99}
    with pytest.raises(ValueError, match="has version 99; this program decides from version"):
        Snapshot.read(json.dumps(later))


async def test_a_price_is_as_old_as_it_is() -> None:
    rig = Rig()
    rig.cache.put("BTC/USD", Quote(Decimal(99), Decimal(101), Decimal(100), START))
    rig.clock.advance(90)
    rig.market.say("BTC/USD", Quote(Decimal(99), Decimal(101), Decimal(100), START))
    figures = (await rig.snapshots.take(rig.clock.now(), "cycle", None)).figures
    assert (figures["BTC/USD.price"], figures["BTC/USD.bid"], figures["BTC/USD.ask"]) == ("100", "99", "101")
    assert figures["BTC/USD.age_s"] == "90"


async def test_what_is_held_without_a_price_is_no_portfolio_to_decide_about() -> None:
    rig = Rig()
    rig.buys("1", "DOGE/USD")
    with pytest.raises(StaleData, match="DOGE/USD is held and has no price yet; wait"):
        await rig.snapshots.take(START, "cycle", None)


async def test_performance_stands_beside_the_benchmarks_once_its_span_is_over() -> None:
    rig = Rig()
    for symbol, quote in (await rig.market.quotes(SYMBOLS)).items():
        rig.cache.put(symbol, quote)
    await rig.curve.sample()
    rig.buys("2", price="100")
    rig.clock.advance(86_400)
    snapshot = await rig.snapshots.take(rig.clock.now(), "cycle", None)
    figures = snapshot.figures
    ours = snapshot.equity / 1000 - 1
    assert figures["performance.all.portfolio"] == f"{ours:.4f}".rstrip("0")
    assert Decimal(figures["performance.all.vs_btc"]) == Decimal(figures["performance.all.portfolio"]) - Decimal(
        figures["performance.all.btc"]
    )
    assert "performance.7d.portfolio" not in figures


async def test_a_purchase_is_told_with_its_age() -> None:
    rig = Rig()
    fill = rig.buys("2")
    await rig.keeps(fill)
    rig.clock.advance(3 * 3600)
    snapshot = await rig.snapshots.take(rig.clock.now(), "cycle", None)
    assert snapshot.history.bought == {"BTC/USD": START}
    assert snapshot.figures["BTC/USD.bought_hours"] == "3"
