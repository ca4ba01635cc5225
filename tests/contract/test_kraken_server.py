"""The stand-in for Kraken is itself as strict as Kraken: what it accepts in tests, the original accepts too."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.contract.kraken_server import CANDLES, KrakenServer
from trading.clock import SimulatedClock

NOW = datetime(2025, 3, 1, 12, 2, 30, tzinfo=UTC)
PATIENCE = 20
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def server() -> AsyncIterator[KrakenServer]:
    async with KrakenServer(clock=SimulatedClock(NOW)) as running:
        yield running


async def ask(server: KrakenServer, path: str, method: str = "GET", **options: Any) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, server.url + path, timeout=aiohttp.ClientTimeout(PATIENCE), **options) as answer,
    ):
        return await answer.json()


async def test_time_and_status_are_the_clock_s(server: KrakenServer) -> None:
    assert (await ask(server, "/0/public/Time"))["result"]["unixtime"] == int(NOW.timestamp())
    assert (await ask(server, "/0/public/SystemStatus"))["result"]["status"] == "online"


async def test_candles_meet_and_the_last_is_still_running(server: KrakenServer) -> None:
    answer = await ask(server, "/0/public/OHLC?pair=XBTUSD&interval=60")
    rows = answer["result"]["XXBTZUSD"]
    assert len(rows) == CANDLES
    assert rows[-1][0] == int(NOW.timestamp()) // 3600 * 3600
    assert answer["result"]["last"] == rows[-2][0]
    assert all(earlier[4] == later[1] for earlier, later in pairwise(rows))


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/0/public/Ticker?pair=NOPE", "EQuery:Unknown asset pair"),
        ("/0/public/Ticker?pairs=XBTUSD", "EGeneral:Invalid arguments"),
        ("/0/public/OHLC?pair=XBTUSD&interval=7", "EGeneral:Invalid arguments"),
        ("/0/public/OHLC?interval=60", "EGeneral:Invalid arguments"),
        ("/0/public/Trades?pair=XBTUSD", "EGeneral:Unknown method"),
    ],
)
async def test_what_kraken_would_refuse_is_refused(server: KrakenServer, path: str, error: str) -> None:
    assert await ask(server, path) == {"error": [error]}


async def test_private_paths_and_keys_are_violations(server: KrakenServer) -> None:
    await ask(server, "/0/private/Balance", "POST")
    await ask(server, "/0/public/Time", headers={"API-Key": "anything"})
    assert server.violations == ["POST /0/private/Balance", "GET /0/public/Time"]


async def test_the_socket_answers_as_version_two(server: KrakenServer) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        aiohttp.ClientSession() as session,
        session.ws_connect(server.url + "/v2") as socket,
    ):
        assert (await socket.receive_json())["channel"] == "status"
        await socket.send_json({"method": "ping", "req_id": 7})
        pong = await socket.receive_json()
        assert (pong["method"], pong["req_id"]) == ("pong", 7)
        wish = {"channel": "ticker", "symbol": ["BTC/USD", "NOPE/USD"]}
        await socket.send_json({"method": "subscribe", "params": wish, "req_id": 8})
        accepted, snapshot, refused = [await socket.receive_json() for _ in range(3)]
        assert (accepted["success"], accepted["result"]["symbol"], accepted["req_id"]) == (True, "BTC/USD", 8)
        assert (snapshot["type"], snapshot["data"][0]["symbol"]) == ("snapshot", "BTC/USD")
        assert (refused["success"], refused["symbol"]) == (False, "NOPE/USD")
        await socket.send_json({"method": "subscribe", "params": {"channel": "executions"}, "req_id": 9})
        assert (await socket.receive_json())["success"] is False
    assert len(server.violations) == 1


async def test_it_runs_alone_and_prints_its_address() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.contract.kraken_server",
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            address = (await process.stdout.readline()).decode().strip()
        assert address.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as session, session.get(address + "/0/public/Time") as answer:
            assert (await answer.json())["error"] == []
    finally:
        process.terminate()
        await process.wait()
