"""Sending an answer, or spoiling it on the way: cut connections, half answers, pages of a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from tests.faults.kraken.faults import Fault

_PAGE = "<html><head><title>Please wait</title></head><body>The origin did not answer.</body></html>"
_GATEWAY: Mapping[Fault, int] = {
    Fault.BAD_GATEWAY: 502,
    Fault.ODD_GATEWAY: 520,
    Fault.GATEWAY_TIMEOUT: 524,
    Fault.HTML: 200,
}
_CUT = frozenset({Fault.LOST_REPLY, Fault.DISCONNECTED, Fault.CUT_HEADERS, Fault.CUT_BODY})


def answered(text: str) -> web.Response:
    """`text`, which is JSON, whole."""
    return web.Response(text=text, content_type="application/json")


async def spoiled(request: web.Request, fault: Fault, text: str, closing: asyncio.Event) -> web.StreamResponse:
    """What the client gets of `text` under `fault`. A hanging answer ends with `closing`."""
    if fault in _GATEWAY:
        return web.Response(status=_GATEWAY[fault], text=_PAGE, content_type="text/html")
    if fault in _CUT:
        return _cut(request, fault, text)
    match fault:
        case Fault.TOO_MANY:
            return web.Response(status=429, text="Too Many Requests")
        case Fault.TRUNCATED:
            return answered(text[: len(text) * 2 // 3])
        case Fault.EMPTY:
            return answered("")
    await closing.wait()
    return web.Response(status=503)


def _cut(request: web.Request, fault: Fault, text: str) -> web.StreamResponse:
    """Write what `fault` lets through and end the connection; what is returned goes nowhere."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
    part = {Fault.CUT_HEADERS: head[:30], Fault.CUT_BODY: f"{head}\r\n{text[: len(text) // 2]}"}.get(fault, "")
    if request.transport is not None:
        request.transport.write(part.encode())
        request.transport.close()
    return web.Response()
