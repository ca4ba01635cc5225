"""What a decision is made from: holdings, prices, indicators and the thesis, at one instant and no later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from trading.domain.market import Candle, Instrument, Quote
from trading.domain.plan import Thesis
from trading.errors import SettingsError, StaleData
from trading.exchange.columns import Columns
from trading.exchange.ports import MarketData
from trading.market.fees import FeeTable
from trading.market.indicators import summary
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.risk.limits import Limits

DAILY_HISTORY = 200
"""Daily candles in a snapshot: enough for the longest trend with room."""

HOURLY_HISTORY = 200


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`weights` are shares of equity by symbol; `daily_closes` oldest first; `text` the canonical JSON of it all."""

    at: datetime
    equity: Decimal
    weights: Mapping[str, Decimal]
    quotes: Mapping[str, Quote]
    daily_closes: Mapping[str, npt.NDArray[np.float64]]
    text: str


class Snapshots:
    """Takes snapshots. Raises Retryable when the market cannot be read."""

    def __init__(
        self,
        market: MarketData,
        cache: QuoteCache,
        account: Account,
        instruments: Sequence[Instrument],
        limits: Limits,
        fees: FeeTable,
    ) -> None:
        self._market = market
        self._cache = cache
        self._account = account
        self._instruments = instruments
        self._limits = limits
        self._fees = fees

    async def take(self, at: datetime, thesis: Thesis | None) -> Snapshot:
        """The world as it is known at `at`."""
        symbols = [instrument.symbol for instrument in self._instruments]
        quotes = await self._market.quotes(symbols)
        for symbol, quote in quotes.items():
            self._cache.put(symbol, quote)
        daily = {symbol: await self._market.candles(symbol, "1d", DAILY_HISTORY) for symbol in symbols}
        hourly = {symbol: await self._hourly(symbol) for symbol in symbols}
        equity = self._account.equity()
        if equity is None:
            raise StaleData("something that is held has no price yet; wait for the market data.")
        weights = self._weights(equity)
        text = _canonical(
            {
                "at": at.isoformat(),
                "quote": self._account.book.quote,
                "equity": equity,
                "cash": self._account.book.cash,
                "holdings": self._holdings(weights),
                "prices": {
                    s: {"last": q.last, "bid": q.bid, "ask": q.ask, "at": q.at.isoformat()} for s, q in quotes.items()
                },
                "indicators": {s: _indicators(daily[s], hourly[s]) for s in symbols},
                "thesis": thesis.text if thesis else "",
                "limits": self._rules(),
            }
        )
        closes = {symbol: columns(candles).close for symbol, candles in daily.items()}
        return Snapshot(at, equity, weights, quotes, closes, text)

    async def _hourly(self, symbol: str) -> Sequence[Candle]:
        """None where the market knows longer candles only: a recording of days decides from days."""
        try:
            return await self._market.candles(symbol, "1h", HOURLY_HISTORY)
        except SettingsError:
            return ()

    def _weights(self, equity: Decimal) -> dict[str, Decimal]:
        if not equity:
            return {}
        held = self._account.book.positions()
        return {p.symbol: p.quantity * (self._account.price(p.symbol) or Decimal(0)) / equity for p in held}

    def _holdings(self, weights: Mapping[str, Decimal]) -> list[dict[str, object]]:
        return [
            {
                "symbol": position.symbol,
                "quantity": position.quantity,
                "entry_price": position.entry_price,
                "weight": round(weights.get(position.symbol, Decimal(0)), 6),
            }
            for position in self._account.book.positions()
        ]

    def _rules(self) -> dict[str, object]:
        return {
            "max_position": self._limits.max_position,
            "max_order_size": self._limits.max_order_size,
            "fee_rate": {i.symbol: self._fees.taker(i.symbol) for i in self._instruments},
            "min_notional": {i.symbol: i.min_notional for i in self._instruments},
        }


def _indicators(daily: Sequence[Candle], hourly: Sequence[Candle]) -> dict[str, dict[str, float | None]]:
    """Daily figures whole; of the hourly ones those that mean the same on hours."""
    hours = summary(columns(hourly))
    return {
        "1d": summary(columns(daily)),
        "1h": {name: hours[name] for name in ("rsi14", "atr14_pct", "sma20", "sma50")},
    }


def columns(candles: Sequence[Candle]) -> Columns:
    """Candles as columns."""
    fields = ("open", "high", "low", "close", "volume")
    arrays = (np.array([getattr(candle, field) for candle in candles], dtype=np.float64) for field in fields)
    opened = np.array([int(candle.opened_at.timestamp() * 1000) for candle in candles], dtype=np.int64)
    return Columns(opened, *arrays)


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, allow_nan=False)
