"""Weighted average cost: what a change of quantity does to a position, long or short.

A share of a cost is rounded to thirty decimals where it has no end, by a rounding of our own: sums of such shares
stay exact, so that a book which is rebuilt is the same to the last digit, whatever a library does to the context.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact

from trading.domain.money import ZERO
from trading.domain.portfolio import Position

_DIVISION = Context(prec=40, rounding=ROUND_HALF_EVEN, traps=[])
_FINEST = Decimal("1E-30")


def traded(held: Position, quantity: Decimal, cash: Decimal, value: Decimal, at: datetime) -> Position:
    """`held` after `quantity` of base came (negative: went) and `cash` of quote came (negative: went), fees in.

    `value` is what `quantity` is worth without fees, with its sign. What leaves, leaves at average cost, and books
    cash less that cost as profit; through zero, the part that closes is realized and the rest opens anew.
    """
    before, cost, profit = held.quantity, held.cost, held.realized_pnl
    after = before + quantity
    if not before or (before > 0) is (quantity > 0):
        opened_at = held.opened_at if before else at
        return Position(held.symbol, after, cost - cash, held.entry_value + value, profit, opened_at)
    if not after or (after > 0) is (before > 0):
        gone, opened_at = share(cost, -quantity, before), held.opened_at if after else None
        entry_value = held.entry_value - share(held.entry_value, -quantity, before)
        return Position(held.symbol, after, cost - gone, entry_value, profit + cash - gone, opened_at)
    closing = share(cash, -before, quantity)
    return Position(held.symbol, after, closing - cash, share(value, after, quantity), profit + closing - cost, at)


def profit_of(held: Position, quantity: Decimal, cash: Decimal) -> Decimal:
    """What :func:`traded` adds to the realized profit; zero where the position is opened or grows."""
    before = held.quantity
    if not before or (before > 0) is (quantity > 0):
        return ZERO
    if abs(quantity) <= abs(before):
        return cash - share(held.cost, -quantity, before)
    return share(cash, -before, quantity) - held.cost


def withdrawn(held: Position, quantity: Decimal) -> Position:
    """`held` after `quantity` left for the owner's own pocket: its cost goes with it and nothing is realized."""
    return replace(
        held,
        quantity=held.quantity - quantity,
        cost=held.cost - share(held.cost, quantity, held.quantity),
        entry_value=held.entry_value - share(held.entry_value, quantity, held.quantity),
        opened_at=held.opened_at if quantity < held.quantity else None,
    )


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """What of `amount` belongs to `part` of `whole`; all of it where the part is the whole."""
    # Without a division, which would leave a rounding crumb behind.
    if part == whole:
        return amount
    found = _DIVISION.divide(_DIVISION.multiply(amount, part), whole)
    if _DIVISION.flags[Inexact]:
        _DIVISION.clear_flags()
        found = found.quantize(_FINEST, ROUND_HALF_EVEN)
    return found
