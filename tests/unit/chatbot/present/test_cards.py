"""Cards fit a phone, say where the money is, and look as agreed."""

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
    approval_details,
    approvals,
    batches,
    decisions,
    ledger,
    notices,
    performance,
    reports,
    status,
    thesis,
)
from chatbot.present.layout import WIDTH, columns, pair, table, wrapped
from tests.unit.chatbot import facts
from trading.contract import StateView, World
from trading.domain.event import FeedRecovered, FeedStale, JobFailed, RunEnded, Started, StateChanged
from trading.domain.order import OrderStatus, Side, Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import ApprovalStatus, RefusalCode, Refused, TradingState

S = ApprovalStatus
CARDS: dict[str, Callable[[World], Reply]] = {
    "status": lambda w: status.status(facts.status(w)),
    "portfolio": lambda w: status.portfolio(facts.status(w)),
    "trades": lambda w: ledger.trades(facts.trades(), w),
    "no trades": lambda w: ledger.trades(replace(facts.trades(), trades=(), total=0), w),
    "pnl": lambda w: ledger.pnl(facts.pnl(), w),
    "performance": lambda w: performance.performance(facts.performance(w)),
    "card waiting": lambda w: approvals.waiting(facts.card(), w),
    "card approved": lambda w: approvals.closed(facts.card(S.APPROVED, "@owner"), w),
    "card rejected": lambda w: approvals.closed(facts.card(S.REJECTED, "@owner"), w),
    "card expired": lambda w: approvals.closed(facts.card(S.EXPIRED), w),
    "card superseded": lambda w: approvals.closed(facts.card(S.SUPERSEDED), w),
    "card details": lambda w: approval_details.details(facts.card(), w),
    "preview": lambda w: approvals.waiting(facts.preview(), w),
    "preview confirmed": lambda w: approvals.closed(facts.preview(S.APPROVED, "@owner"), w),
    "preview cancelled": lambda w: approvals.closed(facts.preview(S.REJECTED, "@owner"), w),
    "batch": lambda w: batches.completed(facts.batch_view(), w),
    "stop": lambda w: batches.completed(facts.batch_view(Source.STOP), w),
    "target": lambda w: batches.completed(facts.batch_view(Source.TARGET), w),
    "batch refused": lambda w: batches.refused(
        facts.batch_view(), Refused(RefusalCode.HALTED, "Halted by @owner at 07:00. Resume with /resume."), w
    ),
    "plan": lambda w: decisions.plan(facts.plan_view(), w, facts.NOW),
    "no plan": lambda w: decisions.plan(replace(facts.plan_view(), cycle=None, batch=None), w, facts.NOW),
    "thesis": lambda w: thesis.thesis(facts.thesis(), w),
    "held by choice": lambda w: decisions.cycle(facts.cycle(CycleOutcome.HELD, plan=None), w),
    "held by force": lambda w: decisions.cycle(
        facts.cycle(CycleOutcome.FAILED, "held because the model did not answer in 60 s.", plan=None), w
    ),
    "started": lambda w: notices.started(Started(facts.NOW, "PAPER", "paper", True), w),
    "back": lambda w: notices.started(Started(facts.NOW, "PAPER", "paper", False, 2), w),
    "state changed": lambda w: notices.state_changed(
        StateChanged(facts.NOW, TradingState.ACTIVE, TradingState.REDUCING, "The day's loss is −5.2 %.", "risk"), w
    ),
    "state switched": lambda w: notices.state_switched(
        StateView(TradingState.ACTIVE, TradingState.HALTED, "Switched by @owner."), w
    ),
    "feed stale": lambda w: notices.feed_stale(FeedStale(facts.NOW, ("BTC/USD",), 95, "Kraken does not answer."), w),
    "a rebalance that failed": lambda w: notices.job_failed(JobFailed(facts.NOW, "rebalance", "no such column"), w),
    "feed recovered": lambda w: notices.feed_recovered(FeedRecovered(facts.NOW, ("BTC/USD",)), w),
    "missed": lambda w: notices.missed({"fill": 6, "report": 2, "refusal": 1, "start": 0}, w),
    "report": lambda w: reports.daily(facts.report(w), b""),
    "run ended": lambda w: reports.run_ended(RunEnded(facts.NOW, D(0)), facts.performance(w), w, b""),
}
HUGE = st.decimals(D("0.00000001"), D(10) ** 13, places=8)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_looks_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name](facts.PAPER)
    buttons = "  ".join(f"[{button.label}]" for button in reply.buttons)
    assert f"{reply.text}\n---\n{reply.card}\n---\n{buttons}" == snapshot


