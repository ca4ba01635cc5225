"""Sums without rounding."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation, Overflow

EXACT = Context(prec=2_000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that raises rather than rounds; the default context keeps only 28 digits."""


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of `amounts`, every digit kept."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total
