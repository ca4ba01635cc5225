"""JSON in and out of the page: bounded and checked coming in, exact going out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, TypeVar

import orjson
from pydantic import BaseModel, StringConstraints, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

BODY_BYTES = 16 * 1024


class TextIn(BaseModel):
    """What the owner wrote."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class PressIn(BaseModel):
    """The button pressed, and the message it was under; the newest one that has it when none is named."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    message: Annotated[str, StringConstraints(max_length=64)] | None = None


Body = TypeVar("Body", bound=BaseModel)


async def read(request: Request, shape: type[Body]) -> Body:
    """The request's body as `shape`. Refuses other content types (a foreign form cannot send JSON) and long bodies."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "Send JSON with Content-Type: application/json.")
    try:
        return shape.model_validate_json(await _bounded_body(request))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise HTTPException(400, f"Malformed request: {place}: {first['msg']}.") from None


async def _bounded_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise HTTPException(413, f"Too long: at most {BODY_BYTES:,} bytes.")
    return body


def as_json(content: object, status: int = 200) -> Response:
    """An answer in JSON. Amounts are text, so that they stay exact; spans of time are seconds."""
    return Response(dumped(content), status, media_type="application/json")


def dumped(content: object) -> bytes:
    """`content` as JSON in UTF-8."""
    return orjson.dumps(content, default=_plain)


def _plain(value: object) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
