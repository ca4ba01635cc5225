"""A scripted Kraken and a real ccxt client that talks to it, on a clock that only tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.unit.trading.exchange.scripted_kraken import ScriptedKraken, client
from trading.clock import SimulatedClock
from trading.exchange.ccxt_private import PrivateClient


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[ScriptedKraken]:
    async with ScriptedKraken(clock) as server:
        yield server


@pytest.fixture
async def line(kraken: ScriptedKraken, clock: SimulatedClock) -> AsyncIterator[PrivateClient]:
    made = client(kraken, clock)
    yield made
    await made.close()
