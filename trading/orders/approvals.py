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
from trading.domain.order import Batch, Order, OrderStatus, Side
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.account import Account
from trading.orders.manager import OrderManager
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
        manager: OrderManager,
        account: Account,
        refresh: Refresh,
        rules: ApprovalRules,
        people: Clock,
        market: Clock,
        lock: asyncio.Lock,
    ) -> None:
        self._store = store
        self._review = review
        self._manager = manager
        self._account = account
        self._refresh = refresh
        self._rules = rules
        self._people = people
        self._market = market
        self._lock = lock
        self._pending: dict[str, datetime] = {}
        self._changed = asyncio.Event()

    async def load(self) -> None:
        """Take up the cards that were waiting when the last run ended."""
        async with self._store.reading() as read:
            waiting = await read.approvals(ApprovalStatus.PENDING)
        self._pending = {approval.id: approval.expires_at for approval in waiting}

    def waiting(self) -> bool:
        """Whether any card waits for a person."""
        return bool(self._pending)

    async def request(
        self, tx: Transaction, kind: ApprovalKind, batch: Batch, orders: Sequence[Order], actor: str
    ) -> Approval:
        """Raise a card for `orders` inside `tx`."""
        approval = self._draft(kind, batch.id, orders, actor)
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
        async with self._lock:
            if self._drifted(approval):
                return await self._supersede(approval, orders)
            refused = self._review.refusal([order.intent for order in orders])
            if refused is not None:
                return await self._refuse(approval, orders, refused, by, on)
            async with self._store.transaction() as tx:
                if not await self._decide(tx, approval, ApprovalStatus.APPROVED, by, on):
                    return await self._late(tx, approval.id)
            self._manager.reserve(orders)
        done = await self._manager.execute(orders)
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
        now = self._people.now()
        for approval_id in [a for a, until in self._pending.items() if until <= now]:
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
            left = (min(self._pending.values()) - self._people.now()).total_seconds()
            await self._people.sleep(min(max(left, 0.05), 1.0))

    async def settled(self) -> None:
        """Return once no card waits."""
        while self._pending:
            self._changed.clear()
            await self._changed.wait()

    def _draft(self, kind: ApprovalKind, batch_id: str, orders: Sequence[Order], actor: str) -> Approval:
        now = self._people.now()
        lives = self._rules.preview_time_to_live if kind is ApprovalKind.PREVIEW else self._rules.time_to_live
        prices = {order.symbol: self._account.price(order.symbol) or ZERO for order in orders}
        notional = self._review.notional([order.intent for order in orders])
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
            fees=notional * self._review.limits.fee_rate,
            weights_now=self._weights({}),
            weights_after=self._weights(_changes(orders)),
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
        fresh = self._draft(approval.kind, approval.batch_id, orders, approval.actor)
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
        self._pending[approval.id] = approval.expires_at
        self._changed.set()

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


def _changes(orders: Sequence[Order]) -> dict[str, Decimal]:
    changes: dict[str, Decimal] = {}
    for order in orders:
        signed = order.intent.quantity if order.side is Side.BUY else -order.intent.quantity
        changes[order.symbol] = changes.get(order.symbol, ZERO) + signed
    return changes
