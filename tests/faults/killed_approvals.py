"""An approval from its card to its fills, killed at one boundary; and what the lives after that may not change."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from tests.faults.lab.crash import Boundaries, Crash, CrashingStore
from tests.faults.lab.disk import Disk
from tests.unit.trading.orders.cards import told
from tests.world import START, ScriptedVenue, SmallWorld, small_world, started
from trading.clock import SimulatedClock
from trading.domain.money import ZERO
from trading.domain.order import FINAL, Order, Side
from trading.domain.risk import Approval, ApprovalStatus
from trading.exchange.ports import VenueOrder
from trading.orders.intake import Waiting
from trading.store.memory import MemoryStore
from trading.store.memory_tables import MemoryTables

RULES = told(second_above="100")
CROWD = ("ana", "bob", "cem")


@dataclass(slots=True)
class Exchange:
    """Outlives every process: what it was sent, and what came of that."""

    taken: dict[str, VenueOrder] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)

    def behind(self, venue: ScriptedVenue, boundaries: Callable[[], Boundaries]) -> None:
        """Let `venue` fill orders as it does, remember them here, and cross a boundary on each side of it."""
        fill = venue.paper.place_order

        async def place_order(order: Order) -> VenueOrder:
            boundaries().cross("before the venue")
            self.sent[order.client_order_id] += 1
            self.taken[order.client_order_id] = answer = await fill(order)
            boundaries().cross("after the venue")
            return answer

        async def find_order(order: Order) -> VenueOrder | None:
            return self.taken.get(order.client_order_id)

        venue.place_order = place_order  # type: ignore[method-assign]
        venue.find_order = find_order  # type: ignore[method-assign]

    def bought(self, symbol: str) -> Decimal:
        fills = [fill for order in self.taken.values() for fill in order.fills if fill.symbol == symbol]
        return sum((fill.quantity if fill.side is Side.BUY else -fill.quantity for fill in fills), ZERO)


@dataclass(frozen=True, slots=True)
class Bed:
    """Where every run begins: a card that waits, for 3 BTC and 20 ETH, above the second threshold."""

    tables: MemoryTables
    card: Approval


async def bed() -> Bed:
    """Raise the card in a world where nothing goes wrong."""
    store = MemoryStore()
    world = await started(store, RULES)
    waiting = await world.submit(world.intent(Side.BUY, "3"), world.intent(Side.BUY, "20", "ETH/USD"))
    assert isinstance(waiting, Waiting), waiting
    return Bed(store._state.tables.copy(), waiting.approval)


class Run:
    """One seed's presses, killed at the `boundary`th boundary that they cross; 0 lets them end."""

    def __init__(self, ground: Bed, seed: int, boundary: int) -> None:
        self._disk = Disk(ground.tables.copy())
        self._card = ground.card
        self._chance = random.Random(seed)
        self._boundary = boundary
        self._exchange = Exchange()
        self._clock, self._people = SimulatedClock(START), SimulatedClock(START)
        self.crossed: tuple[str, ...] = ()
        self.approved = False

    async def violations(self) -> list[str]:
        """Live, die, live again: what was broken, in words."""
        await self._life(self._boundary, pressing=True)
        left = self._approvals()
        await self._life(0, pressing=False)
        found = [*self._changed_by_itself(left), *self._executions()]
        await self._life(0, pressing=self._chance.random() < 0.5, late=True)
        self.approved = any(a.status is ApprovalStatus.APPROVED for a in self._approvals().values())
        return [*found, *self._executions(), *self._closed_for_good(left), *self._open()]

    async def _life(self, boundary: int, *, pressing: bool, late: bool = False) -> None:
        """One process from its start: presses or only time; then it is gone, with all that it had in memory."""
        store, boundaries = self._disk.mounted(), Boundaries(boundary)
        crashing = CrashingStore(store, Boundaries())
        world = await small_world(crashing, RULES, clock=self._clock, people=self._people)
        self._exchange.behind(world.venue, lambda: crashing._boundaries)
        await world.core.start()
        # The start itself is killed elsewhere; boundaries count from here.
        crashing._boundaries = boundaries
        before = asyncio.all_tasks()
        with suppress(Crash):
            if late:
                self._people.advance(timedelta(hours=1).total_seconds() if not pressing else 1)
                await world.core.approvals.expire_due()
            if pressing:
                await self._press(world)
        await _gone(boundaries, before)
        if boundary or not self.crossed:
            self.crossed = tuple(boundaries.passed)
        self._disk.save(store)

    async def _press(self, world: SmallWorld) -> None:
        """Toggles, first and second presses, a price that moves, sometimes a rejection: as the seed has it."""
        desk = world.desk
        for _ in range(self._chance.randint(2, 5)):
            waiting = await desk.pending()
            card = waiting[0].approval if waiting else self._card
            person = self._chance.choice(CROWD)
            match self._chance.choices(("ok", "tog", "move", "no"), (8, 2, 1, 0.5))[0]:
                case "ok":
                    await desk.approve(card.id, f"@{person}", "web", person=person)
                case "tog":
                    await desk.toggle(card.id, self._chance.choice(list(card.estimates)), f"@{person}", "web")
                case "move":
                    world.tell("BTC/USD", self._chance.choice(("100", "102", "97")))
                case "no":
                    await desk.reject(card.id, f"@{person}", "web")

    def _approvals(self) -> dict[str, Approval]:
        return dict(self._disk.tables.approvals)

    def _changed_by_itself(self, left: dict[str, Approval]) -> list[str]:
        """A start decides nothing: cards, what is left out of them and who agreed are as they were."""
        now = self._approvals()
        return [f"the start changed {card} to {now[id_]}" for id_, card in left.items() if now[id_] != card]

    def _executions(self) -> list[str]:
        """Each order at most once; of an approved card's what it includes, of any other's nothing."""
        tables, found = self._disk.tables, []
        may_go = {
            order_id
            for approval in tables.approvals.values()
            if approval.status is ApprovalStatus.APPROVED
            for order_id in approval.estimates
            if approval.includes(order_id)
        }
        found += [f"order {name} was sent {times} times" for name, times in self._exchange.sent.items() if times > 1]
        found += [f"order {name} was sent and nobody approved it" for name in self._exchange.sent.keys() - may_go]
        for name, order in tables.orders.items():
            booked = sum((fill.quantity for fill in tables.fills_of_order.get(name, ())), ZERO)
            taken = self._exchange.taken.get(name)
            happened = sum((fill.quantity for fill in taken.fills), ZERO) if taken else ZERO
            if order.status in FINAL and booked != happened:
                found.append(f"order {name} has {booked} in the books and {happened} at the venue")
        return found

    def _closed_for_good(self, left: dict[str, Approval]) -> list[str]:
        """What was decided before the crash is decided that way for ever."""
        now = self._approvals()
        closed = [card for card in left.values() if card.status is not ApprovalStatus.PENDING]
        return [f"card {c.id[:4]} was {c.status}, then {now[c.id].status}" for c in closed if now[c.id] != c]

    def _open(self) -> list[str]:
        """In the end no order is left without a card that waits or an end."""
        tables = self._disk.tables
        waiting = {a.batch_id for a in tables.approvals.values() if a.status is ApprovalStatus.PENDING}
        orders = [tables.orders[name] for name in tables.open_orders]
        return [f"order {o.client_order_id} is {o.status} for ever" for o in orders if o.intent.batch_id not in waiting]


async def _gone(boundaries: Boundaries, before: set[asyncio.Task[object]]) -> None:
    """Nothing of the process goes on."""
    boundaries.dead.set()
    ours = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in ours:
        task.cancel()
    await asyncio.gather(*ours, return_exceptions=True)
