"""Follows every order that is not final until the venue has told its whole story.

An order that the venue does not show is believed absent only after the venue's visibility has passed on a clock
that nobody can set, counted from when this process knew that it had been sent. Until then it is in doubt, what it
would take stays reserved, and its pair takes no new entries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from trading.clock import Clock, first_of
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.market import base_of
from trading.domain.order import FINAL, Order, OrderIntent, OrderStatus
from trading.domain.risk import RefusalCode, Refused
from trading.errors import ConcurrentUpdate, NeedsOperator, Retryable
from trading.orders.discrepancies import Discrepancies
from trading.orders.exits import Exits
from trading.orders.manager import OrderManager
from trading.store.port import Store

FIRST_LOOK = 0.25
LONGEST_WAIT = 30.0
UNPROVABLE_AFTER = timedelta(minutes=15)
"""When the venue has not given a usable answer about an order for this long, a person is asked."""

NEVER_ARRIVED = "The venue never received it."

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watch:
    """An order that is followed; times are seconds of the monotonic clock."""

    order: Order
    since: float
    answered_at: float
    look_at: float
    wait: float = FIRST_LOOK
    followed: bool = False
    """Somebody waits for it and looks himself."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while looking: of two who see an exit end at once, only one may commit its next attempt."""

    def put_off(self, now: float) -> None:
        """Exponential back-off, so that a slow venue is not asked to death."""
        self.look_at = now + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)


