"""What Kraken says in public: the pairs it lists and their prices, as answers of REST and frames of WebSocket v2.

Prices follow a fixed path through time, or what was set. No network here; servers carry the answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from trading.clock import Clock

MINUTES = (1, 5, 15, 30, 60, 240, 1440, 10080, 21600)
LEVELS = 25
CANDLES = 720
"""How many candles an answer holds at most, the unfinished one included."""
TAKER_FEES = ((0, 0.4), (10_000, 0.35))
MAKER_FEES = ((0, 0.25), (10_000, 0.2))
"""Percent of the notional, from a volume of 30 days in USD upwards."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A listed pair: Kraken's own names beside the usual ones."""

    id: str
    base: str
    quote: str
    base_id: str
    quote_id: str
    price: float
    decimals: int
    minimum: str
    status: str = "online"

    @property
    def symbol(self) -> str:
        """The name on the websocket."""
        return f"{self.base}/{self.quote}"

    @property
    def rest_base(self) -> str:
        return "XBT" if self.base == "BTC" else self.base

    @property
    def altname(self) -> str:
        """The short name, which private answers use in descriptions."""
        return self.rest_base + self.quote.replace("BTC", "XBT")

    @property
    def tick(self) -> Decimal:
        """The price step."""
        return Decimal(1).scaleb(-self.decimals)

    @property
    def cost_minimum(self) -> Decimal:
        """The smallest notional of an order, in quote."""
        return Decimal("0.5") if self.quote == "USD" else Decimal("0.00002")

    @property
    def cost_decimals(self) -> int:
        """How many decimals costs and fees have."""
        return 5 if self.quote == "USD" else 10


PAIRS = (
    Pair("XXBTZUSD", "BTC", "USD", "XXBT", "ZUSD", 60000.0, 1, "0.00005"),
    Pair("XETHZUSD", "ETH", "USD", "XETH", "ZUSD", 3000.0, 2, "0.002"),
    Pair("SOLUSD", "SOL", "USD", "SOL", "ZUSD", 150.0, 2, "0.02"),
    Pair("ADAUSD", "ADA", "USD", "ADA", "ZUSD", 0.45, 6, "4.4"),
    Pair("XETHXXBT", "ETH", "BTC", "XETH", "XXBT", 0.05, 5, "0.002"),
    Pair("XLTCZUSD", "LTC", "USD", "XLTC", "ZUSD", 80.0, 2, "0.06", status="cancel_only"),
)


class Refused(Exception):
    """An error that Kraken reports in an answer with status 200."""


