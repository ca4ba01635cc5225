"""Strategy parameters as people give them: `--set fast=10`. Every error is one sentence that names the allowed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from trading.errors import SettingsError


def reject_unknown(strategy: str, given: Mapping[str, str], allowed: Collection[str]) -> None:
    """Raise SettingsError when `given` has a key that `strategy` does not know."""
    for key in given:
        if key not in allowed:
            raise SettingsError(f"{strategy} has no parameter {key!r}; allowed are {', '.join(sorted(allowed))}")


def whole_number(strategy: str, given: Mapping[str, str], key: str, default: int, least: int, most: int) -> int:
    """The parameter as a whole number in [least, most]."""
    text = given.get(key)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise SettingsError(f"{strategy}: {key} is {text!r}; allowed is a whole number from {least} to {most}")
    return value


def fraction(strategy: str, given: Mapping[str, str], key: str, default: Decimal) -> Decimal:
    """The parameter as a fraction above 0 and at most 1."""
    text = given.get(key)
    if text is None:
        return default
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and 0 < value <= 1):
        raise SettingsError(f"{strategy}: {key} is {text!r}; allowed is a fraction above 0 and at most 1, such as 0.5")
    return value