class Settlement:
    """`follow` waits for one order, `run` looks after all that nobody waits for.

    `patience` is how long `follow` waits; zero means that it looks no further than the first answer.
    """

    def __init__(
        self,
        store: Store,
        manager: OrderManager,
        exits: Exits,
        discrepancies: Discrepancies,
        clock: Clock,
        patience: timedelta,
    ) -> None:
        self._store = store
        self._manager = manager
        self._exits = exits
        self._discrepancies = discrepancies
        self._clock = clock
        self._patience = patience.total_seconds()
        self._watches: dict[str, _Watch] = {}
        self._new = asyncio.Event()

    def in_flight(self) -> Sequence[Order]:
        """The orders that are being followed."""
        return tuple(watch.order for watch in self._watches.values())

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """No entry into a pair of which an order's outcome is not known."""
        if intent.reduce_only or intent.protective:
            return None
        doubtful = next((o for o in self.in_flight() if o.symbol == intent.symbol and o.status in _DOUBTFUL), None)
        if doubtful is None:
            return None
        what = f"{doubtful.side.value} of {doubtful.remaining:f} {doubtful.intent.instrument.base}"
        detail = f"An earlier {what} is still in doubt; the venue is being asked. Try again in a few minutes."
        return Refused(RefusalCode.ORDER_IN_FLIGHT, detail, intent.symbol)

    def alerts(self) -> Sequence[str]:
        """Orders whose outcome is not known, a sentence each."""
        doubtful = [order for order in self.in_flight() if order.status in _DOUBTFUL]
        return [f"The {o.side.value} of {o.remaining:f} {base_of(o.symbol)} is in doubt." for o in doubtful]

    async def follow(self, order: Order) -> Order:
        """`order` and, for a protective exit, its further attempts, until final or until patience is over.

        Returns the order as it is then; what is not final stays with `run`.
        """
        give_up_at = self._clock.monotonic() + self._patience
        watch = self._watch(order)
        if watch is None:
            # What the venue refused at once goes on like what it cancelled later.
            order = await self._ended(order)
            watch = self._watches.get(order.client_order_id)
        while watch is not None and self._clock.monotonic() < give_up_at:
            watch.followed = True
            try:
                # The last look comes when patience ends, however long the waits have grown.
                await self._clock.sleep(min(watch.look_at, give_up_at) - self._clock.monotonic())
                order = await self._look(watch)
            finally:
                watch.followed = False
            watch = self._watches.get(order.client_order_id)
        self._new.set()
        return order

    def look_soon(self, order: Order) -> None:
        """Somebody has seen that there is news of `order`."""
        watch = self._watch(order)
        if watch is not None:
            watch.look_at = self._clock.monotonic()

    async def recover(self, order: Order) -> Order:
        """Take up an order of the last run and look once; an exit that has ended goes on with what it left."""
        watch = self._watch(order)
        return await self._ended(order) if watch is None else await self._look(watch)

    async def run(self) -> None:
        """Look after what is not final, until cancelled."""
        while True:
            self._new.clear()
            now = self._clock.monotonic()
            for watch in [w for w in self._watches.values() if w.look_at <= now and not w.followed]:
                await self._look(watch)
            await self._rest()

    async def resolve(self, discrepancy: Discrepancy, resolution: Resolution, by: str, on: str = "") -> None:
        """Do what a person decided about an order that could not be settled. Raises Retryable, NeedsOperator."""
        async with self._store.reading() as read:
            order = await read.order(discrepancy.reference)
        if resolution is Resolution.RETRY and order is not None and order.status not in FINAL:
            seen = await self._manager.find(order)
            if seen is not None:
                await self._manager.apply(order, seen)
            self._watch(order if seen is None else await self.current(order))
        elif order is not None and order.status not in FINAL:
            await self._manager.settle(order, OrderStatus.EXPIRED, f"Closed by {by}: its outcome could not be proved.")
            self._watches.pop(order.client_order_id, None)
        async with self._store.transaction() as tx:
            await self._discrepancies.close(tx, discrepancy, resolution, by, on)

    def _watch(self, order: Order, delay: float = 0.0) -> _Watch | None:
        """Follow `order` from now on, looking first after `delay`; None for one that is final already."""
        if order.status in FINAL:
            return None
        now = self._clock.monotonic()
        watch = self._watches.setdefault(order.client_order_id, _Watch(order, now, now, now + delay))
        self._new.set()
        return watch

    async def _look(self, watch: _Watch) -> Order:
        """Ask once. The order that is to be followed from then on, which may be a further attempt."""
        async with watch.turn:
            if self._watches.get(watch.order.client_order_id) is not watch:
                return watch.order  # It ended while we waited for our turn.
            return await self._look_in_turn(watch)

    async def _look_in_turn(self, watch: _Watch) -> Order:
        watch.put_off(self._clock.monotonic())
        try:
            after = await self._ask(watch)
        except (Retryable, ConcurrentUpdate) as error:
            log.info("order not settled yet", order=watch.order.client_order_id, why=str(error))
            return await self._still_open(watch, str(error))
        except NeedsOperator as error:
            return await self._hand_over(watch, str(error))
        watch.order = after
        return await self._ended(after) if after.status in FINAL else after

    async def _ask(self, watch: _Watch) -> Order:
        if watch.order.status is OrderStatus.INTENDED:
            return await self._send(watch)
        # Read before asking: only what has had its time before the question can be missing from the answer.
        had_its_time = self._clock.monotonic() - watch.since >= self._manager.visibility.total_seconds()
        seen = await self._manager.find(watch.order)
        watch.answered_at = self._clock.monotonic()
        if seen is not None:
            return await self._manager.apply(watch.order, seen)
        if not had_its_time:
            return watch.order
        return await self._manager.settle(watch.order, OrderStatus.EXPIRED, NEVER_ARRIVED)

    async def _send(self, watch: _Watch) -> Order:
        """A further attempt of an exit whose time has come."""
        try:
            placed = await self._manager.place(watch.order)
        except ConcurrentUpdate:
            placed = await self.current(watch.order)  # Somebody has sent or closed it.
        watch.since = watch.answered_at = self._clock.monotonic()
        return placed

    async def _ended(self, order: Order) -> Order:
        """Let go of `order`. The one to follow from then on: a further attempt of an exit, else itself."""
        again = await self._exits.next_attempt(order)
        if again is not None:
            self._watch(again.order, again.delay)
        self._watches.pop(order.client_order_id, None)
        await self._cleared(order)
        return order if again is None else again.order

    async def _cleared(self, order: Order) -> None:
        """What a person was asked about has answered itself."""
        found = self._discrepancies.find(DiscrepancyKind.ORDER, order.symbol, order.client_order_id)
        if found is not None:
            async with self._store.transaction() as tx:
                await self._discrepancies.close(tx, found, Resolution.VANISHED)

    async def _still_open(self, watch: _Watch, why: str) -> Order:
        if self._clock.monotonic() - watch.answered_at < UNPROVABLE_AFTER.total_seconds():
            return watch.order
        return await self._hand_over(watch, f"For a quarter of an hour nothing could be learned of it. {why}")

    async def _hand_over(self, watch: _Watch, why: str) -> Order:
        """A person has to look: the pair is frozen, what the order would take stays reserved."""
        order = watch.order
        detail = f"The {order.side.value} of {order.intent.quantity:f} {order.intent.instrument.base} is unclear. {why}"
        await self._discrepancies.found(DiscrepancyKind.ORDER, order.symbol, detail, order.client_order_id)
        self._watches.pop(order.client_order_id, None)
        return order

    async def current(self, order: Order) -> Order:
        """`order` as the store has it."""
        async with self._store.reading() as read:
            return await read.order(order.client_order_id) or order

    async def _rest(self) -> None:
        """Until the next look is due or something new is to be followed."""
        due = [watch.look_at for watch in self._watches.values() if not watch.followed]
        if not due:
            await self._new.wait()
            return
        wait = max(min(due) - self._clock.monotonic(), 0.0)
        await first_of(self._new.wait(), self._clock.sleep(wait))


_DOUBTFUL = frozenset({OrderStatus.UNKNOWN, OrderStatus.SUBMITTED})