class KrakenMarket:
    """The public half of Kraken as plain questions and answers. Raises Refused for what Kraken would refuse."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._prices: dict[str, float] = {}
        self.level_worth = 25_000.0
        """What each level of an order book holds, in USD."""
        self.system = "online"
        """What SystemStatus says: online, maintenance, cancel_only, post_only, limit_only."""

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()

    def set_price(self, symbol: str, price: float) -> None:
        """From now on `symbol` trades at `price` and leaves its path."""
        self._prices[pair_of(symbol).id] = price

    def price(self, pair: Pair, at: float) -> float:
        """The price at `at` (seconds since 1970): three waves around the pair's own level, or what was set."""
        phase = sum(pair.id.encode())
        waves = ((0.03, 86_400 * 5), (0.01, 13_000), (0.002, 700))
        drift = sum(size * math.sin(2 * math.pi * at / length + phase) for size, length in waves)
        return round(self._prices.get(pair.id, pair.price * (1 + drift)), pair.decimals)

    def quote(self, pair: Pair) -> tuple[float, float, float]:
        """Bid, ask and last now."""
        last = self.price(pair, self.now())
        step = 10.0**-pair.decimals
        return last - step, last + step, last

    def answers(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        """What may be asked in public, by the last part of its path."""
        return {
            "Assets": self._assets,
            "AssetPairs": self._asset_pairs,
            "Ticker": self._ticker,
            "Depth": self._depth,
            "OHLC": self._ohlc,
            "SystemStatus": self._system_status,
            "Time": self._time,
        }

    def _assets(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "asset", "aclass")
        ids = {pair.base_id: pair.rest_base for pair in PAIRS} | {"ZUSD": "USD", "XXBT": "XBT"}
        return {
            id_: {
                "aclass": "currency",
                "altname": name,
                "decimals": 4 if id_ == "ZUSD" else 10,
                "display_decimals": 2 if id_ == "ZUSD" else 5,
                "status": "enabled",
            }
            for id_, name in ids.items()
        }

    def _asset_pairs(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "pair", "info", "country_code", "assetVersion")
        return {pair.id: _listing(pair) for pair in asked(query.get("pair"))}

    def _ticker(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "pair", "assetVersion")
        return {pair.id: self._rest_ticker(pair) for pair in asked(query.get("pair"))}

    def _depth(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "pair", "count", "assetVersion")
        (pair,) = asked(query.get("pair", ""))
        levels = range(min(whole(query.get("count", "100"), "count"), LEVELS))
        bid, ask, last = self.quote(pair)
        step, volume = 10.0**-pair.decimals, self.level_worth / (last if pair.quote == "USD" else last * 60_000)
        rows = {"asks": [ask + i * step for i in levels], "bids": [bid - i * step for i in levels]}
        now = int(self.now())
        return {
            pair.id: {
                side: [[_text(price, pair), f"{volume:.3f}", now] for price in prices] for side, prices in rows.items()
            }
        }

    def _ohlc(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "pair", "interval", "since", "assetVersion")
        minutes = whole(query.get("interval", "1"), "interval")
        if minutes not in MINUTES or "pair" not in query:
            raise Refused("EGeneral:Invalid arguments")
        (pair,) = asked(query["pair"])
        length = minutes * 60
        last = int(self.now()) // length * length
        first = max(whole(query.get("since", "0"), "since") // length * length + length, last - (CANDLES - 1) * length)
        rows = [self._candle(pair, start, length) for start in range(first, last + 1, length)]
        return {pair.id: rows, "last": last - length}

    def _system_status(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query)
        return {"status": self.system, "timestamp": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _time(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query)
        return {"unixtime": int(self.now()), "rfc1123": self._clock.now().strftime("%a, %d %b %y %H:%M:%S +0000")}

    def _candle(self, pair: Pair, start: int, length: int) -> list[Any]:
        """Times in seconds, prices as text, the way Kraken answers; the one that is still running ends now."""
        end = min(start + length, int(self.now()))
        path = [self.price(pair, start + (end - start) * step / 4) for step in range(5)]
        texts = [_text(value, pair) for value in (path[0], max(path), min(path), path[-1], sum(path) / 5)]
        return [start, *texts, "12.50000000", 40]

    def _rest_ticker(self, pair: Pair) -> dict[str, Any]:
        bid, ask, last = (_text(value, pair) for value in self.quote(pair))
        day = [_text(pair.price, pair)] * 2
        return {
            "a": [ask, "1", "1.000"],
            "b": [bid, "1", "1.000"],
            "c": [last, "0.01000000"],
            "v": ["4083.67001100", "4412.73601799"],
            "p": day,
            "t": [34619, 38907],
            "l": day,
            "h": day,
            "o": day[0],
        }

    def reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The times and the number with which every answer on the websocket starts."""
        instant = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        number = {"req_id": message["req_id"]} if "req_id" in message else {}
        return {"time_in": instant, "time_out": instant} | number

    def status_frame(self) -> dict[str, Any]:
        """The first frame of every connection."""
        status = {"api_version": "v2", "connection_id": 1, "system": self.system, "version": "2.0.0"}
        return {"channel": "status", "type": "update", "data": [status]}

    def ticker_frame(self, pair: Pair, kind: str) -> dict[str, Any]:
        """`kind` is "snapshot" or "update"."""
        bid, ask, last = (round(value, pair.decimals) for value in self.quote(pair))
        sizes = {"bid_qty": 1.0, "ask_qty": 1.0, "volume": 2158.32346723}
        day = {"vwap": pair.price, "low": pair.price, "high": pair.price, "change": 0.0, "change_pct": 0.0}
        ticker = {"symbol": pair.symbol, "bid": bid, "ask": ask, "last": last} | sizes | day
        return {"channel": "ticker", "type": kind, "data": [ticker]}

    def candle_frame(self, pair: Pair, minutes: int, kind: str) -> dict[str, Any]:
        """The candle that is still running; `kind` is "snapshot" or "update"."""
        length = minutes * 60
        start = int(self.now()) // length * length
        _, *texts, volume, trades = self._candle(pair, start, length)
        names = ("open", "high", "low", "close", "vwap")
        candle = dict(zip(names, map(float, texts), strict=True)) | {
            "symbol": pair.symbol,
            "volume": float(volume),
            "trades": trades,
            "interval": minutes,
            "interval_begin": _instant(start),
            "timestamp": _instant(start + length),
        }
        return {"channel": "ohlc", "type": kind, "timestamp": _instant(self.now()), "data": [candle]}


def pair_of(symbol: str) -> Pair:
    """The pair with the usual name `symbol`. Raises KeyError."""
    return {pair.symbol: pair for pair in PAIRS}[symbol]


def asked(names: str | None) -> list[Pair]:
    """The pairs behind `names` (ids or short names, with commas), all for None. Raises Refused."""
    if names is None:
        return list(PAIRS)
    known = {name: pair for pair in PAIRS for name in (pair.id, pair.altname)}
    try:
        return [known[name] for name in names.split(",")]
    except KeyError:
        raise Refused("EQuery:Unknown asset pair") from None


def allow(query: Mapping[str, str], *names: str) -> None:
    """Raises Refused when something else than `names` was sent."""
    if set(query) - set(names):
        raise Refused("EGeneral:Invalid arguments")


def whole(text: str, name: str) -> int:
    """A number without sign or fraction. Raises Refused with the parameter's `name`."""
    if not text.isdecimal():
        raise Refused(f"EGeneral:Invalid arguments:{name}")
    return int(text)


def dumps(data: Any) -> str:
    """JSON as the servers send it."""
    return orjson.dumps(data).decode()


def _listing(pair: Pair) -> dict[str, Any]:
    return {
        "altname": pair.altname,
        "wsname": f"{pair.rest_base}/{pair.quote.replace('BTC', 'XBT')}",
        "aclass_base": "currency",
        "base": pair.base_id,
        "aclass_quote": "currency",
        "quote": pair.quote_id,
        "lot": "unit",
        "cost_decimals": pair.cost_decimals,
        "pair_decimals": pair.decimals,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": TAKER_FEES,
        "fees_maker": MAKER_FEES,
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": pair.minimum,
        "costmin": format(pair.cost_minimum, "f"),
        "tick_size": format(pair.tick, "f"),
        "status": pair.status,
    }


def _text(value: float, pair: Pair) -> str:
    return f"{value:.{pair.decimals}f}"


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
