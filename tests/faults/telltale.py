"""A server on loopback that fails in every way, and each time says all it knows: what was asked, and the secret too."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from tests.faults.canaries import spellings

STATUSES = (400, 401, 403, 404, 409, 429, 500, 502, 503, 524)


@dataclass(frozen=True, slots=True)
class Told:
    """What a request was, and how often its secret can be said."""

    path: str
    text: str

    def as_json(self) -> str:
        """An error in the words of whoever was asked."""
        text = self.text
        if "/0/" in self.path:
            return json.dumps({"error": [f"EAPI:Invalid key:{text}", text], "result": {"txid": []}})
        error = {"message": text, "type": text, "param": text, "code": text}
        whole = {"ok": False, "error_code": 400, "description": text, "message": text, "code": 0, "error": error}
        return json.dumps(whole)

    def as_page(self) -> str:
        return f"<html><title>502</title><pre>{self.text}</pre></html>"


Answer = Callable[[Told], bytes]


def http(status: int, body: str, kind: str, headers: Mapping[str, str] | None = None, missing: int = 0) -> bytes:
    """An answer; `missing` bytes of its body are announced and do not come."""
    data = body.encode()
    told = {"Content-Type": kind, "Content-Length": str(len(data) + missing), "Connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + data


def _one_line(told: Told) -> str:
    return " ".join(told.text.split())[:3000]


def _as_json(status: int, told: Told) -> bytes:
    return http(status, told.as_json(), "application/json")


def _as_page(status: int, told: Told) -> bytes:
    return http(status, told.as_page(), "text/html")


FAULTS: Mapping[str, Answer] = {
    **{f"{status}, JSON": partial(_as_json, status) for status in STATUSES},
    **{f"{status}, page": partial(_as_page, status) for status in STATUSES},
    "200, page": partial(_as_page, 200),
    "200, JSON": partial(_as_json, 200),
    "200, not what was asked": lambda told: http(200, json.dumps([told.text]), "application/json"),
    "200, page called JSON": lambda told: http(200, told.as_page(), "application/json"),
    "redirect": lambda told: http(302, told.as_page(), "text/html", {"Location": f"/elsewhere?{_one_line(told)}"}),
    "header": lambda told: http(500, "", "text/html", {"X-Asked": _one_line(told), "Retry-After": _one_line(told)}),
    "cut body": lambda told: http(200, told.as_json(), "application/json", missing=50),
    "cut JSON": lambda told: http(200, told.as_json()[:-20], "application/json"),
    "cut connection": lambda told: b"",
    "no HTTP": lambda told: told.text.encode(),
    "bad chunks": lambda told: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + told.text.encode(),
    "bad header": lambda told: f"HTTP/1.1 200 OK\r\n{_one_line(told)}\r\n\r\n".encode(),
}


class Telltale:
    """Answers everything with `fault`, which may be changed meanwhile."""

    def __init__(self, secret: str) -> None:
        self.fault: Answer = FAULTS["500, page"]
        self.asked = 0
        self.url = ""
        self._said = "\n".join(spellings(secret))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Telltale]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            writer.write(self.fault(Told(path, f"{self._said}\n{head}")))
            await writer.drain()
        writer.close()
