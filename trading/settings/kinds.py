"""What a setting's text may be, and what it becomes."""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _decimal(value: object) -> object:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _local_time(value: object) -> object:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value).strip())
    if not match:
        raise ValueError("not a time")
    return time(int(match[1]), int(match[2]))


def _zone(value: object) -> object:
    name = str(value).strip()
    if name not in available_timezones():
        raise ValueError("not a time zone")
    return ZoneInfo(name)


def _weekday(value: object) -> object:
    name = str(value).strip().lower()
    if name in map(str, range(len(_WEEKDAYS))):
        return int(name)  # As a state directory keeps it.
    if name != "off" and name not in _WEEKDAYS:
        raise ValueError("not a day of the week")
    return None if name == "off" else _WEEKDAYS.index(name)


def _symbols(value: object) -> object:
    symbols = tuple(part.strip().upper() for part in str(value).split(",") if part.strip())
    if not symbols or not all(re.fullmatch(r"[A-Z0-9]{2,12}/[A-Z0-9]{2,12}", symbol) for symbol in symbols):
        raise ValueError("not a list of pairs")
    if len(set(symbols)) != len(symbols):
        raise ValueError("a pair stands twice")
    if len({symbol.split("/")[1] for symbol in symbols}) != 1:
        raise ValueError("more than one quote currency")
    return symbols


def _modes(value: object) -> object:
    modes = tuple(dict.fromkeys(part.strip().lower() for part in str(value).split(",") if part.strip()))
    if not modes or not set(modes) <= {"live", "paper"}:
        raise ValueError("unknown mode")
    return modes


def _names(value: object) -> object:
    names = tuple(part.strip() for part in str(value).split(",") if part.strip())
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice")
    return names


def lower(value: object) -> object:
    return str(value).strip().lower()


def upper(value: object) -> object:
    return str(value).strip().upper()


def _url(value: object) -> object:
    text = str(value).strip().rstrip("/")
    if not re.fullmatch(r"(https?|wss?)://[^\s/]+(/\S*)?", text):
        raise ValueError("not an address")
    return text


CURRENCY = r"^[A-Z0-9]{2,12}$"
Number = Annotated[Decimal, BeforeValidator(_decimal)]
LocalTime = Annotated[time, BeforeValidator(_local_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Weekday = Annotated[int | None, BeforeValidator(_weekday)]
"""0 is Monday; None is off."""
Symbols = Annotated[tuple[str, ...], BeforeValidator(_symbols)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Modes = Annotated[tuple[str, ...], BeforeValidator(_modes)]
Url = Annotated[str, BeforeValidator(_url)]


def setting(default: Any, about: str, allowed: str, **limits: Any) -> Any:
    """A setting: its default, what it is for, and in words what it allows."""
    return Field(default, description=about, json_schema_extra={"allowed": allowed}, **limits)
