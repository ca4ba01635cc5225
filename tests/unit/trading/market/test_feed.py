"""Prices keep coming, by stream or by poll, and when they stop or come back it is told once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from tests.world import SmallWorld
from trading.domain.event import FeedRecovered, FeedStale
from trading.domain.market import Quote
from trading.errors import Retryable
from trading.market.feed import FeedHealth, PollingFeed, StreamingFeed

SYMBOLS = ("BTC/USD", "ETH/USD")
LIMIT = timedelta(minutes=2)


def health_of(world: SmallWorld) -> FeedHealth:
    return FeedHealth(world.store, world.core.quotes, SYMBOLS, LIMIT, world.clock)


def polling(world: SmallWorld, seen: list[tuple[str, Quote]]) -> PollingFeed:
    async def on_quote(symbol: str, quote: Quote) -> None:
        seen.append((symbol, quote))

    return PollingFeed(
        world.market, world.core.quotes, SYMBOLS, on_quote, health_of(world), timedelta(seconds=30), world.clock
    )


def both_priced(world: SmallWorld) -> None:
    for symbol, price in zip(SYMBOLS, (100, 10), strict=True):
        world.market.publish(symbol, price, world.clock.now())  # type: ignore[arg-type]


async def test_a_poll_hands_every_price_on_and_keeps_it(world: SmallWorld) -> None:
    seen: list[tuple[str, Quote]] = []
    world.clock.advance(30)
    both_priced(world)
    await polling(world, seen).poll()
    assert [symbol for symbol, _ in seen] == list(SYMBOLS)
    assert world.core.quotes.age("BTC/USD") == timedelta(0)


async def test_a_price_older_than_the_one_we_have_is_not_handed_on(world: SmallWorld) -> None:
    seen: list[tuple[str, Quote]] = []
    feed = polling(world, seen)
    world.clock.advance(30)
    newer = world.market.publish("BTC/USD", 100, world.clock.now() + timedelta(seconds=9))  # type: ignore[arg-type]
    world.core.quotes.put("BTC/USD", newer)
    await feed.poll()
    assert [symbol for symbol, _ in seen] == ["ETH/USD"]


async def test_an_outage_is_told_once_with_its_reason_and_its_end_once(world: SmallWorld) -> None:
    feed = polling(world, [])
    world.market.outage = "no route to the exchange"
    for _ in range(8):
        world.clock.advance(30)
        await feed.poll()
    (stale,) = await world.events(FeedStale)
    assert (stale.symbols, stale.reason, stale.age_seconds) == (SYMBOLS, "no route to the exchange", 150)
    world.market.outage = ""
    both_priced(world)
    for _ in range(3):
        await feed.poll()
    (recovered,) = await world.events(FeedRecovered)
    assert recovered.symbols == SYMBOLS


async def test_a_short_outage_is_not_worth_telling(world: SmallWorld) -> None:
    feed = polling(world, [])
    world.market.outage = "no route to the exchange"
    world.clock.advance(120)
    await feed.poll()
    assert await world.events(FeedStale) == []


async def test_a_symbol_that_never_had_a_price_grows_stale_too(world: SmallWorld) -> None:
    health = FeedHealth(world.store, world.core.quotes, ("DOGE/USD",), LIMIT, world.clock)
    world.clock.advance(121)
    await health.check("")
    (stale,) = await world.events(FeedStale)
    assert (stale.symbols, stale.reason) == (("DOGE/USD",), "no new prices")


async def test_polling_goes_on_until_it_is_cancelled(world: SmallWorld) -> None:
    seen: list[tuple[str, Quote]] = []
    task = asyncio.create_task(polling(world, seen).run())
    for _ in range(60):
        await asyncio.sleep(0)
        world.clock.advance(1)
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    assert len(seen) == 6


class Ticker:
    """A market with a stream that breaks after each tick."""

    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self.opened = 0

    def stream(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Quote]]:
        self.opened += 1
        return self._ticks()

    async def _ticks(self) -> AsyncIterator[tuple[str, Quote]]:
        yield "BTC/USD", self._world.market.publish("BTC/USD", 100 + self.opened, self._world.clock.now())  # type: ignore[arg-type]
        raise Retryable("the stream broke")


async def test_a_broken_stream_is_opened_again_after_a_while(world: SmallWorld) -> None:
    seen: list[Quote] = []

    async def on_quote(symbol: str, quote: Quote) -> None:
        seen.append(quote)

    ticker = Ticker(world)
    feed = StreamingFeed(
        ticker,  # type: ignore[arg-type]
        world.core.quotes,
        SYMBOLS,
        on_quote,
        timedelta(seconds=5),
        world.clock,
    )
    task = asyncio.create_task(feed.run())
    for _ in range(11):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        world.clock.advance(1)
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    assert ticker.opened == 3
    assert [int(quote.last) for quote in seen] == [101, 102, 103]


async def test_where_there_is_no_stream_streaming_ends_at_once(world: SmallWorld) -> None:
    async def on_quote(symbol: str, quote: Quote) -> None:
        raise AssertionError

    feed = StreamingFeed(world.market, world.core.quotes, SYMBOLS, on_quote, timedelta(seconds=5), world.clock)
    await asyncio.wait_for(feed.run(), 5)
