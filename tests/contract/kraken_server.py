"""Kraken's public interface on loopback, as strict as the original: unknown paths, parameters and pairs are refused.

It knows /0/public/{Assets,AssetPairs,Ticker,Depth,OHLC,SystemStatus,Time} and the ticker channel of
WebSocket v2. Every request is recorded; anything private, or sent with a key, is refused and noted in
`violations`. Prices follow a fixed path through time. Faults are queued per path with `fail`.

Run it alone with `python -m tests.contract.kraken_server --port 8080`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Mapping
from enum import Enum
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from tests.contract.kraken_market import CANDLES, MINUTES, PAIRS, KrakenMarket, Pair, Refused, dumps, pair_of
from trading.clock import Clock, SystemClock

__all__ = ["CANDLES", "MINUTES", "PAIRS", "Fault", "KrakenServer", "Pair"]


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
        self._market = KrakenMarket(clock or SystemClock())
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._scripted: dict[str, deque[tuple[str, int]]] = defaultdict(deque)
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

    def say(self, name: str, text: str, status: int = 200) -> None:
        """The next request to /0/public/`name` is answered with `text`, whatever it asks."""
        self._scripted[name].append((text, status))

    def set_price(self, symbol: str, price: float) -> None:
        """From now on `symbol` trades at `price` and leaves its path."""
        self._market.set_price(symbol, price)

    def set_level_worth(self, dollars: float) -> None:
        """From now on each level of every order book holds so much."""
        self._market.level_worth = dollars

    def price(self, pair: Pair, at: float) -> float:
        """The price at `at` (seconds since 1970)."""
        return self._market.price(pair, at)

    async def tick(self) -> None:
        """Send the present price of every subscribed pair."""
        for socket, pairs in list(self._sockets.items()):
            for pair in pairs.values():
                await socket.send_json(self._market.ticker_frame(pair, "update"), dumps=dumps)

    async def drop_streams(self) -> None:
        """Close every websocket, as Kraken does at times."""
        for socket in list(self._sockets):
            await socket.close(code=1001)

    async def wait_for_subscription(self, symbol: str) -> None:
        """Return once somebody listens to `symbol`."""
        async with self._subscribed:
            await self._subscribed.wait_for(lambda: any(symbol in pairs for pairs in self._sockets.values()))

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path_qs}")
        name = request.path.removeprefix("/0/public/")
        answer = self._market.answers().get(name)
        if answer is None or request.method != "GET" or "API-Key" in request.headers:
            self.violations.append(f"{request.method} {request.path_qs}")
            return _error("EGeneral:Unknown method" if "API-Key" not in request.headers else "EAPI:Invalid key")
        if self._faults[name]:
            return await self._faulty(self._faults[name].popleft())
        if self._scripted[name]:
            text, status = self._scripted[name].popleft()
            return web.Response(text=text, status=status, content_type="application/json")
        try:
            return _json({"error": [], "result": answer(dict(request.query))})
        except Refused as refused:
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

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        self.requests.append("WS /v2")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets[socket] = {}
        await socket.send_json(self._market.status_frame(), dumps=dumps)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._told(socket, orjson.loads(message.data))
        finally:
            del self._sockets[socket]
        return socket

    async def _told(self, socket: web.WebSocketResponse, message: Mapping[str, Any]) -> None:
        if message.get("method") == "ping":
            await socket.send_json(self._market.reply(message) | {"method": "pong"}, dumps=dumps)
            return
        parameters = message.get("params", {})
        if message.get("method") != "subscribe" or parameters.get("channel") != "ticker":
            self.violations.append(f"WS {dumps(message)}")
            refusal = {"method": message.get("method"), "error": "Method or channel not supported", "success": False}
            await socket.send_json(self._market.reply(message) | refusal, dumps=dumps)
            return
        for symbol in parameters.get("symbol", []):
            await self._subscribe(socket, symbol, message)

    async def _subscribe(self, socket: web.WebSocketResponse, symbol: str, message: Mapping[str, Any]) -> None:
        try:
            pair = pair_of(symbol)
        except KeyError:
            refusal = {"error": f"Currency pair not supported {symbol}", "symbol": symbol, "success": False}
            await socket.send_json(self._market.reply(message) | {"method": "subscribe"} | refusal, dumps=dumps)
            return
        trigger = message["params"].get("event_trigger", "trades")
        result = {"channel": "ticker", "event_trigger": trigger, "snapshot": True, "symbol": symbol}
        answer = {"method": "subscribe", "result": result, "success": True}
        await socket.send_json(self._market.reply(message) | answer, dumps=dumps)
        await socket.send_json(self._market.ticker_frame(pair, "snapshot"), dumps=dumps)
        async with self._subscribed:
            self._sockets[socket][symbol] = pair
            self._subscribed.notify_all()


def _json(data: Any) -> web.Response:
    return web.Response(text=dumps(data), content_type="application/json")


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
