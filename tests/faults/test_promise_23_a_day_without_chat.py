"""Promise 23: a day in which chats are down changes no decision, and everything is told afterwards, or counted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest
from structlog.testing import capture_logs

from chatbot.message import Unsent
from chatbot.notices.audience import Audience, own_channels
from chatbot.notices.preferences import Preferences
from chatbot.notifier.channels import Notifier
from tests.proof import Proof
from tests.unit.chatbot.fake_transport import CountingCharts, FakeTransport
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.world import SmallWorld, limits, rules, started
from trading.domain.event import BatchCompleted
from trading.orders.protections import ExitRules

HOURS = 24
Outage = Callable[[str, int], bool]
"""Whether a platform is down in an hour of the day."""

OUTAGES: dict[str, Outage] = {
    "telegram down": lambda platform, hour: platform == "telegram",
    "both down": lambda platform, hour: True,
    "in turns": lambda platform, hour: (hour // 2) % 2 == (platform == "telegram"),
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log entries are kept in memory; printing tracebacks takes seconds."""
    with capture_logs():
        yield


@dataclass
class Day:
    """A core that trades for a day, told on two platforms."""

    world: SmallWorld
    transports: tuple[FakeTransport, FakeTransport]

    async def live(self, is_down: Outage) -> None:
        """An order an hour, of a size of its own; a stop every sixth. Then both platforms are up again."""
        for hour in range(HOURS):
            for transport in self.transports:
                transport.broken = Unsent("down", 5.0) if is_down(transport.platform, hour) else None
            await self._trade(hour)
            await self._pass(60)
        for transport in self.transports:
            transport.broken = None
        await self._pass(30)

    async def _trade(self, hour: int) -> None:
        await self.world.tick("BTC/USD", 100)
        await self.world.buy(f"0.1{hour:03d}")
        if hour % 6 == 5:
            await self.world.tick("BTC/USD", 85)

    async def _pass(self, minutes: int) -> None:
        for _ in range(minutes // 2):
            for clock in (self.world.clock, self.world.people):
                clock.advance(120)
            await settled()

    async def fills(self) -> dict[str, list[str]]:
        """Every fill of the day as its line begins, by the batch that it belongs to."""
        views = [await self.world.desk.batch(event.batch_id) for event in await self.world.events(BatchCompleted)]
        return {v.batch.id: [f"BTC {fill.quantity:f}" for fill in v.fills] for v in views if v is not None}


async def settled() -> None:
    for _ in range(60):
        await asyncio.sleep(0)


async def day(is_down: Outage) -> Day:
    exits = ExitRules(Decimal("0.10"), None)
    world = await started(told=rules(exits=exits, limits=limits(max_position=Decimal(1)), starting_cash=Decimal(5000)))
    transports = (FakeTransport("telegram"), FakeTransport("discord"))
    store = MemoryChatStore()
    preferences = Preferences(store, partial(own_channels, transports, tuple))  # type: ignore[arg-type]
    audience = Audience(transports, preferences)
    notifier = Notifier(world.desk, store, audience, preferences, world.people, CountingCharts())  # type: ignore[arg-type]
    task = asyncio.create_task(notifier.run())
    lived = Day(world, transports)
    await settled()
    await lived.live(is_down)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return lived


@pytest.mark.parametrize("outage", OUTAGES)
async def test_a_day_without_chat_changes_no_decision_and_is_told_afterwards(outage: str, proof: Proof) -> None:
    plain, troubled = await day(lambda platform, hour: False), await day(OUTAGES[outage])
    assert len(troubled.world.venue.placed) == len(plain.world.venue.placed) == HOURS + HOURS // 6
    assert troubled.world.cash == plain.world.cash
    fills = [line for lines in (await troubled.fills()).values() for line in lines]
    assert len(fills) == HOURS + HOURS // 6
    for transport in troubled.transports:
        missing = [line for line in fills if not any(line in reply.plain() for reply in transport.sent)]
        # The first trade is more than a day old by the end: the summary counts it, as the next test says.
        assert missing in ([], fills[:1])
    proof(23, cases=2 * len(fills))


async def test_what_was_missed_is_counted_first_then_told_with_stops_before_trades() -> None:
    troubled = await day(OUTAGES["both down"])
    for transport in troubled.transports:
        heads = [reply.text.splitlines()[0] for reply in transport.sent]
        first = next(place for place, head in enumerate(heads) if "Missed while offline" in head)
        counted = re.search(r"(\d+) fills", heads[first])
        assert counted is not None and int(counted[1]) == HOURS + HOURS // 6
        rest = heads[first + 1 :]
        assert [head[0] for head in rest] == ["🛑", "💬"] and len(rest) == 2
