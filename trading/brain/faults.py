"""What goes wrong at a model server, in our words: neither the key nor the server's own words are in them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from trading.errors import NeedsOperator, PurserError, Retryable

NO_CREDIT = "insufficient_quota"
TOO_LONG = "context_length_exceeded"
UNHURRIED_SECONDS = 1.0
"""Before a second try where the server names no time."""

_SENTENCES: Mapping[type[Exception], tuple[type[PurserError], str]] = {
    openai.AuthenticationError: (NeedsOperator, "the model server refused the key; check OPENAI_API_KEY"),
    openai.PermissionDeniedError: (NeedsOperator, "the key may not use {model}; check OPENAI_API_KEY and OPENAI_MODEL"),
    openai.NotFoundError: (NeedsOperator, "the server has no {model}; check OPENAI_MODEL and OPENAI_BASE_URL"),
    openai.BadRequestError: (
        NeedsOperator,
        "the server refused the request to {model} (400); it may not suit this use",
    ),
    openai.UnprocessableEntityError: (NeedsOperator, "the server refused the request to {model} (422)"),
    openai.RateLimitError: (Retryable, "{model} is over its rate limit (429)"),
    openai.InternalServerError: (Retryable, "the model server failed ({status}); it may work later"),
    openai.APIConnectionError: (Retryable, "the model server cannot be reached"),
    json.JSONDecodeError: (Retryable, "{model} sent a broken answer"),
}
"""The client's errors in our words; the first that fits counts."""


class RequestTooLong(NeedsOperator):
    """The question is longer than the model can read: no other way of asking makes it shorter."""


def translated(error: Exception, model: str) -> PurserError:
    """`error`, of the client or of ours, as one of ours."""
    code = getattr(error, "code", None)
    if isinstance(error, PurserError):
        return error
    if code == NO_CREDIT:
        return NeedsOperator("the model account has no credit left; top it up or remove OPENAI_API_KEY")
    if code == TOO_LONG:
        return RequestTooLong(f"the question is longer than {model} can read; set fewer SYMBOLS, or another model")
    for kind, (ours, sentence) in _SENTENCES.items():
        if isinstance(error, kind):
            return ours(sentence.format(model=model, status=getattr(error, "status_code", "no status")))
    return Retryable(f"{model} could not be asked ({type(error).__name__})")


def complaint_of(error: openai.APIStatusError) -> str:
    """What the server dislikes about a request, to choose another way by; not for people."""
    return f"{error.param or ''} {error.message}"


def was_refused(error: BaseException) -> bool:
    """Whether the server certainly computed nothing: it refused the request, or was never reached."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code < 500
    return isinstance(error, openai.APIConnectionError) and isinstance(error.__cause__, httpx2.ConnectError)


def seconds_before_retry(error: openai.APIStatusError, now: datetime) -> float | None:
    """How long to wait before the one retry, by the server's word where it gives one; None where none helps."""
    if error.code == NO_CREDIT:
        return None
    told = error.response.headers.get("retry-after", "")
    try:
        seconds = float(told) if told else UNHURRIED_SECONDS
    except ValueError:
        seconds = _seconds_until(told, now)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(date) - now).total_seconds()
    except (TypeError, ValueError):
        return UNHURRIED_SECONDS
