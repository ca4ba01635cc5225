"""LIVE, killed without warning while it trades at an exchange, and started anew: the exchange's books are ours.

The exchange is a process of its own and strict; the bot buys and sells by commands and is killed at random moments
after each press. An order that was killed on its way may stay in doubt for minutes, as long as the exchange has none.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import re
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.faults.kraken import Key
from tests.flows.books import Books
from tests.flows.lives import Life, life
from tests.flows.page import Page, button, said
from tests.flows.program import LINK, MAIN
from tests.proof import Proof
from trading.clock import SystemClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

KILLS = 6
LONG_KILLS = 1_000
LONG_SECONDS = 1_500.0
"""The long run is killed as often as fits into this time."""
KILLED_AFTER = 1.0, 5.0
"""Seconds from the presses to the kill: requests wait in line, so orders leave some seconds after a press."""
SEED = 20260302
KEY = Key("bot")
PRICES = {"BTC/USD": 60_000, "ETH/USD": 3_000, "SOL/USD": 150}
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
FINAL = {"FILLED", "CANCELED", "REJECTED", "EXPIRED"}
SETTLED_WITHIN = 120.0
CRUMB = Decimal("0.01")
"""What the exchange's rounding of costs and fees may come to, in dollars."""


@dataclass(frozen=True)
class Exchange:
    """The exchange's process, seen through its own door."""

    url: str
    door: aiohttp.ClientSession

    async def state(self) -> dict[str, Any]:
        async with self.door.get(f"{self.url}/control/state") as answer:
            seen: dict[str, Any] = await answer.json()
            return seen


@asynccontextmanager
async def exchange() -> AsyncIterator[Exchange]:
    """A strict exchange with 10,000 dollars for `KEY`; a program that starts every few seconds asks too often for any
    tier, so this one has no limits."""
    prices = [f"{symbol}={price}" for symbol, price in PRICES.items()]
    command = ("-m", "tests.faults.kraken", "--key", KEY.name, "--secret", KEY.secret, "--tier", "unlimited")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--price", *prices, cwd=MAIN.parent, env=dict(os.environ), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        found = ADDRESS.search((await process.stdout.readline()).decode())
        assert found is not None
        async with aiohttp.ClientSession() as door:
            yield Exchange(found[0], door)
    finally:
        process.kill()
        await process.wait()


def settings(url: str) -> dict[str, str]:
    later = (SystemClock().now().hour + 12) % 24  # no scheduled work comes between
    return {
        "MODE": "live",
        "EXCHANGE_BASE_URL": url,
        "EXCHANGE_API_KEY": KEY.name,
        "EXCHANGE_API_SECRET": KEY.secret,
        "EXCHANGE_TIER": "pro",
        "SYMBOLS": ",".join(PRICES),
        "MONITOR_INTERVAL_SECONDS": "1",
        "TIMEZONE": "UTC",
        "REBALANCE_AT": f"{later:02}:30",
        "REPORT_AT": f"{later:02}:40",
    }


@asynccontextmanager
async def bot(folder: Path, url: str) -> AsyncIterator[tuple[Life, Page]]:
    """A life of the bot that is up, and its page."""
    async with life(folder, "run", **settings(url)) as alive:
        await alive.up()
        link = LINK.search(alive.printed)
        assert link is not None
        async with Page.opened(link[1], link[2]) as page:
            yield alive, page


@dataclass(frozen=True)
class Survivor:
    """What is left after `kills` kills and one life that settled everything."""

    books: Books
    venue: dict[str, Any]
    kills: int


async def survive(folder: Path, kills: int, within: float = math.inf) -> Survivor:
    """Confirm LIVE, then be killed up to `kills` times while trading, for `within` seconds, then come to rest."""
    began = SystemClock().monotonic()
    chance, killed = random.Random(SEED), 0
    async with exchange() as kraken:
        async with bot(folder, kraken.url) as (_, page):
            await page.ask("/live TRADE REAL MONEY")
        for _ in range(kills):
            if SystemClock().monotonic() - began > within:
                break
            async with bot(folder, kraken.url) as (alive, page):
                pressing = asyncio.Event()
                trading = asyncio.create_task(trade(page, chance, pressing))
                await pressing.wait()
                killed += await alive.lasts(chance.uniform(*KILLED_AFTER))
                await alive.kill()
                await ended(trading)
        async with bot(folder, kraken.url) as (_, page):
            books = Books(folder / "state")
            await settled(page, books, kraken.state)
            return Survivor(books, await kraken.state(), killed)


