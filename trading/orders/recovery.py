"""After a stop, however hard: take up every order that was on its way before anything new is sent."""

from __future__ import annotations

from datetime import timedelta

from trading.clock import Clock
from trading.domain.event import BatchCompleted
from trading.domain.order import FINAL, Order, OrderStatus
from trading.domain.risk import ApprovalStatus
from trading.orders.execution import Execution
from trading.orders.manager import OrderManager
from trading.orders.settlement import Settlement
from trading.store.port import Store

EXIT_TIME_TO_LIVE = timedelta(hours=1)
"""A stop that had fired but was never sent still goes out after a restart within this time."""

NEWEST_EVENTS = 200
"""How far back in the journal an exit that was cut short is looked for."""

NOT_SENT = "Not sent before the program stopped."


class Recovery:
    """Asks the venue about every order that is not final.

    What the venue cannot prove at once stays reserved and in doubt, and is followed on. An intent that was never
    sent expires, except a protective exit: it had fired, so it still goes out.
    """

    def __init__(
        self, store: Store, manager: OrderManager, settlement: Settlement, execution: Execution, clock: Clock
    ) -> None:
        self._store = store
        self._manager = manager
        self._settlement = settlement
        self._execution = execution
        self._clock = clock

    async def run(self) -> int:
        """Take up what is open, and return how many orders that were."""
        orders = await self._unsettled()
        unsent = [order for order in orders if order.status is OrderStatus.INTENDED]
        sent = [order for order in orders if order.status is not OrderStatus.INTENDED]
        # All reservations first: what one order may have taken must not be promised to another.
        self._manager.reserve(sent)
        for order in sent:
            await self._settlement.recover(order)
        for order in unsent:
            await self._late(order)
        for order in await self._cut_short():
            await self._settlement.recover(order)
        return len(orders)

    async def _unsettled(self) -> list[Order]:
        """Open orders, without those whose card still waits for a person."""
        async with self._store.reading() as read:
            waiting = {approval.batch_id for approval in await read.approvals(ApprovalStatus.PENDING)}
            orders = await read.open_orders()
        return [o for o in orders if not (o.status is OrderStatus.INTENDED and o.intent.batch_id in waiting)]

    async def _cut_short(self) -> list[Order]:
        """The last attempts of exits that ended lately; the program may have died before it committed a further one.

        Where the pair was traded afterwards, somebody has seen to the rest.
        """
        since = self._clock.now() - EXIT_TIME_TO_LIVE
        async with self._store.reading() as read:
            newest = await read.events(max(await read.last_seq() - NEWEST_EVENTS, 0), NEWEST_EVENTS)
            batches = [e.event.batch_id for e in newest if isinstance(e.event, BatchCompleted) and e.event.at >= since]
            last = [(await read.orders_of_batch(batch_id))[-1] for batch_id in dict.fromkeys(batches)]
            traded = {fill.symbol: fill.at for fill in await read.fills(since=since)}
        exits = [order for order in last if order.intent.protective and order.status in FINAL]
        return [order for order in exits if traded.get(order.symbol, since) <= order.updated_at]

    async def _late(self, order: Order) -> None:
        fired = order.intent.protective and self._clock.now() - order.created_at <= EXIT_TIME_TO_LIVE
        if not fired:
            await self._manager.settle(order, OrderStatus.EXPIRED, NOT_SENT)
            return
        self._manager.reserve([order])
        await self._execution.execute([order])
