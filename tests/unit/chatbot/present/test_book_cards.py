"""Cards of the reading commands: they fit a phone, say where the money is, and look as agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply, Tone
from chatbot.present.cards import (
    balances,
    comparison,
    costs,
    exposure,
    orders,
    periods,
    positions,
    profit,
    risk,
    running,
)
from chatbot.present.layout import WIDTH, columns
from tests.unit.chatbot import book_facts, facts
from tests.unit.chatbot.fake_transport import PNG
from trading.contract import World
from trading.contract.books import AllocationLine, BalanceLine, ModelCosts
from trading.domain.order import OrderStatus

Card = Callable[[World], Reply]
CARDS: dict[str, Card] = {
    "positions": lambda w: positions.positions(facts.status(w)),
    "no position": lambda w: positions.positions(replace(facts.status(w), holdings=())),
    "orders": lambda w: orders.listed([book_facts.resting()], [book_facts.bought()], w),
    "no open order": lambda w: orders.listed([], [book_facts.bought()], w, " of BTC/USD"),
    "order": lambda w: orders.story(book_facts.order_story(), w),
    "resting order": lambda w: orders.story(book_facts.order_story(book_facts.resting()), w),
    "several orders": lambda w: orders.several([book_facts.bought(), book_facts.resting()], "7f3a", w),
    "several trades": lambda w: orders.several_trades(book_facts.order_story().fills * 2, "7f3a", w),
    "no such order": lambda w: orders.nothing_found("order", "7f3a", w),
    "trade": lambda w: orders.trade(book_facts.trade_story(), w),
    "balances": lambda w: balances.balances(book_facts.balances(w)),
    "fees": lambda w: costs.fees(book_facts.fees(w)),
    "costs": lambda w: costs.costs(book_facts.costs(w)),
    "profit": lambda w: profit.profit(book_facts.profit(w), b""),
    "comparison": lambda w: comparison.comparison(facts.performance(w), b""),
    "exposure": lambda w: exposure.exposure(book_facts.exposure(w), book_facts.risk_map(w), PNG),
    "allocation": lambda w: exposure.allocation(book_facts.allocation(w), b""),
    "risk": lambda w: risk.risk(book_facts.risk(w), book_facts.risk_map(w), PNG),
    "limits": lambda w: risk.limits(book_facts.limits(w)),
    "stops": lambda w: risk.stops(book_facts.exits(w)),
    "daily": lambda w: periods.report(book_facts.report("daily", w), b""),
    "weekly": lambda w: periods.report(book_facts.report("weekly", w), b""),
    "health": lambda w: running.health(book_facts.health(w)),
    "unwell": lambda w: running.health(book_facts.unwell(w)),
    "version": lambda w: running.version(book_facts.version(w)),
    "export": lambda w: running.export(book_facts.export(w)),
    "too much to export": lambda w: running.export(replace(book_facts.export(w), files=(), too_large=True)),
}
WORLDS = {"live": facts.LIVE, "paper": facts.PAPER, "demo": facts.DEMO}
HUGE = st.decimals(D("0.00000001"), D(10) ** 13, places=8)


def fits(reply: Reply) -> bool:
    return all(columns(line) <= WIDTH for line in reply.card.splitlines())


@pytest.mark.parametrize(
    ("name", "world"), [*((name, "paper") for name in CARDS), ("balances", "live"), ("health", "live")]
)
def test_a_card_looks_as_agreed(name: str, world: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name](WORLDS[world])
    buttons = "  ".join(f"[{button.label}]" for button in reply.buttons)
    assert f"{reply.text}\n---\n{reply.card}\n---\n{buttons}" == snapshot


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", CARDS)
def test_every_card_says_where_the_money_is_and_speaks_calmly(name: str, world: str) -> None:
    reply = CARDS[name](WORLDS[world])
    first = reply.text.splitlines()[0]
    assert WORLDS[world].mode in first and ("SIMULATED" in first) is WORLDS[world].simulated
    assert fits(reply) and "!" not in reply.text + reply.card
    assert all(0 < len(button.id.encode()) <= 64 and button.label for button in reply.buttons)


@given(HUGE, HUGE, st.decimals(-1, 10**6, places=6), st.text(max_size=60))
def test_cards_fit_whatever_the_figures(quantity: D, money: D, fraction: D, words: str) -> None:
    world = facts.DEMO
    held = replace(facts.holding(quantity=str(quantity), price=str(money)), weight=fraction, gain=fraction)
    status = replace(facts.status(world), holdings=(held, held), cash=money, equity=money, cash_weight=fraction)
    line = BalanceLine("BTC", quantity, quantity / 2, money, timedelta(days=900), money)
    exits = replace(
        book_facts.exits(world), lines=(replace(book_facts.exits(world).lines[0], holding=held, loss=money),)
    )
    lines = (AllocationLine("BTC", fraction, fraction), AllocationLine("", None, None))
    alike = replace(book_facts.risk_map(world), effective=float(abs(fraction)))
    shown = (
        positions.positions(status),
        balances.balances(replace(book_facts.balances(world), lines=(line, line), equity=money)),
        costs.fees(replace(book_facts.fees(world), total=money, by_currency={"BTC": quantity, "SHIB": money})),
        costs.costs(
            replace(book_facts.costs(world), fees=money, slippage=-money, models=book_facts.model_costs(words, money))
        ),
        exposure.exposure(replace(book_facts.exposure(world), status=status, gross=fraction), alike, None),
        exposure.allocation(replace(book_facts.allocation(world), status=status, lines=lines, decided_by=words), b""),
        risk.stops(exits),
        risk.risk(replace(book_facts.risk(world), status=status, exits=exits, value_at_risk=money), alike, None),
        running.health(replace(book_facts.health(world), failed=words, decider=words)),
        profit.profit(replace(book_facts.profit(world), whole=replace(facts.pnl(), change=-money, fees=money))),
    )
    assert all(fits(reply) for reply in shown)


def test_unknown_figures_are_said_to_be_unknown() -> None:
    blind = replace(facts.holding(), price=None, price_age=None, value=None, weight=None, gain=None, unrealized=None)
    status = replace(facts.status(), holdings=(blind,), equity=None, cash_weight=None)
    card = positions.positions(status)
    assert "unknown invested" in card.text and "unknown" in card.card
    early = replace(book_facts.risk(), value_at_risk=None, daily_returns=12, volatility=None, volatility_returns=1)
    assert "12 daily returns, too few" in " ".join(risk.risk(early, book_facts.risk_map(), None).card.split())
    young = exposure.exposure(replace(book_facts.exposure(), beta=None, daily_returns=3), book_facts.risk_map(), None)
    assert "3 daily returns, too few" in " ".join(young.card.split())
    never = replace(book_facts.allocation(), planned_at=None, lines=(AllocationLine("BTC", D("0.4"), None),))
    assert "No plan has been made yet" in exposure.allocation(never, b"").text


def test_an_order_without_a_kept_quote_tells_no_slippage() -> None:
    told = replace(book_facts.order_story(), quoted=None)
    card = orders.story(told, facts.PAPER).card
    assert "Slippage" not in card and "Quoted" not in card and "Average" in card


@pytest.mark.parametrize(
    ("fees", "words"), [("12.40", "Costs about $12.40 "), ("0", "Costs $0.00 "), ("0.001", "Costs < $0.01 ")]
)
def test_only_a_sum_worth_naming_is_about_something(fees: str, words: str) -> None:
    found = replace(book_facts.costs(facts.PAPER), fees=D(fees), slippage=None, borrowing=D(0), models=ModelCosts())
    assert words in costs.costs(found).text


def test_slippage_is_a_cost_on_either_side() -> None:
    bought = book_facts.order_story()
    assert bought.slippage == D("0.0069") * D("20.1")
    sold = replace(bought, order=replace(bought.order, intent=facts.SELL_ETH.intent))
    assert sold.slippage == -D("0.0069") * D("20.1")
    assert replace(bought, fills=()).slippage is None


def test_an_order_in_doubt_is_not_called_failed() -> None:
    lost = replace(book_facts.bought(), status=OrderStatus.UNKNOWN)
    assert "outcome unknown" in orders.story(book_facts.order_story(lost), facts.PAPER).text


def test_what_needs_a_look_comes_first() -> None:
    card = running.health(book_facts.unwell())
    odd, fine = card.card.split("\n\n")
    assert card.tone is Tone.WARNING and "6 parts need a look" in card.text
    assert odd.count("⚠️") == 6 and "⚠️" not in fine
    assert running.health(book_facts.health()).tone is Tone.GOOD


def test_nothing_is_called_a_model_call_that_is_not_on_record() -> None:
    reply = costs.costs(replace(book_facts.costs(), models=ModelCosts()))
    assert "No model calls." in reply.card and "model" not in reply.text
    assert "today" not in reply.card


def test_dollars_are_added_only_to_what_is_worth_a_dollar() -> None:
    found = book_facts.costs()
    assert "about $25.41" in costs.costs(found).text and "and model calls" in costs.costs(found).text
    euros = replace(found, world=replace(facts.PAPER, quote="EUR"))
    reply = costs.costs(euros)
    assert "24.72" in reply.text
    assert "model calls, $0.69, come on top" in reply.text


def test_too_large_an_export_offers_years() -> None:
    reply = CARDS["too much to export"](facts.PAPER)
    assert not reply.ok and [button.id for button in reply.buttons] == ["do:/export 2026", "do:/export 2025"]
    assert CARDS["export"](facts.PAPER).files[0].name == "purser-trades.csv"
