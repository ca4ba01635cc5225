"""The desk: the one door between chat and core. It delegates and decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from trading.brain.safe_mode import SafeMode
from trading.clock import Clock
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
    Safety,
    StateView,
    Status,
    ThesisView,
    Trades,
    Window,
    World,
)
from trading.contract.books import Books
from trading.contract.controls import Controls
from trading.decision.controls import CoreControls
from trading.decision.rebalance import Rebalance, unobserved
from trading.decision.wishes import Wishes
from trading.domain.discrepancy import Discrepancy, Resolution
from trading.domain.event import JournalEntry
from trading.domain.market import Candle, Instrument
from trading.domain.order import Side
from trading.domain.plan import Cycle
from trading.domain.risk import Approval, Refused, TradingState
from trading.errors import SettingsError
from trading.exchange.ports import MarketData
from trading.orders.approval_outcomes import HalfApproved, Superseded
from trading.orders.approvals import Approvals
from trading.orders.intake import Waiting
from trading.portfolio.windows import parse_window
from trading.risk.switch import Switch
from trading.store.port import Store
from trading.views.cards import CardViews
from trading.views.overview import Overview
from trading.views.reports import Reports
from trading.views.theses import ThesisViews
from trading.views.trades import TradeViews
from trading.views.weekly_reports import WeeklyReports

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the desk delegates to."""

    store: Store
    market: MarketData
    overview: Overview
    trades: TradeViews
    cards: CardViews
    reports: Reports
    wishes: Wishes
    rebalance: Rebalance
    approvals: Approvals
    switch: Switch
    safety: Safety
    books: Books
    controls: CoreControls
    weekly_reports: WeeklyReports
    theses: ThesisViews
    safe_mode: SafeMode | None = None