async def trade(page: Page, chance: random.Random, pressing: asyncio.Event) -> int:
    """Ask for two trades and press both at once; how many came to the press."""
    try:
        previews = [await page.ask(wish(chance, symbol)) for symbol in chance.sample(list(PRICES), 2)]
    finally:
        pressing.set()
    presses = [button(each, "Confirm") for each in previews if each["buttons"]]
    await asyncio.gather(*(page.press(press) for press in presses))
    return len(presses)


def wish(chance: random.Random, symbol: str) -> str:
    base = symbol.split("/")[0].lower()
    return f"/buy {chance.randint(20, 90)} {base}" if chance.random() < 0.7 else f"/close {base}"


async def ended(trading: asyncio.Task[int]) -> None:
    """Whatever became of a trade whose bot is gone."""
    with suppress(aiohttp.ClientError, AssertionError, OSError):
        await trading


async def settled(page: Page, books: Books, state: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    """Wait until every trade is booked and nothing is open but what the exchange does not have."""
    async with asyncio.timeout(SETTLED_WITHIN):
        while True:
            assert said(await page.ask("/reconcile"))
            venue = await state()
            taken = {plain(order.get("cl_ord_id")) for order in venue["orders"].values()}
            rows = [row for row in books.rows("orders") if row["status"] not in FINAL]
            booked = {fill["trade_id"] for fill in books.fills}
            if set(venue["trades"]) == booked and not any(plain(row["client_order_id"]) in taken for row in rows):
                return


def plain(client_order_id: str | None) -> str:
    return (client_order_id or "").replace("-", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def survivor(tmp_path_factory: pytest.TempPathFactory) -> Survivor:
    return await survive(tmp_path_factory.mktemp("live"), KILLS)


def audit(survivor: Survivor) -> None:
    """The exchange's books against the bot's."""
    orders = survivor.venue["orders"].values()
    stored = {plain(row["client_order_id"]): row for row in survivor.books.rows("orders")}
    times = Counter(plain(order["cl_ord_id"]) for order in orders)
    assert set(times.values()) <= {1}, "an order was sent twice"
    assert set(times) <= set(stored), "an order was sent that nobody had written down"
    for order in orders:
        row = stored[plain(order["cl_ord_id"])]
        assert Decimal(row["filled_quantity"]) == Decimal(order["vol_exec"]) <= Decimal(row["quantity"])
    fills = {fill["trade_id"]: fill for fill in survivor.books.fills}
    assert len(fills) == len(survivor.books.fills)
    assert set(fills) == set(survivor.venue["trades"])
    for trade_id, told in survivor.venue["trades"].items():
        assert Decimal(fills[trade_id]["quantity"]) == Decimal(told["vol"])
    closing = survivor.books.close()
    assert closing.agrees()
    for currency, total in survivor.venue["balances"].items():
        allowed = CRUMB if currency == "USD" else Decimal(0)
        assert abs(closing.held.get(currency, Decimal(0)) - Decimal(total)) <= allowed, currency


class TestAfterManyKills:
    async def test_it_was_killed_while_it_traded(self, survivor: Survivor) -> None:
        assert survivor.kills == KILLS
        assert survivor.venue["trades"]

    async def test_the_exchanges_books_are_ours(self, survivor: Survivor, proof: Proof) -> None:
        audit(survivor)
        proof(1, cases=survivor.kills)
        proof(2, cases=survivor.kills)

    async def test_the_exchange_had_nothing_to_complain_about(self, survivor: Survivor) -> None:
        assert survivor.venue["violations"] == []

    async def test_the_journal_has_no_gap(self, survivor: Survivor) -> None:
        numbers = [row["seq"] for row in survivor.books.rows("journal")]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.soak
async def test_killed_hundreds_of_times(tmp_path: Path, proof: Proof) -> None:
    survived = await survive(tmp_path, LONG_KILLS, LONG_SECONDS)
    audit(survived)
    assert survived.kills > 5 * KILLS
    proof(1, cases=survived.kills)
    proof(2, cases=survived.kills)
