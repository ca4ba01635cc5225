"""Keeps the newest quotes coming: from a stream where there is one, by polling where not, and says when they stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from trading.clock import Clock
from trading.domain.event import FeedRecovered, FeedStale
from trading.domain.market import Quote
from trading.errors import Retryable
from trading.exchange.ports import MarketData
from trading.market.quotes import QuoteCache
from trading.store.port import Store

OnQuote = Callable[[str, Quote], Awaitable[None]]


class FeedHealth:
    """Tells once when prices have stopped, and once when they are back."""

    def __init__(
        self, store: Store, quotes: QuoteCache, symbols: Sequence[str], limit: timedelta, clock: Clock
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._symbols = symbols
        self._limit = limit
        self._clock = clock
        self._since = clock.now()
        self._stale: tuple[str, ...] = ()

    async def check(self, reason: str) -> None:
        """Compare ages with the limit; `reason` is what the feed last complained of."""
        stale = tuple(symbol for symbol in self._symbols if self._age(symbol) > self._limit)
        was, self._stale = self._stale, stale
        now = self._clock.now()
        if stale and not was:
            oldest = max(self._age(symbol) for symbol in stale).total_seconds()
            await self._tell(FeedStale(now, stale, oldest, reason or "no new prices"))
        elif was and not stale:
            await self._tell(FeedRecovered(now, was))

    def _age(self, symbol: str) -> timedelta:
        age = self._quotes.age(symbol)
        return age if age is not None else self._clock.now() - self._since

    async def _tell(self, event: FeedStale | FeedRecovered) -> None:
        async with self._store.transaction() as tx:
            await tx.append(event)


class PollingFeed:
    """Fetches quotes of all symbols every `interval` and hands each to `on_quote`."""

    def __init__(
        self,
        market: MarketData,
        quotes: QuoteCache,
        symbols: Sequence[str],
        on_quote: OnQuote,
        health: FeedHealth,
        interval: timedelta,
        clock: Clock,
    ) -> None:
        self._market = market
        self._quotes = quotes
        self._symbols = symbols
        self._on_quote = on_quote
        self._health = health
        self._interval = interval
        self._clock = clock

    async def run(self) -> None:
        """Poll until cancelled. A market that cannot be read is reported and asked again."""
        while True:
            await self.poll()
            await self._clock.sleep(self._interval.total_seconds())

    async def poll(self) -> None:
        reason = ""
        try:
            for symbol, quote in (await self._market.quotes(self._symbols)).items():
                if self._quotes.put(symbol, quote):
                    await self._on_quote(symbol, quote)
        except Retryable as error:
            reason = str(error)
        await self._health.check(reason)


class StreamingFeed:
    """Hands on every tick of the market's stream, and comes back after the stream breaks."""

    def __init__(
        self,
        market: MarketData,
        quotes: QuoteCache,
        symbols: Sequence[str],
        on_quote: OnQuote,
        retry: timedelta,
        clock: Clock,
    ) -> None:
        self._market = market
        self._quotes = quotes
        self._symbols = symbols
        self._on_quote = on_quote
        self._retry = retry
        self._clock = clock

    async def run(self) -> None:
        """Follow the stream until cancelled; return at once where the market has none. Polling goes on beside it."""
        while True:
            ticks = self._market.stream(self._symbols)
            if ticks is None:
                return
            try:
                async for symbol, quote in ticks:
                    if self._quotes.put(symbol, quote):
                        await self._on_quote(symbol, quote)
            except Retryable:
                # Polling carries on and reports if prices grow old; the stream is only the faster way.
                pass
            await self._clock.sleep(self._retry.total_seconds())