@pytest.mark.parametrize("world", [facts.LIVE, facts.PAPER, facts.DEMO], ids=["live", "paper", "demo"])
@pytest.mark.parametrize("name", CARDS)
def test_every_message_says_where_the_money_is(name: str, world: World) -> None:
    said = {"live": "LIVE", "paper": "PAPER"}[world.mode.lower()]
    first = CARDS[name](world).text.splitlines()[0]
    assert said in first
    assert ("SIMULATED" in first) is world.simulated


@pytest.mark.parametrize("name", CARDS)
def test_cards_fit_and_speak_calmly(name: str) -> None:
    reply = CARDS[name](facts.DEMO)
    assert fits(reply)
    assert "!" not in reply.text + reply.card
    assert all(len(button.id.encode()) <= 64 for button in reply.buttons)


@pytest.mark.parametrize(
    "name",
    [
        "card waiting",
        "card approved",
        "card expired",
        "card details",
        "batch",
        "batch refused",
        "plan",
        "held by choice",
        "held by force",
        "no plan",
    ],
)
def test_every_message_about_a_rebalance_says_who_decided(name: str) -> None:
    assert "Decided by gpt-4o" in CARDS[name](facts.PAPER).text


def test_a_chosen_hold_and_a_forced_one_are_told_apart() -> None:
    chosen, forced = CARDS["held by choice"](facts.PAPER), CARDS["held by force"](facts.PAPER)
    assert "Held by choice" in chosen.text and "not by choice" in forced.text
    assert "did not answer in 60 s" in forced.text and forced.text.startswith("⚠️")


@given(HUGE, HUGE, HUGE, st.decimals(0, 9, places=4), st.decimals(-1, 10**6, places=6))
def test_status_fits_whatever_the_figures(quantity: D, price: D, cash: D, weight: D, change: D) -> None:
    held = facts.holding(quantity=str(quantity), price=str(price))
    held = replace(held, weight=weight, gain=change, unrealized=-held.value if held.value else None)
    facts_now = replace(
        facts.status(facts.DEMO), holdings=(held, held), cash=cash, equity=cash, change=change, today_amount=-cash
    )
    assert fits(status.status(facts_now)) and fits(status.portfolio(facts_now))


@given(quantity=HUGE, price=HUGE, reason=st.text(max_size=200), detail=st.text(max_size=200))
def test_orders_and_fills_fit_whatever_the_figures(quantity: D, price: D, reason: str, detail: str) -> None:
    sold = facts.order(facts.ETH, Side.SELL, str(quantity), OrderStatus.FILLED)
    failed = facts.order(facts.BTC, Side.BUY, str(quantity), OrderStatus.REJECTED, detail)
    fills = (facts.fill(sold, str(price), realized=str(-quantity * price)),)
    view = replace(facts.batch_view(), orders=(sold, failed), fills=fills)
    waiting = replace(
        facts.card(),
        orders=(sold, failed),
        estimated={sold.client_order_id: quantity * price},
        cycle=replace(facts.cycle(), reason=reason, notes=(reason, detail), plan=None),
    )
    replies = batches.completed(view, facts.DEMO), approvals.waiting(waiting, facts.DEMO)
    assert all(fits(reply) for reply in replies)


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_width(left: str, right: str) -> None:
    lines = [*pair(left, right), *wrapped(left, indent="      ", most=3), *table([(left, right), ("a", "b")], "<>")]
    assert all(columns(line) <= WIDTH for line in lines)


@pytest.mark.parametrize(
    ("status", "said"),
    [(S.PENDING, "waits for approval"), (S.APPROVED, "was approved"), (S.REJECTED, "rejected"), (S.EXPIRED, "expired")],
)
def test_a_plan_that_waited_says_what_has_come_of_it_since(status: ApprovalStatus, said: str) -> None:
    batch = replace(facts.batch_view(), approval=facts.approval(status))
    view = replace(facts.plan_view(), cycle=facts.cycle(CycleOutcome.WAITING), batch=batch)
    assert said in decisions.plan(view, facts.PAPER, facts.NOW).text.splitlines()[1]


def test_a_press_that_the_second_look_refused_is_not_called_a_rejection() -> None:
    view = facts.card(S.REJECTED, "@owner")
    view = replace(view, approval=replace(view.approval, outcome="It would take BTC to 72 %, above the limit of 60 %."))
    text = approvals.closed(view, facts.PAPER).text
    assert "Approved by @owner on Discord, 14:03:13, but refused; nothing was placed." in text
    assert "above the limit of 60 %" in text and "Rejected by" not in text


def test_a_plan_that_the_second_look_refused_is_not_called_rejected_either() -> None:
    approval = replace(facts.approval(S.REJECTED), outcome="Trading is halted (panic by @owner); /resume lifts it.")
    batch = replace(facts.batch_view(), approval=approval)
    view = replace(facts.plan_view(), cycle=facts.cycle(CycleOutcome.WAITING), batch=batch)
    text = decisions.plan(view, facts.PAPER, facts.NOW).text
    assert "It was approved, but refused; nothing was traded.\nTrading is halted" in text


