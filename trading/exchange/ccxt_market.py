"""A real exchange's public market data through ccxt. No keys are used, and nothing is ever sent but questions."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ccxt.base.decimal_to_precision import TICK_SIZE

from trading.clock import Clock
from trading.domain.market import TIMEFRAMES, Candle, Depth, Instrument, Level, Quote
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_client import in_our_words, is_no_such_question, load_markets, make_client
from trading.exchange.columns import from_ms
from trading.exchange.ports import FeeRates

# Kraken's ticker stream speaks on trades unless asked to speak on every change of bid or ask.
_STREAM_PARAMETERS: Mapping[str, Mapping[str, str]] = {"kraken": {"event_trigger": "bbo"}}


class CcxtMarketData:
    """`MarketData` over the spot markets of one exchange ("kraken").

    Every failure is a `Retryable` with one sentence; an exchange, symbol or timeframe that does not
    exist is a `SettingsError`. `base_url` sends everything to another address, for tests and proxies.
    """

    def __init__(
        self,
        exchange_id: str,
        *,
        clock: Clock,
        base_url: str | None = None,
        timeout: timedelta = timedelta(seconds=10),
        requests_per_second: float | None = None,
    ) -> None:
        self._client = make_client(exchange_id, base_url, timeout, requests_per_second)
        self._clock = clock
        self._timeout = timeout
        self._instruments: Mapping[str, Instrument] = {}

    @property
    def name(self) -> str:
        return str(self._client.name)

    async def instruments(self) -> Mapping[str, Instrument]:
        """The active spot pairs; asked for once, then remembered."""
        if not self._instruments:
            with self._asking():
                markets = await load_markets(self._client)
                tick_sizes = self._client.precisionMode == TICK_SIZE
                spot = [_instrument(market, tick_sizes) for market in markets.values() if _is_tradable(market)]
            if not spot:
                raise Retryable(f"{self.name} listed no spot markets; asking again later.")
            self._instruments = {instrument.symbol: instrument for instrument in spot}
        return self._instruments

    async def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote]:
        """The newest quotes in one request; a pair that nobody quotes is left out."""
        await self._require(symbols)
        if not symbols:
            return {}
        with self._asking():
            tickers = await self._client.fetch_tickers(list(symbols))
            found = {symbol: self._quote(tickers.get(symbol)) for symbol in symbols}
        if not tickers:
            raise Retryable(f"{self.name} answered without prices; asking again later.")
        return {symbol: quote for symbol, quote in found.items() if quote is not None}

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        """Closed candles, as far back as the exchange gives in one answer (Kraken: 720)."""
        await self._require([symbol])
        if timeframe not in TIMEFRAMES or timeframe not in (self._client.timeframes or ()):
            raise SettingsError(f"{self.name} has no {timeframe} candles; it has {', '.join(self._timeframes())}.")
        with self._asking():
            # One more than asked for: the newest is not over yet.
            rows = await self._client.fetch_ohlcv(symbol, timeframe, None, limit + 1)
            candles = [_candle(timeframe, row) for row in rows]
        if not candles:
            raise Retryable(f"{self.name} answered without candles of {symbol}; asking again later.")
        now = self._clock.now()
        return [candle for candle in candles if candle.closed_at <= now][-limit:] if limit > 0 else []

    @property
    def has_books(self) -> bool:
        return bool(self._client.has.get("fetchOrderBook"))

    async def depth(self, symbol: str, limit: int = 50) -> Depth | None:
        """The order book, exact. An empty, crossed or disordered one is no answer; None where there are no books."""
        await self._require([symbol])
        if not self.has_books:
            return None
        # Dated by our clock at the question: an answer that took long is old when it comes, and few venues date books.
        asked_at = self._clock.now()
        try:
            with self._asking():
                found = _depth(await self._client.fetch_order_book(symbol, limit), asked_at)
        except Retryable as error:
            if is_no_such_question(error.__cause__):
                return None
            raise
        if not _is_sound(found):
            raise Retryable(f"{self.name} gave an order book of {symbol} that cannot be right; asking again later.")
        return found

    def stream(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Quote]] | None:
        """Quotes as they change. Ends with Retryable when the connection breaks; then ask for a new stream."""
        return self._watch(symbols) if self._client.has.get("watchTickers") else None

    async def published_fees(self, symbol: str) -> FeeRates | None:
        """The exchange's public rates at its lowest tier; None where it does not publish them."""
        await self._require([symbol])
        market = self._client.markets[symbol]
        maker, taker = market.get("maker"), market.get("taker")
        return None if maker is None or taker is None else FeeRates(_exact(maker), _exact(taker))

    async def close(self) -> None:
        await self._client.close()

    async def _watch(self, symbols: Sequence[str]) -> AsyncIterator[tuple[str, Quote]]:
        await self._require(symbols)
        parameters = dict(_STREAM_PARAMETERS.get(self._client.id, {}))
        # What a broken stream left behind in ccxt's cache is old, however new this stream is.
        told: dict[str, Any] = {symbol: self._client.tickers.get(symbol) for symbol in symbols}
        while True:
            with self._asking():
                changed = await self._client.watch_tickers(list(symbols), parameters)
                # ccxt returns one change and drops those that came while nobody waited; its cache has them all.
                newest = {symbol: self._client.tickers.get(symbol) or changed.get(symbol) for symbol in symbols}
                fresh = {symbol: ticker for symbol, ticker in newest.items() if ticker is not told.get(symbol)}
                quotes = {symbol: self._quote(ticker) for symbol, ticker in fresh.items()}
            told.update(fresh)
            for symbol, quote in quotes.items():
                if quote is not None:
                    yield symbol, quote

    async def _require(self, symbols: Collection[str]) -> None:
        """Raise SettingsError for symbols that the exchange does not have."""
        known = await self.instruments()
        missing = [symbol for symbol in symbols if symbol not in known]
        if missing:
            near = _near(missing[0], known)
            hint = f"near it there is {', '.join(near)}" if near else "pairs are written like BTC/USD"
            raise SettingsError(f"{self.name} has no spot market {missing[0]}; {hint}.")

    def _quote(self, ticker: Any) -> Quote | None:
        """A ticker as a quote, at the venue's time or else ours; None where a side is missing."""
        if not ticker or not (ticker.get("bid") and ticker.get("ask")):
            return None
        bid, ask = _exact(ticker["bid"]), _exact(ticker["ask"])
        last = _exact(ticker["last"]) if ticker.get("last") else (bid + ask) / 2
        if not ticker.get("timestamp"):
            return Quote(bid, ask, last, self._clock.now(), ours=True)
        return Quote(bid, ask, last, from_ms(int(ticker["timestamp"])))

    def _timeframes(self) -> list[str]:
        return [frame for frame in TIMEFRAMES if frame in (self._client.timeframes or ())]

    def _asking(self) -> Any:
        return in_our_words(self.name, self._timeout)


