"""ccxt's own client in front of the venue, pointed there the way the program does it, and the fixtures for both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faults.kraken import UNLIMITED, Key, KrakenExchange
from trading.clock import SimulatedClock
from trading.exchange.ccxt_client import make_client

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
PATIENCE = timedelta(seconds=20)
"""How long the client waits for an answer."""
IMPATIENCE = 800
"""The same in milliseconds where no answer is going to come."""


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[KrakenExchange]:
    balances = {"USD": "100000", "BTC": "1", "ETH": "10"}
    async with KrakenExchange(keys=[Key("key")], balances=balances, clock=clock, tier=UNLIMITED) as running:
        running.set_price("BTC/USD", 60_000.0)
        yield running


@pytest.fixture
async def client(kraken: KrakenExchange) -> AsyncIterator[Any]:
    async with ccxt_client(kraken.url, Key("key")) as made:
        yield made


def ccxt_client(url: str, key: Key) -> Any:
    """ccxt's client for the venue at `url`; `async with` closes it."""
    client = make_client("kraken", url, PATIENCE, requests_per_second=100_000)
    client.apiKey, client.secret = key.name, key.secret
    return client
