"""What goes wrong between the bot and the Telegram of the tests: refusals, cuts, silence, half-open connections."""

from __future__ import annotations

import asyncio
import json
import weakref
from typing import Any, NoReturn

from aiohttp import web

from tests.chat.bot_api_checks import ApiError
from tests.chat.bot_api_world import Breakage, Fault


class Network:
    """Faults, by method or by connection. Silence lasts until the server closes."""

    def __init__(self) -> None:
        self._faults: dict[str, list[Fault | None]] = {}
        self._forbidden: dict[str, str] = {}
        self._changed = asyncio.Condition()
        self._closing = asyncio.Event()
        self._let_go = asyncio.Event()
        self._connections: weakref.WeakSet[asyncio.BaseTransport] = weakref.WeakSet()
        self._dead: weakref.WeakSet[asyncio.BaseTransport] = weakref.WeakSet()
        self._deaf = False

    def fail_next(self, method: str, breakage: Breakage, number: int = 0, after: int = 0) -> None:
        """Break a call of `method`, after letting `after` calls pass."""
        self._faults.setdefault(method.lower(), []).extend([None] * after + [Fault(breakage, number)])

    def forbid(self, method: str, description: str) -> None:
        """Every call of `method` is refused with 400."""
        self._forbidden[method.lower()] = description

    def let_go(self) -> None:
        """Answer what has been held."""
        self._let_go.set()

    def half_open(self) -> None:
        """Every connection that stands goes silent and stays open; new ones work."""
        self._dead |= self._connections

    def go_deaf(self) -> None:
        """Connections are accepted, old and new ones, and nothing is ever answered, until `hear_again`."""
        self.half_open()
        self._deaf = True

    def hear_again(self) -> None:
        """Connections made from now on work; those that fell silent stay so."""
        self.half_open()
        self._deaf = False

    async def _break_before(self, request: web.Request, fault: Fault | None) -> None:
        match fault:
            case Fault(Breakage.FLOOD, seconds):
                wait = f"Too Many Requests: retry after {seconds}"
                raise ApiError(429, wait, {"retry_after": seconds})
            case Fault(Breakage.ERROR, status):
                raise BareError(status)
            case Fault(Breakage.CUT_BEFORE):
                cut(request)
            case Fault(Breakage.SILENT_BEFORE):
                await self._silence()
            case Fault(Breakage.HELD):
                await self._tell()
                await self._let_go.wait()

    async def _break_after(self, request: web.Request, fault: Fault | None, result: Any) -> None:
        match fault:
            case Fault(Breakage.CUT_AFTER):
                cut(request)
            case Fault(Breakage.SILENT_AFTER):
                await self._silence()
            case Fault(Breakage.HALF_ANSWER):
                await begin_answer(request, result)
                await self._silence()

    async def _silence_if_dead(self, request: web.Request) -> None:
        if request.transport is not None:
            self._connections.add(request.transport)
        if self._deaf or request.transport in self._dead:
            await self._silence()

    async def _silence(self) -> None:
        """The connection stays open and nothing comes over it any more."""
        await self._tell()
        await self._closing.wait()
        raise Gone

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class Gone(Exception):
    """The connection has been cut; nobody reads the answer."""


class BareError(ApiError):
    """An error page of a proxy: no JSON in it."""

    def __init__(self, status: int) -> None:
        super().__init__(status, "")


def refusal(error: ApiError) -> web.Response:
    if isinstance(error, BareError):
        return web.Response(status=error.code, text="<html>nginx</html>", content_type="text/html")
    answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        answer["parameters"] = error.parameters
    return web.json_response(answer, status=error.code)


def cut(request: web.Request) -> NoReturn:
    """Close the connection under the request."""
    assert request.transport is not None
    request.transport.abort()
    raise Gone


async def begin_answer(request: web.Request, result: Any) -> None:
    """The headers and the first half of the answer."""
    body = json.dumps({"ok": True, "result": result}).encode()
    begun = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await begun.prepare(request)
    await begun.write(body[: len(body) // 2])
