"""Cards as rows: found, changed and closed under compare-and-set, each change with its journal entry and deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trading.clock import Clock
from trading.domain.event import ApprovalChanged, ApprovalClosed, ApprovalRequested
from trading.domain.order import Order, OrderStatus
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, Refused
from trading.orders.approval_rules import already, changed, too_late, unknown
from trading.orders.deadlines import Deadlines
from trading.store.port import Store, Transaction


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed, as shown; on which platform; which person that is; and the revision of the card that was shown."""

    by: str = ""
    on: str = ""
    person: str = ""
    revision: int | None = None


NOBODY = Press()


@dataclass(frozen=True, slots=True)
class Card:
    """A card that waits, and what is on it."""

    approval: Approval
    orders: Sequence[Order]

    @property
    def included(self) -> list[Order]:
        return [order for order in self.orders if self.approval.includes(order.client_order_id)]

    @property
    def left_out(self) -> list[Order]:
        return [order for order in self.orders if not self.approval.includes(order.client_order_id)]


class ApprovalRows:
    """The only writer of approvals. `people` is the clock people live by; `market` the one trades are dated with."""

    def __init__(self, store: Store, people: Clock, market: Clock) -> None:
        self._store = store
        self._people = people
        self._market = market
        self.deadlines = Deadlines(people)

    async def load(self) -> None:
        """Take up the cards that were waiting when the last run ended."""
        async with self._store.reading() as read:
            self.deadlines.load(await read.approvals(ApprovalStatus.PENDING))

    async def find(self, approval_id: str, revision: int | None = None) -> Card | Refused:
        """The card if it waits, and reads as it was shown."""
        async with self._store.reading() as read:
            approval = await read.approval(approval_id)
            if approval is None:
                return unknown()
            if approval.status is not ApprovalStatus.PENDING:
                return already(approval)
            if revision not in (None, approval.revision):
                return changed()
            return Card(approval, await read.orders_of_batch(approval.batch_id))

    async def read(self, approval_id: str) -> Approval:
        """The approval as it is now; it must exist."""
        async with self._store.reading() as read:
            approval = await read.approval(approval_id)
        assert approval is not None
        return approval

    async def ask(self, tx: Transaction, approval: Approval) -> None:
        """Write a new card; a core's is told to everybody, a preview only to who asked."""
        await tx.add_approval(approval)
        if approval.kind is ApprovalKind.CARD:
            await tx.append(ApprovalRequested(self._market.now(), approval.id))

    async def approve(self, tx: Transaction, card: Card, press: Press) -> bool:
        """Decide for the card as it was shown, in time; what is left out is canceled. False where it was too late."""
        approval = card.approval
        # The wall clock may have been set back since: then only we know that the time is up.
        if self.deadlines.is_over(approval.id):
            return False
        if not await self._close(tx, approval, ApprovalStatus.APPROVED, press, revision=approval.revision):
            return False
        for order in card.left_out:
            await self.cancel(tx, [order], f"Left out by {approval.excluded[order.client_order_id]}.")
        return True

    async def close(
        self, tx: Transaction, card: Card, status: ApprovalStatus, detail: str, press: Press = NOBODY, outcome: str = ""
    ) -> bool:
        """End the card without a trade, whatever its revision; its orders are canceled for the reason `detail`."""
        if not await self._close(tx, card.approval, status, press, outcome):
            return False
        await self.cancel(tx, card.orders, detail)
        return True

    async def replace(self, old: Approval, fresh: Approval) -> Approval | Refused:
        """Put a new card in the place of `old`, in one transaction; `old` as it is then comes back."""
        async with self._store.transaction() as tx:
            superseded, now = ApprovalStatus.SUPERSEDED, self._people.now()
            if not await tx.decide_approval(old.id, superseded, at=now, revision=old.revision):
                return await self.late(tx, old.id)
            await tx.append(ApprovalClosed(self._market.now(), old.id, superseded, replaced_by=fresh.id))
            await self.ask(tx, fresh)
        self.deadlines.drop(old.id)
        self.deadlines.add(fresh)
        return await self.read(old.id)

    async def revise(self, approval: Approval, expected: int) -> Refused | None:
        """Keep what has changed on a card that waits under the `expected` revision; or why that came to nothing."""
        async with self._store.transaction() as tx:
            over = self.deadlines.is_over(approval.id)
            if over or not await tx.revise_approval(approval, expected, at=self._people.now()):
                return await self.late(tx, approval.id)
            await tx.append(ApprovalChanged(self._market.now(), approval.id))
        return None

    async def late(self, tx: Transaction, approval_id: str) -> Refused:
        """Why a press came to nothing: somebody was first, the card changed, or the time was up."""
        approval = await tx.approval(approval_id)
        if approval is None or approval.status is not ApprovalStatus.PENDING:
            return unknown() if approval is None else already(approval)
        over = self.deadlines.is_over(approval_id) or self._people.now() >= approval.expires_at
        return too_late() if over else changed()

    async def cancel(self, tx: Transaction, orders: Sequence[Order], detail: str) -> None:
        """Close orders that will never be sent."""
        now = self._market.now()
        for order in orders:
            if order.status is OrderStatus.INTENDED:
                canceled = replace(order, status=OrderStatus.CANCELED, updated_at=now, detail=detail)
                await tx.update_order(canceled, expected=OrderStatus.INTENDED)

    async def _close(
        self,
        tx: Transaction,
        approval: Approval,
        status: ApprovalStatus,
        press: Press,
        outcome: str = "",
        revision: int | None = None,
    ) -> bool:
        now = self._people.now()
        decided = await tx.decide_approval(
            approval.id, status, at=now, by=press.by, on=press.on, outcome=outcome, revision=revision
        )
        if decided:
            await tx.append(ApprovalClosed(self._market.now(), approval.id, status))
            self.deadlines.drop(approval.id)
        return decided
