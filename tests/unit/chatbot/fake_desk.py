"""A desk small enough to read: it holds facts, approves once, and appends to a journal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_books import FakeBooks
from tests.unit.chatbot.fake_controls import FakeControls
from trading.contract import (
    AccountCheck,
    Amount,
    ApprovalView,
    BatchView,
    DailyReport,
    Decided,
    Explanation,
    LiveView,
    Observer,
    Performance,
    PlanView,
    Pnl,
    StateView,
    Status,
    ThesisView,
    Trades,
    Window,
    World,
)
from trading.domain.discrepancy import Discrepancy, Resolution
from trading.domain.event import Event, JournalEntry
from trading.domain.market import Candle, Instrument
from trading.domain.order import Order, Side
from trading.domain.plan import Cycle
from trading.domain.risk import ApprovalStatus, RefusalCode, Refused, TradingState


class FakeDesk:
    """Implements the whole door over facts that a test sets."""

    def __init__(self, world: World = facts.PAPER) -> None:
        self.world = world
        self.state = TradingState.ACTIVE
        self.cards: dict[str, ApprovalView] = {}
        self.batches: dict[str, BatchView] = {}
        self.cycles: dict[str, Cycle] = {}
        self.answers: ApprovalView | Cycle | Refused = facts.preview()
        self.superseded_by: ApprovalView | None = None
        self.calls: list[tuple[object, ...]] = []
        self.fails: Exception | None = None
        self.journal: list[JournalEntry] = []
        self.alerts: tuple[str, ...] = ()
        self.differences: dict[str, Discrepancy] = {}
        self.found_again = False
        self.live_now: LiveView | None = None
        self.checked: AccountCheck | Refused = facts.account_check()
        self.pressed_for: tuple[str | None, int | None] = (None, None)
        """The person and the card's revision of the newest press."""
        self.now_performance: Performance | None = facts.performance(world)
        self.books = FakeBooks(world)
        self.controls = FakeControls()
        self._grown = asyncio.Event()

    # Reader

    def now(self) -> datetime:
        return facts.NOW

    def symbols(self) -> Sequence[Instrument]:
        return (facts.BTC, facts.ETH, facts.SOL)

    def window(self, words: str) -> Window | None:
        spans = {"today": 1, "this week": 7, "last week": 7, "this month": 30, "last month": 30, "all": 114}
        spans |= {"last 7 days": 7, "last 30 days": 30, "2026": 114}
        days = spans.get(words.lower())
        return None if days is None else Window(facts.NOW - timedelta(days=days), facts.NOW, words)

    async def status(self) -> Status:
        self._called("status")
        pending = len(await self.pending())
        return replace(facts.status(self.world), state=self.state, pending=pending, alerts=self.alerts)

    async def trades(
        self, window: Window | None = None, symbol: str | None = None, side: Side | None = None, limit: int = 10
    ) -> Trades:
        self._called("trades", window.label if window else None, symbol)
        return replace(facts.trades(), window=window, symbol=symbol)

    async def pnl(self, window: Window) -> Pnl:
        return replace(facts.pnl(), window=window)

    async def performance(self, window: Window | None = None) -> Performance | None:
        return self.now_performance

    async def plan(self) -> PlanView:
        return facts.plan_view()

    async def thesis(self) -> ThesisView:
        return facts.thesis()

    async def pending(self) -> tuple[ApprovalView, ...]:
        return tuple(card for card in self.cards.values() if card.approval.status is ApprovalStatus.PENDING)

    async def approval(self, approval_id: str) -> ApprovalView | None:
        return self.cards.get(approval_id)

    async def batch(self, batch_id: str) -> BatchView | None:
        return self.batches.get(batch_id)

    async def batch_of(self, client_order_id: str) -> BatchView | None:
        held = (view for view in self.batches.values() for order in view.orders if _is(order, client_order_id))
        return next(held, None)

    async def discrepancies(self) -> Sequence[Discrepancy]:
        return tuple(found for found in self.differences.values() if found.resolution is None)

    async def discrepancy(self, discrepancy_id: str) -> Discrepancy | None:
        return self.differences.get(discrepancy_id)

    async def live(self) -> LiveView | None:
        return self.live_now

    async def account_check(self) -> AccountCheck | None:
        return None if isinstance(self.checked, Refused) else self.checked

    async def cycle(self, cycle_id: str) -> Cycle | None:
        return self.cycles.get(cycle_id)

    async def explain(self, symbol: str | None = None, side: Side | None = None) -> Explanation | None:
        return None

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        return [Candle(timeframe, facts.NOW - timedelta(hours=4), 1.0, 1.0, 1.0, 1.0, 1.0)]

    async def report(self, local_date: str) -> DailyReport | None:
        return facts.report(self.world)

    async def events(self, after: int, limit: int = 100) -> Sequence[JournalEntry]:
        return [entry for entry in self.journal if entry.seq > after][:limit]

    async def last_event(self) -> int:
        return self.journal[-1].seq if self.journal else 0

    async def wait_for_events(self, after: int) -> None:
        while not self.journal or self.journal[-1].seq <= after:
            self._grown.clear()
            await self._grown.wait()

    # Proposer

    async def preview_order(
        self, side: Side, symbol: str, amount: Amount, actor: str, *, person: str = ""
    ) -> ApprovalView | Refused:
        self._called("preview_order", side, symbol, amount, actor)
        assert not isinstance(self.answers, Cycle)
        return self.answers

    async def preview_close(self, symbol: str, actor: str, *, person: str = "") -> ApprovalView | Refused:
        self._called("preview_close", symbol, actor)
        assert not isinstance(self.answers, Cycle)
        return self.answers

    async def preview_flatten(self, actor: str, *, person: str = "") -> ApprovalView | Refused:
        self._called("preview_flatten", actor)
        assert not isinstance(self.answers, Cycle)
        return self.answers

    async def preview_rebalance(
        self, actor: str, *, person: str = "", observer: Observer | None = None
    ) -> ApprovalView | Cycle | Refused:
        self._called("preview_rebalance", actor)
        for step in ("snapshot", "decision", "validation") if observer is not None else ():
            await observer(step, "")  # type: ignore[misc]
        return self.answers

    # Operator

    async def approve(
        self, approval_id: str, by: str, on: str, *, person: str | None = None, revision: int | None = None
    ) -> Decided | Refused:
        self._called("approve", approval_id, by, on)
        self.pressed_for = (person, revision)
        return self._decide(approval_id, by, on, ApprovalStatus.APPROVED)

    async def reject(self, approval_id: str, by: str, on: str) -> Decided | Refused:
        self._called("reject", approval_id, by, on)
        return self._decide(approval_id, by, on, ApprovalStatus.REJECTED)

    async def toggle(
        self, approval_id: str, client_order_id: str, by: str, on: str, *, revision: int | None = None
    ) -> ApprovalView | Refused:
        self._called("toggle", approval_id, client_order_id, by, on, revision)
        view = self.cards[approval_id]
        if revision != view.approval.revision:
            return Refused(RefusalCode.CARD_CHANGED, "An order was left out or taken back in; nothing was sent.")
        excluded = dict(view.approval.excluded)
        if excluded.pop(client_order_id, None) is None:
            excluded[client_order_id] = by
        changed = replace(view.approval, excluded=excluded, revision=view.approval.revision + 1)
        self.cards[approval_id] = replace(view, approval=changed)
        return self.cards[approval_id]

    async def pause(self, by: str) -> StateView:
        return self._switch(TradingState.REDUCING, by)

    async def resume(self, by: str) -> StateView:
        return self._switch(TradingState.ACTIVE, by)

    async def halt(self, by: str) -> StateView:
        return self._switch(TradingState.HALTED, by)

    async def resolve(self, discrepancy_id: str, resolution: Resolution, by: str, on: str) -> Discrepancy | Refused:
        self._called("resolve", discrepancy_id, resolution, by, on)
        found = self.differences.get(discrepancy_id)
        if found is None:
            return Refused(RefusalCode.UNKNOWN_CARD, "It may be from another portfolio. See /pending.")
        if found.resolution is not None:
            return Refused(RefusalCode.ALREADY_DECIDED, f"It was decided by {found.resolved_by}.")
        if not (resolution is Resolution.RETRY and self.found_again):
            found = facts.resolved(found, resolution, by, on)
            self.differences[discrepancy_id] = found
        return found

    async def confirm_live(self, phrase: str, by: str, on: str) -> LiveView | Refused:
        self._called("confirm_live", phrase, by, on)
        assert self.live_now is not None
        if phrase.casefold() != self.live_now.phrase.casefold():
            return Refused(RefusalCode.LIVE_NOT_CONFIRMED, "That is not the phrase.")
        self.live_now = replace(self.live_now, confirmed=True, by=by, on=on, at=facts.NOW)
        return self.live_now

    async def check_account(self, by: str) -> AccountCheck | Refused:
        self._called("check_account", by)
        return self.checked

    # What tests do to it

    def happens(self, *events: Event) -> int:
        """Append events to the journal; the last one's place."""
        for event in events:
            self.journal.append(JournalEntry(len(self.journal) + 1, event))
        self._grown.set()
        return len(self.journal)

    def close(self, approval_id: str, status: ApprovalStatus, by: str = "@owner", on: str = "discord") -> None:
        """Decide a card as if somebody had pressed."""
        view = self.cards[approval_id]
        approval = replace(
            view.approval, status=status, decided_by=by, decided_on=on, decided_at=facts.NOW + timedelta(seconds=70)
        )
        self.cards[approval_id] = replace(view, approval=approval)

    def _decide(self, approval_id: str, by: str, on: str, status: ApprovalStatus) -> Decided | Refused:
        view = self.cards.get(approval_id)
        if view is None:
            return Refused(RefusalCode.UNKNOWN_CARD, "It may be from another portfolio. See /pending.")
        if view.approval.status is not ApprovalStatus.PENDING:
            return Refused(RefusalCode.ALREADY_DECIDED, f"It is {view.approval.status.value.lower()}.")
        new = self.superseded_by if status is ApprovalStatus.APPROVED else None
        self.close(approval_id, ApprovalStatus.SUPERSEDED if new else status, by, on)
        if new is not None:
            self.cards[new.approval.id] = new
        return Decided(self.cards[approval_id], self.batches.get("b1"), new)

    def _switch(self, new: TradingState, by: str) -> StateView:
        self._called("switch", new, by)
        old, self.state = self.state, new
        return StateView(old, new, f"Switched by {by}.")

    def _called(self, *call: object) -> None:
        self.calls.append(call)
        if self.fails is not None:
            raise self.fails


def _is(order: Order, client_order_id: str) -> bool:
    return order.client_order_id == client_order_id


def amount_of(desk: FakeDesk) -> tuple[Decimal, str, str]:
    """Value, unit and symbol of the newest order preview asked for."""
    call = next(call for call in reversed(desk.calls) if call[0] == "preview_order")
    amount = call[3]
    assert isinstance(amount, Amount)
    return amount.value, amount.unit.value, str(call[2])
