"""Dust: what is held and can never be sold alone, because the venue takes no order that small."""

from __future__ import annotations

from decimal import Decimal

from trading.domain.market import Instrument
from trading.domain.money import ZERO, round_down


def is_sellable(rules: Instrument, held: Decimal, price: Decimal) -> bool:
    """Whether `held` (base), rounded down to whole lots, is an order that the venue takes at `price`."""
    lots = round_down(max(held, ZERO), rules.lot_step)
    return lots > ZERO and lots >= rules.min_quantity and lots * price >= rules.min_notional


def dust(rules: Instrument, left: Decimal, price: Decimal) -> str:
    """A sentence about what stays behind as dust; empty when nothing does, or when it can still be sold."""
    if left <= ZERO or is_sellable(rules, left, price):
        return ""
    value = left * price
    worth = f"{value:.2f} {rules.quote}" if value >= Decimal("0.01") else f"less than 0.01 {rules.quote}"
    return f"{figure(left)} {rules.base} ({worth}) stay as dust: below the minimum of {least(rules, price)}"


def least(rules: Instrument, price: Decimal) -> str:
    """The smallest order at `price`, in the unit that decides: "0.001 BTC", or "5 USD"."""
    quantity = max(rules.min_quantity, rules.lot_step)
    if quantity * price >= rules.min_notional:
        return f"{figure(quantity)} {rules.base}"
    return f"{figure(rules.min_notional)} {rules.quote}"


def figure(amount: Decimal) -> str:
    """An amount for a sentence, without zeros at the end."""
    return f"{amount.normalize():f}"
