"""Figures written as people read them, computed apart from the bot's own way of writing them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
TENTH = Decimal("0.1")


def change(fraction: Decimal) -> str:
    """0.0482 as "+4.82 %", with a true minus sign; nothing has no sign."""
    return _signed((fraction * 100).quantize(CENT, ROUND_HALF_UP), " %")


def gap(ours: Decimal, theirs: Decimal) -> str:
    """How far ours is ahead, as "+1.9 pts"."""
    return _signed(((ours - theirs) * 100).quantize(TENTH, ROUND_HALF_UP), " pts")


def standing(ours: Decimal, theirs: Decimal, name: str) -> str:
    """ "Ahead of BTC by 1.9 points"."""
    points = ((ours - theirs) * 100).quantize(TENTH, ROUND_HALF_UP)
    if not points:
        return f"Level with {name}"
    return f"{'Ahead of' if points > 0 else 'Behind'} {name} by {abs(points)} points"


def dollars(amount: Decimal) -> str:
    """10482.151 as "$10,482.15"."""
    return f"${amount.quantize(CENT, ROUND_HALF_UP):,}"


def _signed(value: Decimal, unit: str) -> str:
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f"{sign}{abs(value)}{unit}"
