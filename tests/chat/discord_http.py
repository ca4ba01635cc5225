"""The shapes of answers and errors of the loopback Discord's REST side."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.chat.discord_rules import Json
from tests.chat.discord_world import Fault, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RATE_HEADERS = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.000"}


class Refusal(Exception):
    """An error answer in Discord's form."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, "code": code} | ({"errors": errors} if errors else {})


def answer(data: Any, status: int = 200, headers: Mapping[str, str] = RATE_HEADERS) -> web.Response:
    """JSON under exactly the content type that the library compares with."""
    if data is None:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status, body=json.dumps(data).encode(), headers={**headers, "Content-Type": "application/json"}
    )


def refuse_faults(world: World, request: web.Request, faults: Iterator[tuple[str, str]]) -> None:
    """Note what is wrong, and answer as Discord does."""
    found = list(faults)
    for name, fault in found:
        world.violate(f"{request.method} {request.path}: {name}: {fault}")
    if found:
        errors = {name: {"_errors": [{"code": "INVALID", "message": fault}]} for name, fault in found}
        raise Refusal(400, 50035, "Invalid Form Body", errors)


async def read_body(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """The JSON payload and the files by name, of a plain or a multipart request."""
    if not request.content_type.startswith("multipart/"):
        return await request.json(), {}
    payload: Json = {}
    files: dict[str, bytes] = {}
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        name = getattr(part, "name", None)
        if name == "payload_json":
            payload = json.loads(await part.read())  # type: ignore[union-attr]
        elif name == f"files[{len(files)}]":
            files[part.filename or ""] = bytes(await part.read())  # type: ignore[union-attr]
        else:
            raise Refusal(400, 50035, f"unexpected part {name}")
    return payload, files


def rate_limited(where: str, retry_after: float, times: int = 1) -> Fault:
    """429 as Discord's edge gives it; the library looks for `Via`."""
    headers = {
        "Via": "1.1 google",
        "Retry-After": str(retry_after),
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": str(retry_after),
        "X-RateLimit-Scope": "user",
    }
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": False}
    return Fault(where, status=429, body=body, headers=headers, times=times)


def hang_up(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