def test_a_long_state_leaves_the_age_of_prices_on_a_line_of_its_own() -> None:
    now = replace(facts.status(), state=TradingState.HALTED, state_reason="panic by @owner")
    lines = status.status(now).card.splitlines()
    assert "HALTED (panic by @owner)" in lines and "prices 2 s old" in lines


def test_unknown_figures_are_said_to_be_unknown() -> None:
    blind = replace(facts.holding(), price=None, price_age=None, value=None, weight=None, gain=None, unrealized=None)
    without = {"equity": None, "change": None, "today_amount": None, "today_change": None, "price_age": None}
    now = replace(facts.status(), holdings=(blind,), **without)
    card = status.status(now).card
    assert "Equity  unknown  unknown" in card and "BTC   0.0412  unknown  unknown" in card
    assert fits(status.status(now)) and fits(status.portfolio(now))


def test_a_rejected_order_is_told_with_its_reason() -> None:
    failed = facts.order(facts.BTC, Side.BUY, "0.0069", OrderStatus.REJECTED, "Below the minimum of $5.00.")
    view = replace(facts.batch_view(), orders=(facts.SOLD_ETH, failed), fills=facts.FILLS[:1])
    reply = batches.completed(view, facts.PAPER)
    assert "❌ buy BTC 0.0069: rejected." in reply.card and "1 of 2 filled" in reply.card


def test_an_order_left_out_of_its_card_is_no_failure_of_the_batch() -> None:
    view = facts.batch_view()
    assert view.approval is not None
    left_out = replace(facts.BOUGHT_BTC, status=OrderStatus.CANCELED, detail="Left out by @ana.")
    approval = replace(view.approval, excluded={left_out.client_order_id: "@ana"})
    view = replace(view, orders=(facts.SOLD_ETH, left_out), fills=facts.FILLS[:1], approval=approval)
    card = batches.completed(view, facts.PAPER).card
    assert "☐ buy BTC 0.0069: left out by @ana" in card
    assert "1 of 1 filled" in card and "❌" not in card


def test_a_stop_that_sold_is_not_coloured_as_good_news() -> None:
    sources = (Source.REBALANCE, Source.TARGET, Source.STOP)
    tones = [batches.completed(facts.batch_view(source), facts.PAPER).tone for source in sources]
    assert tones == [Tone.GOOD, Tone.GOOD, Tone.WARNING]


def test_an_unknown_outcome_is_never_called_failed() -> None:
    lost = facts.order(facts.BTC, Side.BUY, "0.0069", OrderStatus.UNKNOWN)
    card = batches.completed(replace(facts.batch_view(), orders=(lost,), fills=()), facts.PAPER).card
    assert "outcome unknown" in card and "❌" not in card


def test_a_residual_that_is_not_zero_is_not_hidden() -> None:
    reply = reports.run_ended(RunEnded(facts.NOW, D("0.01")), facts.performance(), facts.PAPER, None)
    assert "0.01 USD, which must not be" in reply.text


def test_few_daily_returns_are_called_too_few_and_make_no_ratio() -> None:
    card = performance.performance(replace(facts.performance(), daily_returns=12)).card
    assert "12 daily returns, too few" in card and "1.24" not in card


def test_a_fill_stays_on_one_line_where_it_can() -> None:
    bought = facts.order(facts.BTC, Side.BUY, "0.02632295", OrderStatus.FILLED)
    view = replace(facts.batch_view(), orders=(bought,), fills=(facts.fill(bought, "60281.8"),))
    assert batches.completed(view, facts.PAPER).card.splitlines()[0] == "🟢 BTC 0.026322 at 60,281.8   $1,587"


def test_what_a_stop_could_not_sell_is_said() -> None:
    sold = facts.order(facts.ETH, Side.SELL, "0.2210", OrderStatus.CANCELED)
    part = facts.fill(sold, "3357.80")
    view = replace(facts.batch_view(Source.STOP), orders=(sold,), fills=(replace(part, quantity=D("0.2209")),))
    assert "0.0001 ETH not sold: below the" in batches.completed(view, facts.PAPER).card
    assert "not sold" not in batches.completed(facts.batch_view(Source.STOP), facts.PAPER).card


def test_a_figure_and_its_unit_stay_on_one_line() -> None:
    assert wrapped("3 of 3 trends are up; volatility is 32 % now") == [
        "3 of 3 trends are up; volatility is",
        "32 % now",
    ]


def test_the_next_rebalance_is_relative_to_the_markets_now() -> None:
    now = replace(facts.status(), next_rebalance=facts.NOW + timedelta(minutes=5))
    assert "Rebalance 14:07, in 5 min" in status.status(now).card


def fits(reply: Reply) -> bool:
    return all(columns(line) <= WIDTH for line in reply.card.splitlines())
