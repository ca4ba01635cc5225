"""Other guards for a decision that was made, from the command line's words: `max_weight=0.2`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from trading.decision.snapshots import Snapshot
from trading.errors import SettingsError

OFF = "off"

Read = Callable[[str], Any]
"""Reads a value; raises ValueError for one that is none."""


def with_guards(snapshot: Snapshot, words: Sequence[str]) -> Snapshot:
    """`snapshot` under other guards or limits. Raises SettingsError with one sentence that lists what is allowed."""
    guards = dict(_read(each, _GUARDS) for each in words if _name(each) in _GUARDS)
    limits = dict(_read(each, _LIMITS) for each in words if _name(each) not in _GUARDS)
    return replace(snapshot, guards=replace(snapshot.guards, **guards), limits=replace(snapshot.limits, **limits))


def _read(words: str, known: Mapping[str, tuple[str, Read]]) -> tuple[str, Any]:
    name, _, text = (part.strip() for part in words.partition("="))
    try:
        _, read = known[name]
        return name, read(text.lower())
    except (KeyError, ValueError, InvalidOperation):
        allowed = ", ".join(f"{other}={example}" for other, (example, _) in {**_GUARDS, **_LIMITS}.items())
        raise SettingsError(f'--with is "{words}"; write one of {allowed}, or off in place of a figure.') from None


def _name(words: str) -> str:
    return words.partition("=")[0].strip()


def _number(least: Decimal, most: Decimal) -> Read:
    def read(text: str) -> Decimal:
        number = Decimal(text)
        if not number.is_finite() or not least <= number <= most:
            raise ValueError(text)
        return number

    return read


def _or_off(read: Read, off: Any) -> Read:
    return lambda text: off if text == OFF else read(text)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise ValueError(text)
    return int(text)


def _hours(text: str) -> timedelta:
    seconds: Decimal = _MOST_HOURS(text) * 3600
    return timedelta(seconds=int(seconds))


def _floors(text: str) -> Mapping[str, Decimal]:
    pairs = (part.partition(":") for part in text.split(","))
    return {base.strip().upper(): _FRACTION(share) for base, _, share in pairs}


_MOST = Decimal(10) ** 12
_FRACTION = _number(Decimal(0), Decimal(1))
_AMOUNT = _number(Decimal(0), _MOST)
_MOST_HOURS = _number(Decimal(0), Decimal(100_000))
_HOURS = _or_off(_hours, timedelta(0))

_GUARDS: Mapping[str, tuple[str, Read]] = {
    "max_weight": ("0.2", _or_off(_FRACTION, Decimal(1))),
    "min_cash": ("0.1", _or_off(_FRACTION, Decimal(0))),
    "max_turnover": ("0.3", _or_off(_AMOUNT, None)),
    "max_orders": ("4", _or_off(_count, None)),
    "min_holding": ("24 (hours)", _HOURS),
    "reentry_pause": ("24 (hours)", _HOURS),
    "min_trade": ("25", _or_off(_AMOUNT, Decimal(0))),
    "floors": ("BTC:0.2,ETH:0.1", _or_off(_floors, {})),
    "max_drawdown": ("0.15", _or_off(_FRACTION, None)),
}
_LIMITS: Mapping[str, tuple[str, Read]] = {
    "max_position": ("0.3", _or_off(_FRACTION, Decimal(1))),
    "max_order_size": ("500", _or_off(_AMOUNT, None)),
}
