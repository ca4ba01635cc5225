"""How numbers are spelled: one spelling each, without an exponent, so that the same facts are the same text."""

from __future__ import annotations

import math
from decimal import Decimal


def plain(value: Decimal) -> str:
    """`value` exactly, without an exponent or zeros that say nothing."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def significant(value: Decimal | float | None, digits: int = 6) -> str | None:
    """`value` rounded to `digits` significant digits; None for what is unknown or no finite number."""
    return None if value is None or not math.isfinite(value) else plain(Decimal(f"{value:.{digits}g}"))


def rounded(value: Decimal | float | None, decimals: int) -> str | None:
    """`value` rounded to `decimals` after the point; None for what is unknown or no finite number."""
    return None if value is None or not math.isfinite(value) else plain(Decimal(f"{value:.{decimals}f}"))


def exactly(value: Decimal | None) -> str | None:
    """`value` as :func:`plain` spells it; None stays None."""
    return None if value is None else plain(value)
