"""Kraken's public interface on loopback, as strict as the original: unknown paths, parameters and pairs are refused.

It knows /0/public/{Assets,AssetPairs,Ticker,OHLC,SystemStatus,Time} and the ticker channel of
WebSocket v2. Every request is recorded; anything private, or sent with a key, is refused and noted in
`violations`. Prices follow a fixed path through time. Faults are queued per path with `fail`.

Run it alone with `python -m tests.contract.kraken_server --port 8080`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from trading.clock import Clock, SystemClock

MINUTES = (1, 5, 15, 30, 60, 240, 1440, 10080, 21600)
CANDLES = 720
"""How many candles an answer holds at most, the unfinished one included."""


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


PAIRS = (
    Pair("XXBTZUSD", "BTC", "USD", "XXBT", "ZUSD", 60000.0, 1, "0.00005"),
    Pair("XETHZUSD", "ETH", "USD", "XETH", "ZUSD", 3000.0, 2, "0.002"),
    Pair("SOLUSD", "SOL", "USD", "SOL", "ZUSD", 150.0, 2, "0.02"),
    Pair("ADAUSD", "ADA", "USD", "ADA", "ZUSD", 0.45, 6, "4.4"),
    Pair("XETHXXBT", "ETH", "BTC", "XETH", "XXBT", 0.05, 5, "0.002"),
    Pair("XLTCZUSD", "LTC", "USD", "XLTC", "ZUSD", 80.0, 2, "0.06", status="cancel_only"),
)


class Fault(Enum):
    """Ways in which an answer goes wrong."""

    BAD_GATEWAY = "502"
    HTML = "an HTML page with status 200"
    TRUNCATED = "JSON that stops in the middle"
    EMPTY = "an empty body with status 200"
    TOO_MANY = "429"
    RATE_LIMIT = "an error in JSON that says we ask too often"
    MAINTENANCE = "an error in JSON that says the service is not available"
    HANG = "no answer"


_HTML = "<html><head><title>Just a moment</title></head><body>Please wait.</body></html>"


class KrakenServer:
    """`async with KrakenServer() as server: server.url` serves on a free loopback port."""

    def __init__(self, *, port: int = 0, clock: Clock | None = None) -> None:
        self._port = port
        self._clock = clock or SystemClock()
        self._pairs = {pair.id: pair for pair in PAIRS}
        self._prices: dict[str, float] = {}
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._closing = asyncio.Event()
        self._sockets: dict[web.WebSocketResponse, dict[str, Pair]] = {}
        self._subscribed = asyncio.Condition()
        self.requests: list[str] = []
        self.violations: list[str] = []
        self.url = ""

    async def __aenter__(self) -> KrakenServer:
        app = web.Application()
        app.router.add_get("/v2", self._websocket)
        app.router.add_route("*", "/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._closing.set()
        await self.drop_streams()
        await self._runner.cleanup()

    def fail(self, name: str, *faults: Fault) -> None:
        """The next requests to /0/public/`name` meet these faults, in turn."""
        self._faults[name].extend(faults)

    def set_price(self, symbol: str, price: float) -> None:
        """From now on `symbol` trades at `price` and leaves its path."""
        self._prices[next(pair.id for pair in PAIRS if pair.symbol == symbol)] = price

    def price(self, pair: Pair, at: float) -> float:
        """The price at `at` (seconds since 1970): three waves around the pair's own level, or what was set."""
        phase = sum(pair.id.encode())
        waves = ((0.03, 86_400 * 5), (0.01, 13_000), (0.002, 700))
        drift = sum(size * math.sin(2 * math.pi * at / length + phase) for size, length in waves)
        return round(self._prices.get(pair.id, pair.price * (1 + drift)), pair.decimals)

    async def tick(self) -> None:
        """Send the present price of every subscribed pair."""
        for socket, pairs in list(self._sockets.items()):
            for pair in pairs.values():
                await socket.send_json(self._ticker_frame(pair, "update"), dumps=_dumps)

    async def drop_streams(self) -> None:
        """Close every websocket, as Kraken does at times."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def wait_for_subscription(self, symbol: str) -> None:
        """Return once somebody listens to `symbol`."""
        async with self._subscribed:
            await self._subscribed.wait_for(lambda: any(symbol in pairs for pairs in self._sockets.values()))

    def _now(self) -> float:
        return self._clock.now().timestamp()

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path_qs}")
        name = request.path.removeprefix("/0/public/")
        answer = _ANSWERS.get(name)
        if answer is None or request.method != "GET" or "API-Key" in request.headers:
            self.violations.append(f"{request.method} {request.path_qs}")
            return _error("EGeneral:Unknown method" if "API-Key" not in request.headers else "EAPI:Invalid key")
        if self._faults[name]:
            return await self._faulty(self._faults[name].popleft())
        try:
            return _json({"error": [], "result": answer(self, dict(request.query))})
        except _Refused as refused:
            return _error(str(refused))

    async def _faulty(self, fault: Fault) -> web.StreamResponse:
        match fault:
            case Fault.BAD_GATEWAY:
                return web.Response(status=502, text=_HTML, content_type="text/html")
            case Fault.HTML:
                return web.Response(text=_HTML, content_type="text/html")
            case Fault.TRUNCATED:
                return web.Response(text='{"error":[],"result":{"XXBTZUSD":{"a":["600', content_type="application/json")
            case Fault.EMPTY:
                return web.Response(text="", content_type="application/json")
            case Fault.TOO_MANY:
                return web.Response(status=429, text="Too Many Requests")
            case Fault.RATE_LIMIT:
                return _error("EAPI:Rate limit exceeded")
            case Fault.MAINTENANCE:
                return _error("EService:Unavailable")
            case Fault.HANG:
                await self._closing.wait()
                return web.Response(status=503)

    def _assets(self, query: Mapping[str, str]) -> dict[str, Any]:
        _allow(query, "asset", "aclass")
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
        _allow(query, "pair", "info", "country_code", "assetVersion")
        return {pair.id: _listing(pair) for pair in self._asked(query.get("pair"))}

    def _ticker(self, query: Mapping[str, str]) -> dict[str, Any]:
        _allow(query, "pair", "assetVersion")
        return {pair.id: self._rest_ticker(pair) for pair in self._asked(query.get("pair"))}

    def _ohlc(self, query: Mapping[str, str]) -> dict[str, Any]:
        _allow(query, "pair", "interval", "since", "assetVersion")
        minutes = _whole(query.get("interval", "1"), "interval")
        if minutes not in MINUTES or "pair" not in query:
            raise _Refused("EGeneral:Invalid arguments")
        (pair,) = self._asked(query["pair"])
        length = minutes * 60
        last = int(self._now()) // length * length
        first = max(_whole(query.get("since", "0"), "since") // length * length + length, last - (CANDLES - 1) * length)
        rows = [self._candle(pair, start, length) for start in range(first, last + 1, length)]
        return {pair.id: rows, "last": last - length}

    def _system_status(self, query: Mapping[str, str]) -> dict[str, Any]:
        _allow(query)
        return {"status": "online", "timestamp": self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _time(self, query: Mapping[str, str]) -> dict[str, Any]:
        _allow(query)
        return {"unixtime": int(self._now()), "rfc1123": self._clock.now().strftime("%a, %d %b %y %H:%M:%S +0000")}

    def _asked(self, names: str | None) -> list[Pair]:
        if names is None:
            return list(self._pairs.values())
        known = {name: pair for pair in PAIRS for name in (pair.id, pair.rest_base + pair.quote)}
        try:
            return [known[name] for name in names.split(",")]
        except KeyError:
            raise _Refused("EQuery:Unknown asset pair") from None

    def _candle(self, pair: Pair, start: int, length: int) -> list[Any]:
        """Times in seconds, prices as text, the way Kraken answers; the one that is still running ends now."""
        end = min(start + length, int(self._now()))
        path = [self.price(pair, start + (end - start) * step / 4) for step in range(5)]
        texts = [_text(value, pair) for value in (path[0], max(path), min(path), path[-1], sum(path) / 5)]
        return [start, *texts, "12.50000000", 40]

    def _rest_ticker(self, pair: Pair) -> dict[str, Any]:
        bid, ask, last = (_text(value, pair) for value in self._quote(pair))
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

    def _quote(self, pair: Pair) -> tuple[float, float, float]:
        last = self.price(pair, self._now())
        step = 10.0**-pair.decimals
        return last - step, last + step, last

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        self.requests.append("WS /v2")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[socket] = {}
        status = {"api_version": "v2", "connection_id": 1, "system": "online", "version": "2.0.0"}
        await socket.send_json({"channel": "status", "type": "update", "data": [status]}, dumps=_dumps)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._told(socket, orjson.loads(message.data))
        finally:
            del self._sockets[socket]
        return socket

    async def _told(self, socket: web.WebSocketResponse, message: Mapping[str, Any]) -> None:
        if message.get("method") == "ping":
            await socket.send_json(self._reply(message) | {"method": "pong"}, dumps=_dumps)
            return
        parameters = message.get("params", {})
        if message.get("method") != "subscribe" or parameters.get("channel") != "ticker":
            self.violations.append(f"WS {_dumps(message)}")
            refusal = {"method": message.get("method"), "error": "Method or channel not supported", "success": False}
            await socket.send_json(self._reply(message) | refusal, dumps=_dumps)
            return
        for symbol in parameters.get("symbol", []):
            await self._subscribe(socket, symbol, message)

    async def _subscribe(self, socket: web.WebSocketResponse, symbol: str, message: Mapping[str, Any]) -> None:
        pair = next((pair for pair in PAIRS if pair.symbol == symbol), None)
        if pair is None:
            refusal = {"error": f"Currency pair not supported {symbol}", "symbol": symbol, "success": False}
            await socket.send_json(self._reply(message) | {"method": "subscribe"} | refusal, dumps=_dumps)
            return
        trigger = message["params"].get("event_trigger", "trades")
        result = {"channel": "ticker", "event_trigger": trigger, "snapshot": True, "symbol": symbol}
        answer = {"method": "subscribe", "result": result, "success": True}
        await socket.send_json(self._reply(message) | answer, dumps=_dumps)
        await socket.send_json(self._ticker_frame(pair, "snapshot"), dumps=_dumps)
        async with self._subscribed:
            self._sockets[socket][symbol] = pair
            self._subscribed.notify_all()

    def _reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        instant = self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        number = {"req_id": message["req_id"]} if "req_id" in message else {}
        return {"time_in": instant, "time_out": instant} | number

    def _ticker_frame(self, pair: Pair, kind: str) -> dict[str, Any]:
        bid, ask, last = (round(value, pair.decimals) for value in self._quote(pair))
        sizes = {"bid_qty": 1.0, "ask_qty": 1.0, "volume": 2158.32346723}
        day = {"vwap": pair.price, "low": pair.price, "high": pair.price, "change": 0.0, "change_pct": 0.0}
        ticker = {"symbol": pair.symbol, "bid": bid, "ask": ask, "last": last} | sizes | day
        return {"channel": "ticker", "type": kind, "data": [ticker]}


_ANSWERS: Mapping[str, Callable[[KrakenServer, Mapping[str, str]], dict[str, Any]]] = {
    "Assets": KrakenServer._assets,
    "AssetPairs": KrakenServer._asset_pairs,
    "Ticker": KrakenServer._ticker,
    "OHLC": KrakenServer._ohlc,
    "SystemStatus": KrakenServer._system_status,
    "Time": KrakenServer._time,
}


class _Refused(Exception):
    """An error that Kraken reports in an answer with status 200."""


def _listing(pair: Pair) -> dict[str, Any]:
    return {
        "altname": pair.rest_base + pair.quote.replace("BTC", "XBT"),
        "wsname": f"{pair.rest_base}/{pair.quote.replace('BTC', 'XBT')}",
        "aclass_base": "currency",
        "base": pair.base_id,
        "aclass_quote": "currency",
        "quote": pair.quote_id,
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": pair.decimals,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, 0.4], [10000, 0.35]],
        "fees_maker": [[0, 0.25], [10000, 0.2]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": pair.minimum,
        "costmin": "0.5" if pair.quote == "USD" else "0.00002",
        "tick_size": format(Decimal(1).scaleb(-pair.decimals), "f"),
        "status": pair.status,
    }


def _allow(query: Mapping[str, str], *names: str) -> None:
    if set(query) - set(names):
        raise _Refused("EGeneral:Invalid arguments")


def _whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise _Refused(f"EGeneral:Invalid arguments:{name}")
    return int(text)


def _text(value: float, pair: Pair) -> str:
    return f"{value:.{pair.decimals}f}"


def _dumps(data: Any) -> str:
    return orjson.dumps(data).decode()


def _json(data: Any) -> web.Response:
    return web.Response(text=_dumps(data), content_type="application/json")


def _error(text: str) -> web.Response:
    return _json({"error": [text]})


async def _serve(port: int) -> None:
    clock = SystemClock()
    async with KrakenServer(port=port, clock=clock) as server:
        print(server.url, flush=True)
        while True:
            await clock.sleep(1)
            await server.tick()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Kraken's public interface on loopback, for tests.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
