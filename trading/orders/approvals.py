"""Orders that wait for a person: cards as rows, decided once, re-quoted on press, expired on time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.domain.event import ApprovalClosed, ApprovalRequested, BatchRefused
from trading.domain.money import ZERO
from trading.domain.order import Batch, Order, OrderIntent, OrderStatus, Side
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.account import Account
from trading.orders.execution import Execution
from trading.orders.manager import OrderManager
from trading.orders.preflight import Preflight
from trading.risk.review import Review
from trading.store.port import Store, Transaction

Refresh = Callable[[Sequence[str]], Awaitable[None]]
"""Fetches fresh quotes of these symbols. Raises Retryable."""


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """How long a card waits, and how far (fraction) a price may move before a press asks again."""

    time_to_live: timedelta
    preview_time_to_live: timedelta
    drift: Decimal


@dataclass(frozen=True, slots=True)
class _Deadline:
    """When a card's time is up: at an instant, or after so much running time, whichever comes first."""

    instant: datetime
    monotonic: float

    def left(self, clock: Clock) -> float:
        """Seconds until then; zero or less once the card is over."""
        return min((self.instant - clock.now()).total_seconds(), self.monotonic - clock.monotonic())


@dataclass(frozen=True, slots=True)
class Executed:
    """The press decided the card. `orders` is empty for a rejection."""

    approval: Approval
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Superseded:
    """The price moved: `old` is closed, `new` asks again."""

    old: Approval
    new: Approval


