"""What became of an order we sent, judged from an answer or an error: accepted, refused, never sent, or unknown.

The class of ccxt's exception is not trusted: the same class comes with timeouts and with refusals, and an
order can return normally without having been placed. Accepted is only what carries the venue's order id;
refused only what the venue says in words we know; not sent only what failed before a connection existed.
Everything else is unknown, and unknown is never treated as failed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from trading.exchange.venue_refusals import Refusals, meaning


@dataclass(frozen=True, slots=True)
class Accepted:
    """The venue took the order and gave it this id."""

    venue_order_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The venue did not take the order, for certain. `detail` is one sentence."""

    detail: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing left this machine. `detail` is one sentence."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The order may or may not exist. `detail` is one sentence."""

    detail: str


Outcome = Accepted | Refused | NotSent | Unknown

# Raised by aiohttp while it makes a connection, before a byte of the request is written.
_BEFORE_SENDING = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def classify(said: object, refusals: Refusals, name: str = "The venue") -> Outcome:
    """Judge `said`: the exception that placing an order raised, or what it returned."""
    if isinstance(said, BaseException) and _never_left(said):
        return NotSent(f"{name} could not be reached, so nothing was sent; try again later.")
    body = _body_of(said) if isinstance(said, BaseException) else said
    errors, order_id = _errors_in(body), _order_id(body)
    if errors and order_id:
        return _unknown(f"{name} answered {_short(errors[0])} together with an order id")
    if errors:
        return _judge(errors, refusals, name)
    if isinstance(said, BaseException):
        return _unknown(f"{name} {_how_it_broke(said)}")
    return Accepted(order_id) if order_id else _unknown(f"{name} answered without an order id")


def venue_errors(said: object) -> tuple[str, ...]:
    """The venue's own error strings in an answer, or in the text of ccxt's exception; empty when there are none."""
    return _errors_in(_body_of(said) if isinstance(said, BaseException) else said)


def _errors_in(body: object) -> tuple[str, ...]:
    errors = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(errors, str):
        errors = [errors] if errors else []
    return tuple(str(error) for error in errors) if isinstance(errors, list) else ()


def _judge(errors: tuple[str, ...], refusals: Refusals, name: str) -> Outcome:
    """Refused only if every error is a known refusal: one unknown word among them leaves the outcome open."""
    meanings = [meaning(error, refusals) for error in errors]
    known = [words for words in meanings if words is not None]
    if len(known) == len(errors):
        return Refused(f"{name} refused the order: {known[0]} ({_short(errors[0])}).")
    odd = next(error for error, words in zip(errors, meanings, strict=True) if words is None)
    return _unknown(f"{name} answered {_short(odd)}")


def _unknown(what: str) -> Unknown:
    return Unknown(f"{what}, so the order may or may not exist; ask for it.")


def _order_id(answer: object) -> str | None:
    """The id in Kraken's answer (`result.txid`) or in ccxt's unified order (`id`)."""
    if not isinstance(answer, Mapping):
        return None
    result = answer.get("result")
    ids = result.get("txid") if isinstance(result, Mapping) else answer.get("id")
    if isinstance(ids, list):
        ids = ids[0] if len(ids) == 1 else None
    return ids if isinstance(ids, str) and ids.strip() else None


def _never_left(error: BaseException) -> bool:
    return any(isinstance(cause, _BEFORE_SENDING) for cause in _causes(error))


def _how_it_broke(error: BaseException) -> str:
    late = any(isinstance(cause, asyncio.TimeoutError | TimeoutError) for cause in _causes(error))
    return "did not answer in time" if late else "gave no answer that can be read"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _body_of(error: BaseException) -> Any:
    """The JSON that ccxt puts behind the venue's name in its messages; None where there is none."""
    text = str(error)
    start = text.find("{")
    if start < 0:
        return None
    try:
        return json.loads(text[start:])
    except ValueError:
        return None


def _short(error: str) -> str:
    """A venue's words, fit for a sentence of ours: printable, one line, not long."""
    return "".join(sign for sign in error if sign.isprintable())[:80]
