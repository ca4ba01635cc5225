"""The venue's front: takes HTTP requests in, has them checked and executed, and spoils answers on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from tests.contract.kraken_market import Refused, dumps
from tests.faults.kraken.auth import Gate, Key, check_permission
from tests.faults.kraken.book import DeepMarket
from tests.faults.kraken.faults import ERRORS, Fault, Faults, Injection
from tests.faults.kraken.limits import Limits
from tests.faults.kraken.matching import Engine, Mishap
from tests.faults.kraken.rest import PrivateApi
from tests.faults.kraken.wire import answered, spoiled
from trading.clock import Clock

_MISHAPS = {
    Fault.PENDING: Mishap.PEND,
    Fault.PARTIAL_STALL: Mishap.STALL,
    Fault.VENUE_CANCEL: Mishap.CANCEL,
    Fault.PARTIAL_CANCEL: Mishap.CANCEL_PARTIAL,
}
_ALWAYS_UP = frozenset({"SystemStatus", "Time"})
_BAD_MANNERS = ("EAPI:", "EQuery:", "ESession:", "EGeneral:", "EOrder:Rate limit", "EOrder:cl_ord_id")
"""Errors that a proper client never causes."""


@dataclass(frozen=True, slots=True)
class Received:
    """A REST request as it arrived, `at` on the venue's clock. `key` is empty where none was sent along."""

    endpoint: str
    parameters: Mapping[str, str]
    key: str
    at: datetime
    private: bool = False


class Front:
    """REST under /0/public and /0/private. `delay` is how late LATE requests are, in seconds."""

    def __init__(
        self,
        clock: Clock,
        market: DeepMarket,
        engine: Engine,
        api: PrivateApi,
        gate: Gate,
        limits: Limits,
        faults: Faults,
    ) -> None:
        self._clock = clock
        self._market = market
        self._engine = engine
        self._api = api
        self._gate = gate
        self._limits = limits
        self._faults = faults
        self._closing = asyncio.Event()
        self._late: set[asyncio.Task[str]] = set()
        self.delay = 120.0
        self.requests: list[Received] = []
        self.refusals: list[tuple[str, str]] = []
        self.violations: list[str] = []

    def add_to(self, app: web.Application) -> None:
        """Answer `app`'s requests, those to unknown paths too."""
        app.router.add_get("/0/public/{endpoint}", self._public)
        app.router.add_post("/0/private/{endpoint}", self._private)
        app.router.add_route("*", "/{path:.*}", self._unknown)

    def close(self) -> None:
        """Let go of requests that hang or are still to come."""
        self._closing.set()
        for task in self._late:
            task.cancel()

    async def _public(self, request: web.Request) -> web.StreamResponse:
        endpoint, query = request.match_info["endpoint"], dict(request.query)
        self.requests.append(Received(endpoint, query, request.headers.get("API-Key", ""), self._clock.now()))
        injection = self._faults.take(endpoint)
        if injection is not None and injection.fault in ERRORS:
            return answered(dumps({"error": [injection.error]}))
        text = self._answer(endpoint, lambda: self._public_result(request, endpoint, query))
        return await spoiled(request, injection.fault, text, self._closing) if injection else answered(text)

    def _public_result(self, request: web.Request, endpoint: str, query: Mapping[str, str]) -> object:
        answers = self._market.answers()
        if endpoint not in answers or "API-Key" in request.headers:
            raise Refused("EGeneral:Unknown method")
        self._check_up(endpoint)
        return answers[endpoint](query)

    async def _private(self, request: web.Request) -> web.StreamResponse:
        endpoint, body = request.match_info["endpoint"], await request.text()
        form = _form(request.content_type, body)
        key = request.headers.get("API-Key", "")
        self.requests.append(Received(endpoint, form, key, self._clock.now(), private=True))
        injection = self._faults.take(_fault_name(endpoint, form))
        if injection is not None:
            return await self._meet(injection, request, endpoint, form, body)
        return answered(self._whole(request, endpoint, form, body))

    async def _meet(
        self, injection: Injection, request: web.Request, endpoint: str, form: Mapping[str, str], body: str
    ) -> web.StreamResponse:
        fault = injection.fault
        if fault in _MISHAPS:
            self._engine.mishap = _MISHAPS[fault]
            text = self._whole(request, endpoint, form, body)
            self._engine.mishap = None
            return answered(text)
        if fault is Fault.LATE:
            self._answer(endpoint, lambda: self._follow_up(request, endpoint, form, body))
            return await spoiled(request, fault, "", self._closing)
        text = self._whole(request, endpoint, form, body) if injection.executed else dumps({"error": []})
        if fault in ERRORS:
            return answered(dumps({"error": [injection.error]}))
        return await spoiled(request, fault, text, self._closing)

    def _follow_up(self, request: web.Request, endpoint: str, form: Mapping[str, str], body: str) -> None:
        """Admit the request now and execute it `delay` seconds later."""
        key = self._admit(request, endpoint, form, body)

        async def late() -> str:
            await self._clock.sleep(self.delay)
            return self._answer(endpoint, lambda: self._api.endpoints[endpoint](key, form))

        task = asyncio.create_task(late())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _whole(self, request: web.Request, endpoint: str, form: Mapping[str, str], body: str) -> str:
        """Check and execute a private request; the answer is JSON."""

        def result() -> object:
            key = self._admit(request, endpoint, form, body)
            return self._api.endpoints[endpoint](key, form)

        return self._answer(endpoint, result)

    def _admit(self, request: web.Request, endpoint: str, form: Mapping[str, str], body: str) -> Key:
        if endpoint not in self._api.endpoints:
            raise Refused("EGeneral:Unknown method")
        self._check_up(endpoint)
        key = self._gate.admit(request.headers, request.path, body, form.get("nonce", ""))
        self._limits.call(key.name, endpoint, self._market.now())
        check_permission(key, endpoint)
        return key

    def _check_up(self, endpoint: str) -> None:
        if self._market.system == "maintenance" and endpoint not in _ALWAYS_UP:
            raise Refused("EService:Unavailable")

    def _answer(self, endpoint: str, result: Callable[[], object]) -> str:
        self._engine.settle()
        try:
            return dumps({"error": [], "result": result()})
        except Refused as refused:
            self._note(endpoint, str(refused))
            return dumps({"error": [str(refused)]})

    def _note(self, endpoint: str, error: str) -> None:
        self.refusals.append((endpoint, error))
        if error.startswith(_BAD_MANNERS):
            self.violations.append(f"{endpoint} {error}")

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._note(f"{request.method} {request.path}", "EGeneral:Unknown method")
        return answered(dumps({"error": ["EGeneral:Unknown method"]}))


def _fault_name(endpoint: str, form: Mapping[str, str]) -> str:
    # A dry call must not use up the fault that waits for the order itself.
    return f"{endpoint}?validate" if form.get("validate") == "true" else endpoint


def _form(content_type: str, body: str) -> dict[str, str]:
    """The parameters of a request; unreadable ones are none, and their signature fails."""
    if content_type == "application/json":
        try:
            return {name: str(value) for name, value in orjson.loads(body).items()}
        except (orjson.JSONDecodeError, AttributeError):
            return {}
    return dict(parse_qsl(body, keep_blank_values=True))