class Approvals:
    """Raises and decides cards. `people` is the clock people live by; `market` the one trades are dated with."""

    def __init__(
        self,
        store: Store,
        review: Review,
        preflight: Preflight,
        manager: OrderManager,
        execution: Execution,
        account: Account,
        refresh: Refresh,
        rules: ApprovalRules,
        people: Clock,
        market: Clock,
        lock: asyncio.Lock,
    ) -> None:
        self._store = store
        self._review = review
        self._preflight = preflight
        self._manager = manager
        self._execution = execution
        self._account = account
        self._refresh = refresh
        self._rules = rules
        self._people = people
        self._market = market
        self._lock = lock
        self._pending: dict[str, _Deadline] = {}
        self._changed = asyncio.Event()

    async def load(self) -> None:
        """Take up the cards that were waiting when the last run ended."""
        async with self._store.reading() as read:
            waiting = await read.approvals(ApprovalStatus.PENDING)
        self._pending = {approval.id: self._deadline(approval) for approval in waiting}

    def waiting(self) -> bool:
        """Whether any card waits for a person."""
        return bool(self._pending)

    async def request(
        self,
        tx: Transaction,
        kind: ApprovalKind,
        batch: Batch,
        orders: Sequence[Order],
        actor: str,
        notes: Sequence[str] = (),
    ) -> Approval:
        """Raise a card for `orders` inside `tx`; `notes` are what to know before pressing."""
        approval = self._draft(kind, batch.id, orders, actor, notes)
        await tx.add_approval(approval)
        if kind is ApprovalKind.CARD:
            await tx.append(ApprovalRequested(self._market.now(), approval.id))
        self._wait_for(approval)
        return approval

    async def approve(self, approval_id: str, by: str, on: str) -> Executed | Superseded | Refused:
        """Re-quote, check again, decide once, execute."""
        found = await self._decidable(approval_id)
        if isinstance(found, Refused):
            return found
        approval, orders = found
        try:
            await self._refresh(sorted(approval.quoted_prices))
        except Retryable as error:
            return Refused(RefusalCode.VENUE_UNAVAILABLE, f"Prices cannot be refreshed ({error}); press again shortly.")
        seen = await self._preflight.inspect(orders)
        if isinstance(seen, Refused) and seen.code is RefusalCode.VENUE_UNAVAILABLE:
            # Nothing was learned: the card stays, for another press.
            return seen
        async with self._lock:
            if self._drifted(approval):
                return await self._supersede(approval, orders)
            refused = seen if isinstance(seen, Refused) else self._review.refusal(_intents(orders), seen.liquidity)
            if refused is not None:
                return await self._refuse(approval, orders, refused, by, on)
            async with self._store.transaction() as tx:
                if not await self._decide(tx, approval, ApprovalStatus.APPROVED, by, on):
                    return await self._late(tx, approval.id)
            self._manager.reserve(orders)
        done = await self._execution.execute(orders)
        return Executed(await self._read(approval.id), done)

    async def reject(self, approval_id: str, by: str, on: str) -> Executed | Refused:
        """Decide against the card; its orders are canceled."""
        found = await self._decidable(approval_id)
        if isinstance(found, Refused):
            return found
        approval, orders = found
        async with self._store.transaction() as tx:
            if not await self._decide(tx, approval, ApprovalStatus.REJECTED, by, on):
                return await self._late(tx, approval.id)
            await self._cancel(tx, orders, f"Rejected by {by}.")
        return Executed(await self._read(approval.id), ())

    async def expire_due(self) -> None:
        """Close every card whose time is up."""
        for approval_id in [card for card in self._pending if self._is_over(card)]:
            async with self._store.transaction() as tx:
                approval = await tx.approval(approval_id)
                if approval and await self._decide(tx, approval, ApprovalStatus.EXPIRED, "", ""):
                    await self._cancel(tx, await tx.orders_of_batch(approval.batch_id), "Nobody pressed in time.")
            self._forget(approval_id)

    async def run(self) -> None:
        """Expire cards as their time comes, until cancelled."""
        while True:
            self._changed.clear()
            await self.expire_due()
            if not self._pending:
                await self._changed.wait()
                continue
            left = min(deadline.left(self._people) for deadline in self._pending.values())
            await self._people.sleep(min(max(left, 0.05), 1.0))

    async def settled(self) -> None:
        """Return once no card waits."""
        while self._pending:
            self._changed.clear()
            await self._changed.wait()

    def _draft(
        self, kind: ApprovalKind, batch_id: str, orders: Sequence[Order], actor: str, notes: Sequence[str]
    ) -> Approval:
        now = self._people.now()
        lives = self._rules.preview_time_to_live if kind is ApprovalKind.PREVIEW else self._rules.time_to_live
        prices = {order.symbol: self._account.price(order.symbol) or ZERO for order in orders}
        notional = self._review.notional(_intents(orders))
        return Approval(
            id=secrets.token_hex(16),
            kind=kind,
            batch_id=batch_id,
            notional=notional,
            quoted_prices=prices,
            status=ApprovalStatus.PENDING,
            created_at=now,
            expires_at=now + lives,
            actor=actor,
            fees=self._review.expected_fees(_intents(orders)),
            weights_now=self._weights({}),
            weights_after=self._weights(_changes(orders)),
            notes=tuple(notes),
        )

    def _weights(self, changes: dict[str, Decimal]) -> dict[str, Decimal]:
        """Share of equity by symbol once `changes` (base quantities) are in; fees left out."""
        equity = self._account.equity()
        if not equity:
            return {}
        held = {position.symbol: position.quantity for position in self._account.book.positions()}
        after = {symbol: held.get(symbol, ZERO) + changes.get(symbol, ZERO) for symbol in {**held, **changes}}
        return {symbol: quantity * (self._account.price(symbol) or ZERO) / equity for symbol, quantity in after.items()}

    def _drifted(self, approval: Approval) -> bool:
        for symbol, quoted in approval.quoted_prices.items():
            price = self._account.price(symbol)
            if price is None or not quoted or abs(price / quoted - 1) > self._rules.drift:
                return True
        return False

    async def _supersede(self, approval: Approval, orders: Sequence[Order]) -> Superseded | Refused:
        fresh = self._draft(approval.kind, approval.batch_id, orders, approval.actor, approval.notes)
        async with self._store.transaction() as tx:
            decided = await tx.decide_approval(approval.id, ApprovalStatus.SUPERSEDED, at=self._people.now())
            if not decided:
                return await self._late(tx, approval.id)
            await tx.add_approval(fresh)
            closed = ApprovalClosed(self._market.now(), approval.id, ApprovalStatus.SUPERSEDED, replaced_by=fresh.id)
            await tx.append(closed)
            if fresh.kind is ApprovalKind.CARD:
                await tx.append(ApprovalRequested(self._market.now(), fresh.id))
        self._forget(approval.id)
        self._wait_for(fresh)
        return Superseded(await self._read(approval.id), fresh)

    async def _refuse(self, approval: Approval, orders: Sequence[Order], refused: Refused, by: str, on: str) -> Refused:
        async with self._store.transaction() as tx:
            if not await self._decide(tx, approval, ApprovalStatus.REJECTED, by, on, outcome=refused.detail):
                return await self._late(tx, approval.id)
            await self._cancel(tx, orders, refused.detail)
            await tx.append(BatchRefused(self._market.now(), approval.batch_id, refused.code, refused.detail))
        return refused

    async def _decide(
        self, tx: Transaction, approval: Approval, status: ApprovalStatus, by: str, on: str, outcome: str = ""
    ) -> bool:
        if status is ApprovalStatus.APPROVED and self._is_over(approval.id):
            # The wall clock may have been set back since: then only we know that the time is up.
            return False
        now = self._people.now()
        decided = await tx.decide_approval(approval.id, status, at=now, by=by, on=on, outcome=outcome)
        if decided:
            await tx.append(ApprovalClosed(self._market.now(), approval.id, status))
            self._forget(approval.id)
        return decided

    async def _cancel(self, tx: Transaction, orders: Sequence[Order], detail: str) -> None:
        now = self._market.now()
        for order in orders:
            if order.status is OrderStatus.INTENDED:
                canceled = replace(order, status=OrderStatus.CANCELED, updated_at=now, detail=detail)
                await tx.update_order(canceled, expected=OrderStatus.INTENDED)

    async def _decidable(self, approval_id: str) -> tuple[Approval, Sequence[Order]] | Refused:
        await self.expire_due()
        async with self._store.reading() as read:
            approval = await read.approval(approval_id)
            if approval is None:
                return Refused(RefusalCode.UNKNOWN_CARD, "This card is not known here; ask for a new one.")
            if approval.status is not ApprovalStatus.PENDING:
                return already(approval)
            return approval, await read.orders_of_batch(approval.batch_id)

    async def _late(self, tx: Transaction, approval_id: str) -> Refused:
        approval = await tx.approval(approval_id)
        if approval is None or approval.status is ApprovalStatus.PENDING:
            return Refused(RefusalCode.EXPIRED, "This card's time was up before the press; ask for a new one.")
        return already(approval)

    async def _read(self, approval_id: str) -> Approval:
        async with self._store.reading() as read:
            approval = await read.approval(approval_id)
        assert approval is not None
        return approval

    def _wait_for(self, approval: Approval) -> None:
        self._pending[approval.id] = self._deadline(approval)
        self._changed.set()

    def _deadline(self, approval: Approval) -> _Deadline:
        """After a restart the wall clock tells how long the card has left, but never more than it ever had."""
        left = min(approval.expires_at - self._people.now(), approval.expires_at - approval.created_at)
        return _Deadline(approval.expires_at, self._people.monotonic() + left.total_seconds())

    def _is_over(self, approval_id: str) -> bool:
        deadline = self._pending.get(approval_id)
        return deadline is not None and deadline.left(self._people) <= 0

    def _forget(self, approval_id: str) -> None:
        self._pending.pop(approval_id, None)
        self._changed.set()


def already(approval: Approval) -> Refused:
    """Why a closed card cannot be decided again, in one sentence."""
    if approval.status is ApprovalStatus.EXPIRED:
        return Refused(RefusalCode.EXPIRED, "This card has expired and nothing was sent; ask for a new one.")
    if approval.status is ApprovalStatus.SUPERSEDED:
        return Refused(RefusalCode.ALREADY_DECIDED, "The price moved and a newer card replaced this one; press there.")
    word = "approved" if approval.status is ApprovalStatus.APPROVED else "rejected"
    who = f" by {approval.decided_by} on {approval.decided_on}" if approval.decided_by else ""
    return Refused(RefusalCode.ALREADY_DECIDED, f"This card was already {word}{who}.")


def _intents(orders: Sequence[Order]) -> list[OrderIntent]:
    return [order.intent for order in orders]


def _changes(orders: Sequence[Order]) -> dict[str, Decimal]:
    changes: dict[str, Decimal] = {}
    for order in orders:
        signed = order.intent.quantity if order.side is Side.BUY else -order.intent.quantity
        changes[order.symbol] = changes.get(order.symbol, ZERO) + signed
    return changes
