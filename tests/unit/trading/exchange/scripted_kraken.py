"""Kraken on loopback that says what a test tells it to; the real ccxt client talks to it. It knows no trading."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from trading.clock import Clock, SimulatedClock
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.request_budget import Limits, Tier

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

ASSETS = {
    name: {"aclass": "currency", "altname": altname, "decimals": 10, "display_decimals": 5, "status": "enabled"}
    for name, altname in (("XXBT", "XBT"), ("ZUSD", "USD"), ("XETH", "ETH"), ("KFEE", "FEE"), ("SOL", "SOL"))
}


def _pair(altname: str, base: str, quote: str, tick: str, minimum: str) -> dict[str, Any]:
    return {
        "altname": altname,
        "wsname": altname,
        "aclass_base": "currency",
        "base": base,
        "aclass_quote": "currency",
        "quote": quote,
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": len(tick) - 2,
        "lot_decimals": 8,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, 0.4]],
        "fees_maker": [[0, 0.25]],
        "fee_volume_currency": "ZUSD",
        "ordermin": minimum,
        "costmin": "0.5",
        "tick_size": tick,
        "status": "online",
    }


PAIRS = {
    "XXBTZUSD": _pair("XBTUSD", "XXBT", "ZUSD", "0.1", "0.00005"),
    "XETHZUSD": _pair("ETHUSD", "XETH", "ZUSD", "0.01", "0.002"),
}

KEY = Credentials("a-key", "c2NyaXB0ZWQgc2VjcmV0")
WIDE = Tier(Limits(10_000, 1.0, 100), Limits(10_000, 1.0, 100))
"""For tests that are not about limits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A private request: its endpoint, its form, and the nonce apart."""

    endpoint: str
    form: Mapping[str, str]
    nonce: int


class ScriptedKraken:
    """`async with ScriptedKraken(clock) as kraken`: answers are queued per endpoint with `say`, then `otherwise`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ahead = timedelta()
        self.asked: list[Asked] = []
        self.time_asked = 0
        self._script: dict[str, deque[Any]] = defaultdict(deque)
        self._otherwise: dict[str, Any] = {}
        self._came = asyncio.Condition()
        self.url = ""

    async def __aenter__(self) -> ScriptedKraken:
        app = web.Application()
        app.router.add_get("/0/public/{name}", self._public)
        app.router.add_post("/0/private/{name}", self._private)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()

    def say(self, endpoint: str, *answers: Any) -> None:
        """The next answers of `endpoint`: a result, a list of error strings, or a function of the request."""
        self._script[endpoint].extend(answers)

    def otherwise(self, endpoint: str, answer: Any) -> None:
        """What `endpoint` says when its script is over."""
        self._otherwise[endpoint] = answer

    def forms(self, endpoint: str) -> list[Mapping[str, str]]:
        """The forms sent to `endpoint`, in order."""
        return [asked.form for asked in self.asked if asked.endpoint == endpoint]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return once a request made `is_so` true."""
        async with self._came:
            await self._came.wait_for(is_so)

    async def _public(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name == "Time":
            self.time_asked += 1
            now = self.clock.now() + self.ahead
            return _json({"unixtime": int(now.timestamp()), "rfc1123": now.isoformat()})
        return _json({"Assets": ASSETS, "AssetPairs": PAIRS}[name])

    async def _private(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        form = {key: str(value) for key, value in (await request.post()).items()}
        nonce = int(form.pop("nonce"))
        async with self._came:
            self.asked.append(Asked(name, form, nonce))
            self._came.notify_all()
        script = self._script[name]
        answer = script.popleft() if script else self._otherwise.get(name, ["EGeneral:Unknown method"])
        if callable(answer):
            response: web.StreamResponse = await answer(request)
            return response
        return _json(answer) if isinstance(answer, Mapping) else _errors(answer)


def _json(result: Any) -> web.Response:
    return web.json_response({"error": [], "result": result})


def _errors(errors: list[str]) -> web.Response:
    return web.json_response({"error": errors})


def text(body: str, *, status: int = 200, content_type: str = "text/html") -> Answer:
    """An answer that is not what was asked for."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=body, status=status, content_type=content_type)

    return answer


async def cut_before_answering(request: web.Request) -> web.StreamResponse:
    """The connection ends without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_in_the_body(request: web.Request) -> web.StreamResponse:
    """The connection ends in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "400", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"error":[],"result":{"tx')
    assert request.transport is not None
    request.transport.abort()
    return response


def client(kraken: ScriptedKraken, clock: SimulatedClock, **options: Any) -> PrivateClient:
    """A real ccxt client of the scripted venue."""
    options = {"tier": WIDE, "timeout": timedelta(seconds=5), **options}
    line = PrivateClient("kraken", KEY, clock=clock, base_url=kraken.url, **options)
    # ccxt lingers a quarter of a second at its end; hundreds of tests would wait for a minute.
    line.client.timeout_on_exit = 0
    return line


def seconds(at: datetime) -> float:
    """A time as Kraken writes it."""
    return at.timestamp()
