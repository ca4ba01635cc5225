"""The real thing on paper: live prices from an exchange, orders filled at them here, and an outage lived through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
import pytest_asyncio

from tests.contract.kraken_server import Fault, KrakenServer
from tests.flows.page import Message, button, said
from tests.flows.program import Bot, running
from trading.clock import SystemClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRICE = 60_000.0
ASK = Decimal("60000.1")
OUTAGE = 6
"""Polls that fail, one in two seconds at most, where prices may be four seconds old."""


@dataclass(frozen=True)
class Market:
    """A bot on paper at a loopback exchange."""

    bot: Bot
    server: KrakenServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def market(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Market]:
    # Half a day away: no rebalance comes between.
    later = (SystemClock().now().hour + 12) % 24
    async with KrakenServer() as server:
        server.set_price("BTC/USD", PRICE)
        settings = {
            "EXCHANGE_BASE_URL": server.url,
            "SYMBOLS": "BTC/USD,ETH/USD",
            "STARTING_CASH": "1000",
            "MONITOR_INTERVAL_SECONDS": "1",
            "MAX_PRICE_AGE_SECONDS": "4",
            "TIMEZONE": "UTC",
            "REBALANCE_AT": f"{later:02}:30",
            "REPORT_AT": f"{later:02}:40",
        }
        async with running(tmp_path_factory.mktemp("exchange"), "run", **settings) as bot:
            yield Market(bot, server)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bought(market: Market) -> Message:
    """Bitcoin for 60 dollars: the press that confirmed it."""
    preview = await market.bot.page.ask("/buy 60 btc")
    assert market.bot.books.fills == [], "a preview places nothing"
    return await market.bot.page.press(button(preview, "Confirm"))


class TestComingUp:
    async def test_says_paper_and_the_exchange(self, market: Market) -> None:
        assert "Purser · PAPER · Kraken" in market.bot.program.output
        answer = said(await market.bot.page.ask("/status"))
        assert "PAPER · Kraken" in answer
        assert "$1,000.00" in answer

    async def test_tells_the_exchanges_price(self, market: Market) -> None:
        assert "60,000.0" in said(await market.bot.page.ask("what is the price of BTC?"))


class TestAPurchase:
    async def test_fills_here_at_the_exchanges_ask_and_a_little_slippage(self, market: Market, bought: Message) -> None:
        (fill,) = market.bot.books.fills
        assert fill["symbol"] == "BTC/USD"
        assert ASK <= Decimal(fill["price"]) <= ASK * Decimal("1.001")
        assert abs(Decimal(fill["price"]) * Decimal(fill["quantity"]) - 60) < 1
        assert "Confirmed by @owner" in bought["edit"]["text"]

    async def test_is_held_afterwards(self, market: Market, bought: Message) -> None:
        answer = said(await market.bot.page.ask("/portfolio"))
        assert "60,000.0" in answer
        assert market.bot.books.close().agrees()


async def test_an_outage_is_told_once_refuses_purchases_and_its_end_is_told_too(
    market: Market, bought: Message
) -> None:
    market.server.fail("Ticker", *[Fault.BAD_GATEWAY] * OUTAGE)
    await market.bot.page.message("Prices stopped", "No order is placed on them")
    refused = await market.bot.page.ask("/buy 60 btc")
    assert not any(each["label"] == "Confirm" for each in refused["buttons"])
    assert not refused["ok"]
    await market.bot.page.message("Prices are back")
    assert len(market.bot.books.events("feed_stale")) == len(market.bot.books.events("feed_recovered")) == 1
    assert len(market.bot.books.fills) == 1


async def test_nothing_private_is_ever_asked(market: Market, bought: Message) -> None:
    assert market.server.violations == []
    assert {request.split("?")[0].rsplit("/", 1)[0] for request in market.server.requests} == {"GET /0/public", "WS "}