class CoreDesk:
    """Implements `trading.contract.Desk`."""

    def __init__(
        self, world: Callable[[], World], instruments: Mapping[str, Instrument], clock: Clock, rooms: Rooms
    ) -> None:
        self._current = world
        self._instruments = instruments
        self._clock = clock
        self._rooms = rooms
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def world(self) -> World:
        return self._current()

    @property
    def controls(self) -> Controls:
        return self._rooms.controls

    @property
    def books(self) -> Books:
        return self._rooms.books

    def now(self) -> datetime:
        return self._clock.now()

    def symbols(self) -> Sequence[Instrument]:
        return tuple(self._instruments.values())

    def window(self, words: str) -> Window | None:
        return parse_window(words, self.now(), self.world.timezone, self._rooms.overview.inception)

    async def status(self) -> Status:
        return await self._rooms.overview.status()

    async def trades(
        self, window: Window | None = None, symbol: str | None = None, side: Side | None = None, limit: int = 10
    ) -> Trades:
        return await self._rooms.trades.trades(window, symbol, side, limit)

    async def pnl(self, window: Window) -> Pnl:
        return await self._rooms.trades.pnl(window)

    async def performance(self, window: Window | None = None) -> Performance | None:
        return await self._rooms.overview.performance(window)

    async def plan(self) -> PlanView:
        async with self._rooms.store.reading() as read:
            cycles = await read.cycles(1)
        cycle = cycles[-1] if cycles else None
        batch = await self.batch(cycle.batch_id) if cycle and cycle.batch_id else None
        return PlanView(cycle, batch, self._rooms.overview.next_rebalance(), self._rooms.rebalance.decider)

    async def thesis(self) -> ThesisView:
        return await self._rooms.theses.view()

    async def pending(self) -> tuple[ApprovalView, ...]:
        return await self._rooms.cards.pending()

    async def approval(self, approval_id: str) -> ApprovalView | None:
        return await self._rooms.cards.approval(approval_id)

    async def batch(self, batch_id: str) -> BatchView | None:
        return await self._rooms.cards.batch(batch_id)

    async def batch_of(self, client_order_id: str) -> BatchView | None:
        return await self._rooms.cards.batch_of(client_order_id)

    async def cycle(self, cycle_id: str) -> Cycle | None:
        async with self._rooms.store.reading() as read:
            return await read.cycle(cycle_id)

    async def explain(self, symbol: str | None = None, side: Side | None = None) -> Explanation | None:
        return await self._rooms.trades.explain(symbol, side)

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        try:
            return await self._rooms.market.candles(symbol, timeframe, limit)
        except SettingsError:
            return ()  # A recording of longer candles has none as short as these.

    async def report(self, local_date: str) -> DailyReport | None:
        return await self._rooms.reports.report(local_date)

    async def events(self, after: int, limit: int = 100) -> Sequence[JournalEntry]:
        async with self._rooms.store.reading() as read:
            return await read.events(after, limit)

    async def last_event(self) -> int:
        async with self._rooms.store.reading() as read:
            return await read.last_seq()

    async def wait_for_events(self, after: int) -> None:
        await self._rooms.store.wait_for_events(after)

    async def discrepancies(self) -> Sequence[Discrepancy]:
        return await self._rooms.safety.discrepancies()

    async def discrepancy(self, discrepancy_id: str) -> Discrepancy | None:
        return await self._rooms.safety.discrepancy(discrepancy_id)

    async def live(self) -> LiveView | None:
        return await self._rooms.safety.live()

    async def account_check(self) -> AccountCheck | None:
        return await self._rooms.safety.account_check()

    async def preview_order(
        self, side: Side, symbol: str, amount: Amount, actor: str, *, person: str = ""
    ) -> ApprovalView | Refused:
        return await self._shown(await self._to_end(self._rooms.wishes.order(side, symbol, amount, actor, person)))

    async def preview_close(self, symbol: str, actor: str, *, person: str = "") -> ApprovalView | Refused:
        return await self._shown(await self._to_end(self._rooms.wishes.close(symbol, actor, person)))

    async def preview_flatten(self, actor: str, *, person: str = "") -> ApprovalView | Refused:
        return await self._shown(await self._to_end(self._rooms.wishes.flatten(actor, person)))

    async def preview_rebalance(
        self, actor: str, *, person: str = "", observer: Observer | None = None
    ) -> ApprovalView | Cycle | Refused:
        outcome = await self._to_end(self._rooms.rebalance.preview(actor, person, observer or unobserved))
        return outcome if isinstance(outcome, Cycle) else await self._shown(outcome)

    async def approve(
        self, approval_id: str, by: str, on: str, *, person: str | None = None, revision: int | None = None
    ) -> Decided | Refused:
        approvals = self._rooms.approvals
        outcome = await self._to_end(approvals.approve(approval_id, by, on, person=person, revision=revision))
        if isinstance(outcome, Refused):
            return outcome
        if isinstance(outcome, HalfApproved):
            return Decided(await self._view(outcome.approval), None)
        if isinstance(outcome, Superseded):
            return Decided(await self._view(outcome.old), None, await self._view(outcome.new))
        view = await self._view(outcome.approval)
        return Decided(view, await self.batch(view.batch.id))

    async def reject(self, approval_id: str, by: str, on: str) -> Decided | Refused:
        outcome = await self._to_end(self._rooms.approvals.reject(approval_id, by, on))
        return outcome if isinstance(outcome, Refused) else Decided(await self._view(outcome.approval), None)

    async def toggle(
        self, approval_id: str, client_order_id: str, by: str, on: str, *, revision: int | None = None
    ) -> ApprovalView | Refused:
        approvals = self._rooms.approvals
        outcome = await self._to_end(approvals.toggle(approval_id, client_order_id, by, on, revision=revision))
        return outcome if isinstance(outcome, Refused) else await self._view(outcome)

    async def pause(self, by: str) -> StateView:
        return self._switched(await self._rooms.switch.pause(f"paused by {by}", by))

    async def resume(self, by: str) -> StateView:
        view = await self._switch_to(TradingState.ACTIVE, f"resumed by {by}", by)
        safe_mode = self._rooms.safe_mode
        if safe_mode is None or not await safe_mode.end(by):
            return view
        return replace(view, also=f"Safe mode ended: {safe_mode.decider} is asked again.")

    async def halt(self, by: str) -> StateView:
        return await self._switch_to(TradingState.HALTED, f"halted by {by}", by)

    async def resolve(self, discrepancy_id: str, resolution: Resolution, by: str, on: str) -> Discrepancy | Refused:
        return await self._to_end(self._rooms.safety.resolve(discrepancy_id, resolution, by, on))

    async def confirm_live(self, phrase: str, by: str, on: str) -> LiveView | Refused:
        return await self._to_end(self._rooms.safety.confirm_live(phrase, by, on))

    async def check_account(self, by: str) -> AccountCheck | Refused:
        return await self._to_end(self._rooms.safety.check_account(by))

    async def close(self) -> None:
        """Wait for what presses have started; it is never cut in the middle."""
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
        await self._rooms.controls.close()

    async def _switch_to(self, state: TradingState, reason: str, by: str) -> StateView:
        return self._switched(await self._rooms.switch.change(state, reason, by))

    def _switched(self, old: TradingState) -> StateView:
        return StateView(old, self._rooms.switch.state, self._rooms.switch.reason)

    async def _to_end(self, work: Coroutine[Any, Any, Result]) -> Result:
        # A platform that goes away cancels its handlers; what they asked of the core still runs to its end.
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _shown(self, outcome: Waiting | Refused) -> ApprovalView | Refused:
        return outcome if isinstance(outcome, Refused) else await self._view(outcome.approval)

    async def _view(self, approval: Approval) -> ApprovalView:
        view = await self._rooms.cards.approval(approval.id)
        assert view is not None, "the approval was just written"
        return view
