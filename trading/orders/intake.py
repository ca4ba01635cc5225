"""The one entrance for orders: review a batch whole, then place it, raise a card, or refuse it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from trading.clock import Clock
from trading.domain.event import BatchRefused
from trading.domain.order import Batch, Order, OrderIntent, OrderStatus, Side, client_order_id
from trading.domain.plan import CycleOutcome
from trading.domain.risk import Approval, ApprovalKind, NeedsApproval, Refused, Verdict
from trading.orders.approval_draft import Question
from trading.orders.approvals import Approvals
from trading.orders.execution import Execution
from trading.orders.manager import OrderManager
from trading.orders.preflight import Inspection, Preflight
from trading.orders.unattended import UnattendedTrade
from trading.risk.review import UNSEEN, Review
from trading.store.port import Store, Transaction

Record = Callable[[Transaction, CycleOutcome, str], Awaitable[None]]
"""Writes the decision's record into the transaction that decides the batch: outcome, and a refusal's sentence."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The batch was executed; these are its orders as they ended."""

    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person must press."""

    approval: Approval


Submission = Placed | Waiting | Refused


async def nothing(tx: Transaction, outcome: CycleOutcome, detail: str) -> None:
    """No decision record to keep."""


class Intake:
    """Everything that wants to trade comes through here."""

    def __init__(
        self,
        store: Store,
        review: Review,
        preflight: Preflight,
        manager: OrderManager,
        execution: Execution,
        approvals: Approvals,
        unattended: UnattendedTrade,
        clock: Clock,
        lock: asyncio.Lock,
    ) -> None:
        self._store = store
        self._review = review
        self._preflight = preflight
        self._manager = manager
        self._execution = execution
        self._approvals = approvals
        self._unattended = unattended
        self._clock = clock
        # Held over review and the commit that reserves; never over the network.
        self._lock = lock

    def refusal(self, intents: Sequence[OrderIntent]) -> Refused | None:
        """What would be said against `intents` now, as far as memory tells; changes nothing."""
        return self._review.refusal(_sells_first(intents))

    async def submit(self, batch: Batch, intents: Sequence[OrderIntent], record: Record = nothing) -> Submission:
        """Place `intents`, or raise a card where the threshold asks for one, or refuse the whole batch."""
        ordered = _sells_first(intents)
        orders = self._orders(ordered)
        found = await self._preflight.inspect(orders)
        async with self._lock:
            verdict = self._judge(ordered, found)
            async with self._store.transaction() as tx:
                await tx.add_batch(batch)
                if isinstance(verdict, Refused):
                    await self._refuse(tx, batch, verdict, record)
                    return verdict
                await tx.add_orders(orders)
                if isinstance(verdict, NeedsApproval):
                    await record(tx, CycleOutcome.WAITING, "")
                    return Waiting(await self._approvals.request(tx, _card(batch, orders, verdict, found)))
                await record(tx, CycleOutcome.TRADED, "")
            self._manager.reserve(orders)
            self._unattended.count(orders)
        done = await self._execution.execute(orders)
        self._unattended.count(done)
        return Placed(done)

    async def preview(
        self,
        batch: Batch,
        intents: Sequence[OrderIntent],
        actor: str,
        record: Record = nothing,
        notes: Sequence[str] = (),
        person: str = "",
    ) -> Waiting | Refused:
        """Show `actor` what would be sent and wait for the press; a refusal leaves no trace but `record`'s.

        `notes` are sentences that the person should read first; what the order books say is added. `person` is which
        person asks, on whatever platform; empty where nobody knows.
        """
        ordered = _sells_first(intents)
        orders = self._orders(ordered)
        found = await self._preflight.inspect(orders)
        if isinstance(found, Refused):
            return found
        async with self._lock:
            refused = self._review.refusal(ordered, found.liquidity)
            if refused is not None:
                return refused
            async with self._store.transaction() as tx:
                await tx.add_batch(batch)
                await tx.add_orders(orders)
                await record(tx, CycleOutcome.WAITING, "")
                told = (*notes, *found.notes)
                asked = Question(ApprovalKind.PREVIEW, batch.id, orders, actor, person, told, liquidity=found.liquidity)
                return Waiting(await self._approvals.request(tx, asked))

    def _judge(self, intents: Sequence[OrderIntent], found: Inspection | Refused) -> Verdict:
        return found if isinstance(found, Refused) else self._review.judge(intents, found.liquidity)

    async def _refuse(self, tx: Transaction, batch: Batch, refused: Refused, record: Record) -> None:
        await tx.append(BatchRefused(self._clock.now(), batch.id, refused.code, refused.detail))
        await record(tx, CycleOutcome.REFUSED, refused.detail)

    def _orders(self, intents: Sequence[OrderIntent]) -> list[Order]:
        now = self._clock.now()
        return [Order(client_order_id(intent), intent, OrderStatus.INTENDED, now, now) for intent in intents]


def _sells_first(intents: Sequence[OrderIntent]) -> list[OrderIntent]:
    return sorted(intents, key=lambda intent: intent.side is Side.BUY)


def _card(batch: Batch, orders: Sequence[Order], needed: NeedsApproval, found: Inspection | Refused) -> Question:
    """What to ask of everybody, with what the order books said."""
    notes, liquidity = (found.notes, found.liquidity) if isinstance(found, Inspection) else ((), UNSEEN)
    return Question(ApprovalKind.CARD, batch.id, orders, notes=notes, needed=needed, liquidity=liquidity)
