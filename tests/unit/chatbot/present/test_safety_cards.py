"""What people are told about real money: doubts, differences, the venue's state, their own trades, LIVE itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply, Tone
from chatbot.present import events, safety
from chatbot.present.cards import (
    approval_details,
    approvals,
    batches,
    differences,
    doubts,
    ledger,
    live,
    outside,
    status,
    venue,
)
from chatbot.present.layout import WIDTH, columns
from tests.unit.chatbot import facts, outcome_facts
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts
from trading.contract import AccountCheck, AccountLine, BatchView, TradeView, World
from trading.domain.discrepancy import Discrepancy, Resolution
from trading.domain.event import (
    AlertFired,
    ApprovalChanged,
    ApprovalClosed,
    ApprovalRequested,
    BatchCompleted,
    BatchRefused,
    CycleDecided,
    CycleProgress,
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    ExitFailed,
    ExternalFill,
    ExternalFlow,
    FeedRecovered,
    FeedStale,
    JobFailed,
    LiveConfirmed,
    LiveUnconfirmed,
    OrderInDoubt,
    OrderSettled,
    ProtectionChanged,
    ReportDue,
    RunEnded,
    RunSkipped,
    SafeModeEntered,
    SafeModeLeft,
    SettingChanged,
    Started,
    StateChanged,
    ThesisSettled,
    VenueModeChanged,
    WeeklyReportDue,
)
from trading.domain.money import Money
from trading.domain.order import Order, OrderStatus, Side, Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import ApprovalStatus, RefusalCode, TradingState

NOW = facts.NOW
MARKETS = {"BTC/USD": facts.BTC}
BUY = facts.BUY_BTC.client_order_id
FOUND, UNCLEAR = facts.difference(), facts.unclear()
FILL = ExternalFill(NOW, "T1", "BTC/USD", Side.BUY, D("0.01"), D("106020.1"), Money(D("4.24"), "USD"))
DEPOSIT = ExternalFlow(NOW, "L1", "deposit", Money(D("0.5"), "BTC"), D("53010.05"))
WITHDRAWAL = ExternalFlow(NOW, "L2", "withdrawal", Money(D(-250), "USD"), D(-250))
UNPRICED = ExternalFlow(NOW, "L3", "reward", Money(D("1.25"), "KFEE"), D(0))


def lone(order: Order, filled: str = "") -> BatchView:
    fills = (facts.fill(order, "106020.1", filled),) if filled else ()
    return replace(facts.batch_view(), orders=(order,), fills=fills)


def buying(status: OrderStatus, filled: str = "", detail: str = "") -> Callable[[World], Reply]:
    order = replace(facts.BUY_BTC, status=status, detail=detail)
    reply = doubts.order(BUY, lone(order, filled), facts.PAPER)
    assert reply is not None
    return lambda world: doubts.order(BUY, lone(order, filled), world, "The connection broke.") or reply


def mode(new: str, symbol: str = "") -> Callable[[World], Reply]:
    return lambda w: venue.mode_changed(VenueModeChanged(NOW, "online", new, symbol), w)


def ended(found: Discrepancy, resolution: Resolution, by: str = "@owner") -> Callable[[World], Reply]:
    return lambda w: differences.card(facts.resolved(found, resolution, by, "telegram" if by else ""), w)


CARDS: dict[str, Callable[[World], Reply]] = {
    "difference": lambda w: differences.card(FOUND, w),
    "difference adopted": ended(FOUND, Resolution.ADOPT),
    "difference ignored": ended(FOUND, Resolution.IGNORE),
    "difference gone": ended(FOUND, Resolution.VANISHED, ""),
    "difference gone when checked": ended(FOUND, Resolution.VANISHED),
    "order unclear": lambda w: differences.card(UNCLEAR, w),
    "order asked for again": ended(UNCLEAR, Resolution.RETRY),
    "in doubt": buying(OrderStatus.UNKNOWN),
    "known: filled": buying(OrderStatus.FILLED, "0.0069"),
    "known: in part": buying(OrderStatus.CANCELED, "0.0031", "Cancelled by the venue."),
    "known: never arrived": buying(OrderStatus.EXPIRED, "", "The venue never received it."),
    "known: resting": buying(OrderStatus.ACCEPTED),
    "known: resting, in part": buying(OrderStatus.PARTIALLY_FILLED, "0.0031"),
    "unrecorded": lambda w: doubts.unrecorded(OrderInDoubt(NOW, "c9", "The connection broke."), w),
    "exit failed": lambda w: doubts.exit_failed(ExitFailed(NOW, "BTC/USD", 3, "Kraken is down for maintenance."), w),
    "by hand": lambda w: outside.fill(FILL, w, MARKETS),
    "by hand, elsewhere": lambda w: outside.fill(replace(FILL, symbol="XMR/USD", side=Side.SELL), w, MARKETS),
    "by hand, fee in coins": lambda w: outside.fill(replace(FILL, fee=Money(D("0.00000412"), "BTC")), w, MARKETS),
    "deposit": lambda w: outside.flow(DEPOSIT, w),
    "withdrawal": lambda w: outside.flow(WITHDRAWAL, w),
    "adjustment": lambda w: outside.flow(replace(DEPOSIT, word="adjustment"), w),
    "reward": lambda w: outside.flow(UNPRICED, w),
    "several": lambda w: outside.several([FILL, replace(FILL, side=Side.SELL), DEPOSIT, WITHDRAWAL] * 3, w),
    "only flows": lambda w: outside.several([DEPOSIT] * 4, w),
    "maintenance": mode("maintenance"),
    "cancel only": mode("cancel_only"),
    "post only, one pair": mode("post_only", "BTC/USD"),
    "online": mode("online"),
    "a mode of tomorrow": mode("lunar"),
    "live unconfirmed": lambda w: live.unconfirmed(LiveUnconfirmed(NOW, "TRADE REAL MONEY", "Kraken"), w),
    "live confirmed": lambda w: live.began(LiveConfirmed(NOW, "@owner", "telegram"), w),
    "live missing": lambda w: live.view(facts.live_view(), w),
    "live before any comparison": lambda w: live.view(replace(facts.live_view(), reconciled_at=None), w),
    "live on": lambda w: live.view(facts.live_view(True), w),
    "live held": lambda w: live.view(facts.live_view(True, "Books and account have to agree first."), w),
    "live, wrong phrase": lambda w: live.wrong_phrase(facts.live_view(), w),
    "no live": live.nothing_real,
    "comparison": lambda w: venue.comparison(facts.account_check(), (FOUND,), w),
    "comparison clean": lambda w: venue.comparison(AccountCheck(NOW, True, facts.account_check().lines[:1]), (), w),
    "comparison clean, one open": lambda w: venue.comparison(AccountCheck(NOW, True, ()), (UNCLEAR,), w),
    "comparison wide": lambda w: venue.comparison(
        AccountCheck(NOW, True, (AccountLine("SHIB", D("123456789.12345678"), D("123456789.12345679")),)), (), w
    ),
    "nothing to compare": lambda w: venue.nothing_to_compare("Paper money is in the books alone.", w),
    "status with alerts": lambda w: status.status(replace(facts.status(w), alerts=(FOUND.detail, "LIVE waits: /live"))),
    "batch in doubt": lambda w: approvals.closed(facts.card(ApprovalStatus.APPROVED, "@owner"), w, facts.in_doubt()),
}
CASES = pytest.mark.parametrize("name", CARDS)


@CASES
def test_a_card_looks_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name](facts.LIVE)
    buttons = "  ".join(f"[{button.label}]" for button in reply.buttons)
    assert f"{reply.text}\n---\n{reply.card}\n---\n{buttons}" == snapshot


@pytest.mark.parametrize("world", [facts.LIVE, facts.PAPER, facts.DEMO], ids=["live", "paper", "demo"])
@CASES
def test_every_message_says_where_the_money_is(name: str, world: World) -> None:
    first = CARDS[name](world).text.splitlines()[0]
    assert world.mode in first and ("SIMULATED" in first) is world.simulated


@CASES
def test_cards_fit_and_speak_calmly(name: str) -> None:
    reply = CARDS[name](facts.LIVE)
    assert fits(reply) and "!" not in reply.text + reply.card
    assert all(0 < len(button.id.encode()) <= 64 and button.id.isascii() for button in reply.buttons)


EVENTS: tuple[Event, ...] = (
    SafeModeEntered(NOW, "gpt-4o", 3, "held because the model server failed (500); it may work later"),
    SafeModeLeft(NOW, "gpt-4o", "@owner"),
    Started(NOW, "LIVE", "Kraken", True),
    ApprovalRequested(NOW, facts.CARD_ID),
    ApprovalChanged(NOW, facts.CARD_ID),
    ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED),
    BatchCompleted(NOW, "b1"),
    BatchRefused(NOW, "b1", RefusalCode.HALTED, ""),
    CycleDecided(NOW, facts.CYCLE_ID),
    StateChanged(NOW, TradingState.ACTIVE, TradingState.HALTED, "", "@owner"),
    FeedStale(NOW, ("BTC/USD",), 95, ""),
    FeedRecovered(NOW, ("BTC/USD",)),
    JobFailed(NOW, "report", ""),
    OrderInDoubt(NOW, BUY, "The connection broke."),
    OrderSettled(NOW, BUY),
    ExitFailed(NOW, "BTC/USD", 3, ""),
    DiscrepancyFound(NOW, FOUND),
    DiscrepancyClosed(NOW, facts.resolved(FOUND, Resolution.ADOPT)),
    FILL,
    DEPOSIT,
    VenueModeChanged(NOW, "online", "maintenance"),
    LiveUnconfirmed(NOW, "TRADE REAL MONEY", "Kraken"),
    LiveConfirmed(NOW, "@owner", "telegram"),
    ReportDue(NOW, "2026-07-30"),
    WeeklyReportDue(NOW, "2026-08-02"),
    ThesisSettled(NOW, outcome_facts.settled()[:1]),
    RunEnded(NOW, D(0)),
    ProtectionChanged(NOW, "BTC/USD", "stop", D(98200), None, "@owner"),
    SettingChanged(NOW, "Time zone", "America/Denver", "Europe/Berlin", "@owner"),
    AlertFired(NOW, "BTC/USD", "above 110,000", D(110000), "@owner"),
    RunSkipped(NOW, "rebalance", NOW, "@owner"),
    CycleProgress(NOW, facts.CYCLE_ID, "validation", ""),
)


def test_no_kind_of_event_is_left_out_here() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
async def test_every_kind_of_event_has_its_message(event: Event) -> None:
    desk = FakeDesk(facts.LIVE)
    desk.batches["b1"] = facts.in_doubt()
    desk.cards[facts.CARD_ID] = facts.card()
    desk.cycles[facts.CYCLE_ID] = facts.cycle(CycleOutcome.HELD)
    charts = CountingCharts()
    reply = await events.message(event, desk, charts)  # type: ignore[arg-type]
    assert reply is not None and "LIVE" in reply.text.splitlines()[0]


async def test_a_difference_told_late_is_told_as_it_is_now() -> None:
    desk = FakeDesk(facts.LIVE)
    desk.differences[FOUND.id] = facts.resolved(FOUND, Resolution.IGNORE)
    reply = await safety.message(DiscrepancyFound(NOW, FOUND), desk)
    assert reply is not None and reply.buttons == () and "Ignored by @owner on Telegram, 14:03:13." in reply.text


async def test_a_doubt_told_late_is_told_as_known() -> None:
    desk = FakeDesk(facts.LIVE)
    desk.batches["b1"] = facts.batch_view()
    reply = await safety.message(OrderInDoubt(NOW, BUY, "The connection broke."), desk)
    assert reply is not None and "It was filled." in reply.text and "doubt" not in reply.text


async def test_a_confirmation_makes_the_request_for_it_needless() -> None:
    desk = FakeDesk(facts.LIVE)
    desk.live_now = facts.live_view(True)
    assert await safety.message(LiveUnconfirmed(NOW, "TRADE REAL MONEY", "Kraken"), desk) is None


@pytest.mark.parametrize(
    ("state", "filled", "line"),
    [
        (OrderStatus.UNKNOWN, "", "0 of 1 filled, 1 in doubt: Kraken is being asked"),
        (OrderStatus.SUBMITTED, "", "0 of 1 filled, 1 still open"),
        (OrderStatus.ACCEPTED, "", "0 of 1 filled, 1 still open"),
        (OrderStatus.PARTIALLY_FILLED, "0.0031", "0 of 1 filled, 1 still open"),
        (OrderStatus.FILLED, "0.0069", "1 of 1 filled"),
        (OrderStatus.CANCELED, "0.0031", "0 of 1 filled"),
        (OrderStatus.EXPIRED, "", "0 of 1 filled"),
        (OrderStatus.REJECTED, "", "0 of 1 filled"),
    ],
)
def test_a_decided_card_says_what_is_still_open(state: OrderStatus, filled: str, line: str) -> None:
    order = replace(facts.BUY_BTC, status=state)
    reply = approvals.closed(facts.card(ApprovalStatus.APPROVED, "@owner"), facts.PAPER, lone(order, filled))
    assert " ".join(reply.card.split()).endswith(line)
    settled = state in (OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED)
    assert reply.tone is (Tone.GOOD if settled else Tone.WARNING)


def test_one_filled_and_one_in_doubt_are_told_apart() -> None:
    card = approvals.closed(facts.card(ApprovalStatus.APPROVED, "@owner"), facts.LIVE, facts.in_doubt()).card
    assert "1 of 2 filled, 1 in doubt: Kraken is being asked" in " ".join(card.split())
    assert "🔴 ETH 0.2210 at 3,357.80" in card and "❌" not in card


def test_a_partly_filled_order_says_how_much_is_to_go() -> None:
    order = replace(facts.BUY_BTC, status=OrderStatus.PARTIALLY_FILLED)
    card = batches.completed(lone(order, "0.0031"), facts.LIVE).card
    assert "🟢 BTC 0.0031 at 106,020.1" in card and "partly filled, 0.0038 to go" in " ".join(card.split())


def test_fees_are_told_in_what_they_were_paid_in() -> None:
    bought = replace(facts.BOUGHT_BTC, status=OrderStatus.FILLED)
    fee = replace(facts.FILLS[1], fee=Money(D("0.0000276"), "BTC"))
    view = replace(facts.batch_view(), orders=(facts.SOLD_ETH, bought), fills=(facts.FILLS[0], fee))
    card = " ".join(batches.completed(view, facts.LIVE).card.split())
    assert "Fees $2.97 + 0.0000276 BTC · 2 of 2 filled" in card


def test_the_owners_own_trades_are_marked_in_the_list() -> None:
    fill = replace(facts.FILLS[1], fee=Money(D("0.0000276"), "BTC"))
    by_hand = TradeView(fill, facts.BOUGHT_BTC, facts.batch(Source.EXTERNAL, "@owner"))
    ours = TradeView(facts.FILLS[1], facts.BOUGHT_BTC, facts.batch())
    found = replace(facts.trades(), trades=(by_hand, ours))
    card = ledger.trades(found, facts.LIVE).card
    assert card.count("   yours, by hand\n   fee 0.0000276 BTC") == 1


def test_a_card_says_what_to_know_before_pressing_in_full() -> None:
    notes = ("0.00000034 BTC of dust stay behind: less than the venue sells.", "About 0.4 % of slippage. " * 4)
    view = facts.card()
    view = replace(view, approval=replace(view.approval, notes=notes))
    card = " ".join(approvals.waiting(view, facts.LIVE).card.split())
    assert all(f"⚠️ {note.strip()}" in card for note in notes)
    assert fits(approvals.waiting(view, facts.LIVE)) and notes[0] in approval_details.details(view, facts.LIVE).text


def test_a_short_trade_and_a_short_position_are_called_short() -> None:
    intent = replace(facts.SOLD_ETH.intent, margin=True)
    sold = replace(facts.SOLD_ETH, intent=intent)
    view = TradeView(replace(facts.FILLS[0], margin=True), sold, facts.batch())
    assert "on margin, short" in ledger.trades(replace(facts.trades(), trades=(view,)), facts.PAPER).card
    assert "🔴 ETH short 0.2210" in batches.completed(lone(sold, "0.2210"), facts.PAPER).card
    held = facts.holding(quantity="-0.0412")
    now = replace(facts.status(), holdings=(held,))
    assert "BTC   −0.0412" in status.status(now).card and "short · +6.1 %" in status.status(now).card
    assert "BTC −0.0412 short" in status.portfolio(now).card


def test_a_covering_buy_tells_what_it_realized() -> None:
    fill = replace(facts.FILLS[1], margin=True, realized=D("12.40"))
    view = TradeView(fill, facts.BOUGHT_BTC, facts.batch())
    card = ledger.trades(replace(facts.trades(), trades=(view,)), facts.PAPER).card
    assert "+$12.40" in card and "on margin, to cover" in card


AMOUNTS = st.decimals(D("-1e13"), D("1e13"), places=10)


@given(AMOUNTS, AMOUNTS, st.text("ABCXYZ", min_size=1, max_size=12))
def test_a_comparison_fits_whatever_the_figures(books: D, account: D, currency: str) -> None:
    check = AccountCheck(NOW, False, (AccountLine(currency, books, account), facts.account_check().lines[0]))
    assert fits(venue.comparison(check, (), facts.LIVE))
    assert fits(outside.several([replace(DEPOSIT, money=Money(books, currency))] * 4, facts.LIVE))


@given(st.text(max_size=200), st.sampled_from(list(Resolution)))
def test_a_difference_says_all_that_it_was_told(detail: str, resolution: Resolution) -> None:
    found = replace(FOUND, detail=f"x{detail}")
    for reply in (
        differences.card(found, facts.LIVE),
        differences.card(facts.resolved(found, resolution), facts.LIVE),
    ):
        assert f"x{detail}" in reply.text


def fits(reply: Reply) -> bool:
    return all(columns(line) <= WIDTH for line in reply.card.splitlines())
