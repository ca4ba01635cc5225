"""What there is of every currency, what of it is free, and whether the exchange says the same."""

from __future__ import annotations

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract.books import BalanceLine, Balances


def balances(found: Balances) -> Reply:
    """Free cash first; then every currency."""
    world, cash = found.world, found.lines[0]
    free = n.money(cash.free, world.quote)
    differs = found.agreed is False
    return Reply(
        text=prose(
            f"{marks.ATTENTION if differs else marks.ANSWER} {marks.mode(world)} · {free} free to trade.",
            f"Equity {n.money(found.equity, world.quote)}.",
            _compared(found),
        ),
        card=block(*(_line(line, found) for line in found.lines)),
        buttons=(
            Button("Positions", "do:/positions"),
            Button("Open orders", "do:/orders"),
            *((Button("Compare now", "do:/reconcile"),) if found.compared_at else ()),
        ),
        tone=Tone.WARNING if differs else Tone.PLAIN,
    )


def _compared(found: Balances) -> str:
    if found.compared_at is None:
        return ""
    ago = n.relative(found.compared_at - found.at)
    verb = "agreed" if found.agreed else "differed"
    return f"Books and {found.world.market} {verb} {ago}." + ("" if found.agreed else " More: /reconcile")


def _line(line: BalanceLine, found: Balances) -> Lines:
    quote = found.world.quote
    is_cash = line.currency == quote
    title = line.currency if is_cash else f"{line.currency} {n.exact(line.total)}"
    worth = "not priced here" if line.value is None and line.price_age is None else n.money(line.value, quote)
    old = [f"price {n.age(line.price_age)}"] if line.price_age is not None else []
    kept = [f"free {n.amount(line.free, line.currency, quote)}"] if line.reserved else []
    held_back = [f"kept back for orders {n.amount(line.reserved, line.currency, quote)}"] if line.reserved else []
    there = [_at_exchange(line, found)] if line.at_exchange is not None else []
    details = [*kept, *held_back, *there, *old]
    return [*pair(title, worth), *(text for detail in details for text in wrapped(detail, indent="  "))]


def _at_exchange(line: BalanceLine, found: Balances) -> str:
    if line.at_exchange == line.total or line.at_exchange is None:
        return f"{found.world.market} has the same"
    more = n.exact(line.at_exchange - line.total, "+")
    return f"{found.world.market} has {n.exact(line.at_exchange)} ({more})"
