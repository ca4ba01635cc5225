"""Reading an AddOrder request and refusing what breaks the pair's rules, in the venue's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from tests.contract.kraken_market import Pair, Refused, allow, asked
from tests.faults.kraken.records import LIMITED, TRIGGERED, OrderType, Side, Ticket

DEADLINE_RANGE = (2.0, 60.0)
"""How far ahead a deadline may lie, in seconds."""
LOT_DECIMALS = 8
_PARAMETERS = (
    *("nonce", "pair", "type", "ordertype", "volume", "price", "price2", "oflags", "userref", "cl_ord_id", "leverage"),
    *("timeinforce", "expiretm", "starttm", "deadline", "validate", "trigger", "reduce_only", "stptype", "displayvol"),
)
_FLAGS = frozenset({"post", "fcib", "fciq", "nompp", "viqc"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}")
_Choice = TypeVar("_Choice", Side, OrderType)
_FREE_TEXT = re.compile(r"[\x21-\x7e]{1,18}")


def read_ticket(form: Mapping[str, str], now: float) -> Ticket:
    """The order asked for in `form` at `now`. Raises Refused."""
    allow(form, *_PARAMETERS)
    if "pair" not in form:
        raise Refused("EGeneral:Invalid arguments:pair")
    (pair,) = asked(form["pair"])
    side, kind = _choice(Side, form, "type"), _choice(OrderType, form, "ordertype")
    flags = _flags(form, kind)
    ticket = Ticket(
        pair=pair,
        side=side,
        type=kind,
        volume=_amount(form, "volume"),
        price=_amount(form, "price") if kind is not OrderType.MARKET else None,
        price2=_amount(form, "price2") if kind in LIMITED & TRIGGERED else None,
        flags=flags,
        userref=_userref(form.get("userref", "0")),
        cl_ord_id=_client_id(form),
        immediate=form.get("timeinforce", "GTC") == "IOC",
        expires_at=_expiry(form, now),
    )
    _check_unsupported(form)
    _check_sizes(ticket)
    return ticket


def check_cost(ticket: Ticket, price: Decimal) -> None:
    """Raises Refused when the notional at `price` is below the pair's minimum."""
    if ticket.volume * price < ticket.pair.cost_minimum:
        raise Refused("EOrder:Cost minimum not met")


def check_deadline(form: Mapping[str, str], now: float) -> None:
    """Raises Refused when the deadline has passed at `now`, is malformed, or lies too near or too far."""
    text = form.get("deadline")
    if text is None:
        return
    try:
        deadline = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("EGeneral:Invalid arguments:deadline") from None
    instant = deadline.replace(tzinfo=deadline.tzinfo or UTC).timestamp()
    if now >= instant:
        raise Refused("EService:Deadline elapsed")
    nearest, furthest = DEADLINE_RANGE
    if not nearest <= instant - now <= furthest:
        raise Refused("EGeneral:Invalid arguments:deadline")


def _choice(choices: type[_Choice], form: Mapping[str, str], name: str) -> _Choice:
    try:
        return choices(form.get(name, ""))
    except ValueError:
        raise Refused(f"EGeneral:Invalid arguments:{name}") from None


def _amount(form: Mapping[str, str], name: str) -> Decimal:
    try:
        amount = Decimal(form.get(name, ""))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise Refused(f"EGeneral:Invalid arguments:{name}")
    return amount


def _flags(form: Mapping[str, str], kind: OrderType) -> tuple[str, ...]:
    flags = tuple(flag for flag in form.get("oflags", "").split(",") if flag)
    if set(flags) - _FLAGS or {"fcib", "fciq"} <= set(flags) or ("post" in flags and kind is not OrderType.LIMIT):
        raise Refused("EGeneral:Invalid arguments:oflags")
    if "viqc" in flags:
        raise Refused("EGeneral:Invalid arguments:viqc")
    return flags if {"fcib", "fciq"} & set(flags) else (*flags, "fciq")


def _userref(text: str) -> int:
    if not re.fullmatch(r"-?\d+", text) or not -(2**31) <= int(text) < 2**31:
        raise Refused("EGeneral:Invalid arguments:userref")
    return int(text)


def _client_id(form: Mapping[str, str]) -> str | None:
    text = form.get("cl_ord_id")
    if text is None:
        return None
    if "userref" in form or not (_UUID.fullmatch(text) or _FREE_TEXT.fullmatch(text)):
        raise Refused("EGeneral:Invalid arguments:cl_ord_id")
    return text


def _expiry(form: Mapping[str, str], now: float) -> float:
    in_force, text = form.get("timeinforce", "GTC"), form.get("expiretm", "0")
    if in_force not in ("GTC", "IOC", "GTD") or not re.fullmatch(r"\+?\d+", text):
        raise Refused("EGeneral:Invalid arguments:timeinforce")
    expiry = now + int(text) if text.startswith("+") else float(text)
    if (in_force == "GTD") != (expiry > 0) or 0 < expiry <= now:
        raise Refused("EGeneral:Invalid arguments:expiretm")
    return expiry


def _check_unsupported(form: Mapping[str, str]) -> None:
    if form.get("leverage", "none") != "none" or form.get("reduce_only", "false") != "false":
        raise Refused("EAccount:Invalid permissions")


def _check_sizes(ticket: Ticket) -> None:
    pair: Pair = ticket.pair
    if ticket.volume != round(ticket.volume, LOT_DECIMALS):
        raise Refused("EGeneral:Invalid arguments:volume")
    if ticket.volume < Decimal(pair.minimum):
        raise Refused("EOrder:Order minimum not met")
    for price in (ticket.price, ticket.price2):
        if price is not None and price % pair.tick:
            raise Refused("EOrder:Tick size check failed")
    if ticket.price is not None:
        check_cost(ticket, ticket.limit or ticket.price)
