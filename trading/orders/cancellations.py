"""Calling our own open orders back. What others placed is never touched, and what is not known is said to be so."""

from __future__ import annotations

from collections.abc import Sequence

from trading.contract.controls import Cancelled, CancelView
from trading.domain.order import FINAL, Order, OrderStatus
from trading.domain.risk import ApprovalStatus, RefusalCode, Refused
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement
from trading.store.port import Store

EVERYTHING = "all"
SHORTEST_ID = 4
_IN_DOUBT = frozenset({OrderStatus.SUBMITTED, OrderStatus.UNKNOWN})


class Cancellations:
    """Cancels orders by id, or all of ours."""

    def __init__(self, store: Store, manager: OrderManager, settlement: Settlement) -> None:
        self._store = store
        self._manager = manager
        self._settlement = settlement

    async def open(self) -> Sequence[Order]:
        """Ours that are not final, oldest first. Orders of a card that waits are not on their way yet."""
        async with self._store.reading() as read:
            waiting = {approval.batch_id for approval in await read.approvals(ApprovalStatus.PENDING)}
            orders = await read.open_orders()
        return [order for order in orders if _is_on_its_way(order, waiting)]

    async def cancel(self, wanted: str, by: str) -> Sequence[CancelView] | Refused:
        """Cancel the one whose id begins with `wanted`, or all; one that failed does not keep the others."""
        found = await self.open()
        if wanted.lower() != EVERYTHING:
            chosen = await self._chosen(found, wanted.lower())
            if isinstance(chosen, Refused):
                return chosen
            found = chosen
        if not found:
            return Refused(RefusalCode.NOTHING_TO_DO, "No order of ours is open.")
        return [await self._cancel(order, by) for order in found]

    async def _chosen(self, found: Sequence[Order], wanted: str) -> Sequence[Order] | Refused:
        if len(wanted) < SHORTEST_ID:
            return Refused(RefusalCode.INVALID_AMOUNT, f"Name {SHORTEST_ID} or more characters of the id, or all.")
        chosen = [order for order in found if order.client_order_id.startswith(wanted)]
        if len(chosen) > 1:
            return Refused(RefusalCode.INVALID_AMOUNT, f"{len(chosen)} open orders begin with {wanted}; name more.")
        return chosen or Refused(RefusalCode.UNKNOWN_CARD, f"No open order of ours begins with {wanted}.")

    async def _cancel(self, order: Order, by: str) -> CancelView:
        if order.intent.protective:
            return CancelView(order, Cancelled.EXIT)
        if order.status is OrderStatus.INTENDED:
            return await self._withdraw(order, by)
        if order.status in _IN_DOUBT:
            # It may not have arrived yet: a cancellation could overtake it, and would prove nothing.
            self._settlement.look_soon(order)
            return CancelView(order, Cancelled.IN_DOUBT)
        return await self._call_back(order, by)

    async def _withdraw(self, order: Order, by: str) -> CancelView:
        """Close it before it is sent; whoever was to send it finds it closed."""
        after = await self._manager.withdraw(order, f"Cancelled by {by} before it was sent.")
        if after.status is OrderStatus.CANCELED:
            return CancelView(after, Cancelled.NOT_SENT)
        # It left at this very moment.
        self._settlement.look_soon(after)
        return CancelView(after, _outcome(after))

    async def _call_back(self, order: Order, by: str) -> CancelView:
        try:
            seen = await self._manager.cancel(order)
            after = order if seen is None else await self._manager.apply(order, seen)
        except (Retryable, NeedsOperator) as error:
            return CancelView(order, Cancelled.FAILED, str(error))
        except OutcomeUnknown as error:
            self._settlement.look_soon(order)
            return CancelView(order, Cancelled.IN_DOUBT, str(error))
        self._settlement.look_soon(after)
        return CancelView(after, _outcome(after))


def _outcome(order: Order) -> Cancelled:
    if order.status is OrderStatus.CANCELED:
        return Cancelled.CANCELED
    return Cancelled.DONE if order.status in FINAL else Cancelled.IN_DOUBT


def _is_on_its_way(order: Order, waiting: set[str]) -> bool:
    if order.intent.is_external:
        return False
    return order.status is not OrderStatus.INTENDED or order.intent.batch_id not in waiting
