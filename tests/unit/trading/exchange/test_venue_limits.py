"""An hour of more work than the venue allows: it never has to refuse for that, and exits hardly wait."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.kraken_market import Refused
from tests.faults.kraken import INTERMEDIATE, PRO, STARTER, Key
from tests.faults.kraken.limits import Limits, Tier
from tests.proof import Proof
from trading.clock import SimulatedClock
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.request_budget import KRAKEN_TIERS, PLACING, Urgency, cancelling

HOUR = 3600
STEP = 0.25
PAIR = "BTC/USD"
TIERS = {"starter": STARTER, "intermediate": INTERMEDIATE, "pro": PRO}
LONGEST_WAIT = 2.0
"""Seconds that an exit may wait for its turn: one request that is on its way, and one in the same breath."""

RECONCILE = ("OpenOrders", "ClosedOrders", "TradesHistory", "Ledgers", "BalanceEx")
DOCTOR = ("GetApiKeyInfo", "TradeVolume", "BalanceEx")
_COSTS = {"TradesHistory": 2.0, "Ledgers": 2.0}


@dataclass
class Burst:
    """One key's connection, the counters that the venue keeps of it, and a network that takes its time."""

    line: PrivateClient
    venue: Limits
    clock: SimulatedClock
    chance: random.Random
    sent: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    async def place(self, urgency: Urgency) -> None:
        asked_at = self.clock.monotonic()
        async with self.line.trading_turn(PAIR, PLACING, urgency):
            if urgency is Urgency.EXIT:
                self.waits.append(self.clock.monotonic() - asked_at)
            await self._arrive("order", lambda now: self.venue.order(PAIR, now))

    async def cancel(self, placed_at: float) -> None:
        age = self.clock.monotonic() - placed_at
        async with self.line.trading_turn(PAIR, cancelling(age), Urgency.EXIT):
            await self._arrive("cancel", lambda now: self.venue.cancel(PAIR, now - placed_at, now))

    async def ask(self, endpoint: str, urgency: Urgency = Urgency.QUESTION) -> None:
        asked_at = self.clock.monotonic()
        async with self.line.question_turn(_COSTS.get(endpoint, 1.0), urgency):
            if urgency is Urgency.EXIT:
                self.waits.append(self.clock.monotonic() - asked_at)
            await self._arrive("question", lambda now: self.venue.call("key", endpoint, now))

    async def _arrive(self, what: str, count: Callable[[float], None]) -> None:
        """The request is at the venue after up to 0.3 s, the answer here after as long again."""
        await self.clock.sleep(self.chance.uniform(0.02, 0.3))
        self.sent[what] += 1
        try:
            count(self.clock.monotonic())
        except Refused:
            self.refused[what] += 1
        await self.clock.sleep(self.chance.uniform(0.02, 0.3))


@asynccontextmanager
async def burst(tier: str, seed: int) -> AsyncIterator[Burst]:
    clock = SimulatedClock(datetime(2026, 11, 21, tzinfo=UTC))
    line = PrivateClient("kraken", Credentials("key", Key("key").secret), clock=clock, tier=KRAKEN_TIERS[tier])
    try:
        yield Burst(line, Limits(TIERS[tier]), clock, random.Random(seed))
    finally:
        await line.close()


async def an_hour_of(burst: Burst) -> None:
    """Entries and questions without end, reconciliation every minute, and every now and then an exit or a cancel."""
    workers = [
        *(_forever(lambda: burst.place(Urgency.ENTRY)) for _ in range(4)),
        *(_forever(lambda: burst.ask("QueryOrders", Urgency.ENTRY)) for _ in range(2)),
        _every(burst, 60, lambda: _in_turn(burst, RECONCILE)),
        _every(burst, 600, lambda: _in_turn(burst, DOCTOR)),
        _every(burst, 20, lambda: _exit(burst)),
        _every(burst, 45, lambda: _short_lived(burst)),
    ]
    tasks = [asyncio.create_task(worker) for worker in workers]
    try:
        while burst.clock.monotonic() < HOUR:
            burst.clock.advance(STEP)
            for _ in range(6):
                await asyncio.sleep(0)
            assert not [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _forever(act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await act()


async def _every(burst: Burst, seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        await burst.clock.sleep(burst.chance.uniform(0.5, 1.5) * seconds)
        await act()


async def _in_turn(burst: Burst, endpoints: tuple[str, ...]) -> None:
    for endpoint in endpoints:
        await burst.ask(endpoint)


async def _exit(burst: Burst) -> None:
    await burst.place(Urgency.EXIT)
    await burst.ask("QueryOrders", Urgency.EXIT)


async def _short_lived(burst: Burst) -> None:
    placed_at = burst.clock.monotonic()
    await burst.place(Urgency.ENTRY)
    await burst.clock.sleep(burst.chance.choice((1, 7, 30, 120)))
    await burst.cancel(placed_at)


@pytest.mark.parametrize("tier", TIERS)
async def test_the_venue_never_refuses_for_asking_too_often_and_exits_hardly_wait(
    tier: str, proof: Proof, scale: int
) -> None:
    for seed in range(scale):
        async with burst(tier, seed) as hour:
            await an_hour_of(hour)
        limits: Tier = TIERS[tier]
        assert max(hour.waits) <= LONGEST_WAIT
        assert len(hour.waits) > 100
        # What was allowed was used: this was no quiet hour.
        assert hour.sent["order"] + hour.sent["question"] > 0.5 * HOUR * (limits.trade_decay + limits.call_decay) / 2
        proof(15, cases=hour.sent.total(), violations=hour.refused.total())


async def test_a_flood_of_young_cancels_keeps_exits_waiting_no_longer_than_its_points_take_to_decay() -> None:
    async with burst("starter", 0) as busy:
        flood = [asyncio.create_task(busy.cancel(busy.clock.monotonic())) for _ in range(12)]
        exits = asyncio.create_task(busy.place(Urgency.EXIT))
        for _ in range(600):
            busy.clock.advance(STEP)
            for _ in range(6):
                await asyncio.sleep(0)
        assert exits.done() and all(task.done() for task in flood)
        assert busy.refused.total() == 0
        # Twelve cancels at once are 96 of the 58 points there are; one point for the exit is found among them.
        assert busy.waits[0] <= 12 * LONGEST_WAIT