def _is_tradable(market: Mapping[str, Any]) -> bool:
    # A pair that is closed for now stays known: it may be held, and the venue's mode says that it takes no orders.
    return bool(market.get("spot") and market["precision"].get("price"))


def _instrument(market: Mapping[str, Any], tick_sizes: bool) -> Instrument:
    price_tick = _step(market["precision"]["price"], tick_sizes)
    lot_step = _step(market["precision"].get("amount") or Decimal("0.00000001"), tick_sizes)
    limits = market.get("limits") or {}
    smallest = (limits.get("amount") or {}).get("min") or lot_step
    cheapest = (limits.get("cost") or {}).get("min") or 0
    return Instrument(
        market["symbol"], market["base"], market["quote"], price_tick, lot_step, _exact(smallest), _exact(cheapest)
    )


def _step(precision: Any, tick_sizes: bool) -> Decimal:
    """Exchanges state a precision either as a step (0.01) or as a count of decimals (2)."""
    return _exact(precision) if tick_sizes else Decimal(1).scaleb(-int(precision))


def _exact(number: Any) -> Decimal:
    """A number of ccxt's as written: mostly a Decimal already, but some exchanges' parsers make floats."""
    return number if isinstance(number, Decimal) else Decimal(str(number))


def _candle(timeframe: str, row: Sequence[Any]) -> Candle:
    opened_at, open_, high, low, close, volume = row[:6]
    return Candle(
        timeframe, from_ms(int(opened_at)), float(open_), float(high), float(low), float(close), float(volume)
    )


def _depth(book: Mapping[str, Any], asked_at: datetime) -> Depth:
    bids, asks = (tuple(_level(row) for row in book[side]) for side in ("bids", "asks"))
    return Depth(bids, asks, asked_at)


def _level(row: Sequence[Any]) -> Level:
    return _exact(row[0]), _exact(row[1])


def _is_sound(depth: Depth) -> bool:
    """Both sides are there, every figure is one and above zero, prices get worse, and nobody bids what another asks."""
    if not depth.bids or not depth.asks:
        return False
    if not all(number.is_finite() and number > 0 for level in (*depth.bids, *depth.asks) for number in level):
        return False
    falling = all(better[0] >= worse[0] for better, worse in pairwise(depth.bids))
    rising = all(better[0] <= worse[0] for better, worse in pairwise(depth.asks))
    return falling and rising and depth.bids[0][0] < depth.asks[0][0]


def _near(symbol: str, known: Collection[str]) -> list[str]:
    """Symbols like `symbol`: other pairs of the same base first, then similar spellings."""
    wanted = symbol.upper()
    base = wanted.partition("/")[0]
    same_base = [name for name in known if name.partition("/")[0] == base]
    spelled = difflib.get_close_matches(wanted, known, n=5, cutoff=0.6)
    return list(dict.fromkeys((*difflib.get_close_matches(wanted, same_base, n=3, cutoff=0.0), *spelled)))[:5]
