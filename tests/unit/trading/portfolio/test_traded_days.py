"""Sums over any span are those of the store, whatever was kept before and whatever is booked late."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tests.unit.trading.store.facts import at, batch, fill, order
from trading.clock import SimulatedClock
from trading.domain.money import Money
from trading.domain.order import OrderStatus, Side
from trading.portfolio.traded_days import TradedDays
from trading.store.memory import MemoryStore

DAYS, HOURS = 40, 24


async def kept(count: int = 300) -> tuple[MemoryStore, SimulatedClock, TradedDays]:
    store, clock = MemoryStore(), SimulatedClock(at(0) + timedelta(days=DAYS))
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(status=OrderStatus.PARTIALLY_FILLED)])
    await book(store, [at(0) + timedelta(hours=n * DAYS * HOURS / count) for n in range(count)])
    return store, clock, TradedDays(store, clock)


async def book(store: MemoryStore, moments: list[datetime]) -> None:
    dice = random.Random(len(moments))
    async with store.transaction() as tx:
        for moment in moments:
            await tx.add_fill(
                replace(
                    fill(trade_id=f"t{moment.isoformat()}"),
                    symbol=dice.choice(("BTC/USD", "ETH/USD")),
                    side=dice.choice([*Side]),
                    at=moment,
                    realized=Decimal(dice.randint(-500, 500)).scaleb(-dice.randint(0, 20)),
                    fee=Money(Decimal(dice.randint(0, 99)).scaleb(-4), "USD"),
                )
            )


async def differing(store: MemoryStore, days: TradedDays, seed: int = 1) -> list[object]:
    """Spans at random in which the sums differ from the store's own."""
    dice, found = random.Random(seed), list[object]()
    spans: list[tuple[datetime | None, datetime | None]] = [(None, None)]
    for _ in range(40):
        first, last = sorted(at(0) + timedelta(minutes=dice.randint(-1000, DAYS * 1500)) for _ in range(2))
        spans += [(first, last), (first, None), (None, last)]
    for since, until in spans:
        async with store.reading() as read:
            wanted = await read.traded(since=since, until=until)
        if list(await days.traded(since, until)) != list(wanted):
            found.append((since, until))
    return found


async def test_sums_over_any_span_are_those_of_the_store() -> None:
    store, _, days = await kept()
    assert await differing(store, days) == []


async def test_what_is_booked_late_into_a_day_that_is_over_counts() -> None:
    store, _, days = await kept()
    await days.traded(None, None)
    await book(store, [at(0) + timedelta(days=3, seconds=7), at(0) + timedelta(days=-400)])
    assert await differing(store, days) == []


async def test_days_that_end_meanwhile_are_taken_in() -> None:
    store, clock, days = await kept()
    await days.traded(None, None)
    for step in range(1, 4):
        clock.advance_to(clock.now() + timedelta(hours=20))
        await book(store, [clock.now() - timedelta(hours=step)])
        assert await differing(store, days, step) == []


async def test_without_fills_there_is_nothing() -> None:
    store = MemoryStore()
    assert list(await TradedDays(store, SimulatedClock(at(0))).traded(None, None)) == []
