"""Promise 11: the wall clock may be set forward or back by a day at any instant while orders are on their way.

Absence is not believed early, nonces never go back, and deadlines are the venue's time.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.faults.kraken import Key
from tests.faults.lab.quiet import quiet_log
from tests.proof import Proof
from tests.unit.trading.orders.answers import fill_of, silence, told
from tests.world import SmallWorld, quiet_history, rules, started
from trading.clock import SimulatedClock
from trading.domain.order import Order, OrderStatus
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.server_time import ServerTime

JUMPS = 1_000
FURTHEST = 86_400.0
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
VISIBILITY = 160.0
KEY = Key("clock")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


def a_jump(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.choice((chance.uniform(-FURTHEST, FURTHEST), -FURTHEST, FURTHEST)))


async def settle() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


class Doubt:
    """An order whose reply was lost. It is shown late, or never where it did not arrive."""

    def __init__(self, world: SmallWorld, order: Order, chance: random.Random) -> None:
        self._world = world
        self._order = order
        self._chance = chance
        self.sent_at = world.clock.monotonic()
        self.shown_after = chance.choice((None, chance.uniform(0, VISIBILITY - 1)))

    async def live_through(self, jumps: int) -> None:
        """Twice the visibility passes in steps, with `jumps` of the wall clock between them."""
        instants = sorted(self._chance.uniform(0, VISIBILITY) for _ in range(jumps))
        while self.age < 2 * VISIBILITY:
            while instants and instants[0] <= self.age:
                instants.pop(0)
                self._world.clock.jump(a_jump(self._chance))
            self._show()
            await settle()
            status = (await self.stored()).status
            if self.age < VISIBILITY:
                assert status in (OrderStatus.UNKNOWN, OrderStatus.FILLED), f"{status} after {self.age} s"
            self._world.clock.advance(self._chance.uniform(1, 15))

    @property
    def age(self) -> float:
        """Seconds since it was sent, that really passed."""
        return self._world.clock.monotonic() - self.sent_at

    @property
    def expected(self) -> OrderStatus:
        return OrderStatus.EXPIRED if self.shown_after is None else OrderStatus.FILLED

    async def stored(self) -> Order:
        async with self._world.store.reading() as read:
            order = await read.order(self._order.client_order_id)
        assert order is not None
        return order

    def _show(self) -> None:
        if self.shown_after is not None and self.age >= self.shown_after:
            filled = told(self._order, OrderStatus.FILLED, fill_of(self._order, "2"))
            self._world.venue.remembers[self._order.client_order_id] = filled


async def test_absence_is_not_believed_early_whatever_the_wall_clock_says(proof: Proof, scale: int) -> None:
    history, jumps, seed, ends = quiet_history({"BTC/USD": 100.0}), 0, 0, list[OrderStatus]()
    while jumps < JUMPS * scale:
        chance = random.Random(seed)
        world = await started(told=rules(("BTC/USD",)), history=history)
        world.venue.hides_for = timedelta(seconds=VISIBILITY)
        world.venue.script.append(silence)
        (order,) = await world.buy("2")
        service = asyncio.create_task(world.core.settlement.run())
        doubt, few = Doubt(world, order, chance), chance.randint(2, 8)
        await doubt.live_through(few)
        after = await doubt.stored()
        assert after.status is doubt.expected, f"seed {seed}: {after.status}"
        assert world.core.account.free_cash() == (1000 if doubt.shown_after is None else Decimal("799.2"))
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)
        jumps, seed = jumps + few, seed + 1
        ends.append(after.status)
    assert min(ends.count(OrderStatus.EXPIRED), ends.count(OrderStatus.FILLED)) > len(ends) / 4
    proof(11, cases=jumps)


async def test_nonces_never_go_back_whatever_the_wall_clock_says_and_however_often_we_start(
    proof: Proof, scale: int
) -> None:
    chance, clock, kept, last = random.Random(11), SimulatedClock(START), [0], -1

    async def keep(mark: int) -> None:
        assert mark > kept[-1], "the mark itself went back"
        kept.append(mark)

    def a_line() -> PrivateClient:
        return PrivateClient(
            "kraken", Credentials(KEY.name, KEY.secret), clock=clock, nonce_mark=kept[-1], keep_nonce=keep
        )

    line, jumps = a_line(), JUMPS * scale
    for number in range(jumps):
        clock.advance(chance.uniform(0, 90))
        clock.jump(a_jump(chance))
        if number % 125 == 124:
            await line.close()
            line = a_line()
        for _ in range(chance.randint(1, 3)):
            await line.reserve_nonces()
            nonce = line.client.incrementing_nonce()  # as its requests are signed
            assert last < nonce <= kept[-1], f"jump {number}"
            last = nonce
    await line.close()
    proof(11, cases=jumps)


async def test_deadlines_are_the_venues_time_whatever_the_wall_clock_says(proof: Proof, scale: int) -> None:
    chance, clock, jumps = random.Random(12), SimulatedClock(START), JUMPS * scale
    ahead = timedelta(seconds=37)

    def venue_now() -> datetime:
        return START + timedelta(seconds=clock.monotonic()) + ahead

    async def ask() -> datetime:
        clock.advance(chance.uniform(0, 0.4))
        return venue_now().replace(microsecond=0)

    time = ServerTime(ask, clock)
    for number in range(jumps):
        clock.advance(chance.uniform(0, 200))
        clock.jump(a_jump(chance))
        told_time = await time.now()
        assert abs(told_time - venue_now()) <= timedelta(seconds=1), f"jump {number}"
    proof(11, cases=jumps)
