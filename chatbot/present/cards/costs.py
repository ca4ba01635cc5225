"""What trading and running cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import models
from chatbot.present.layout import Lines, block, capitalized, pair, prose, wrapped
from trading.contract.books import DOLLARS, Costs, FeeRate, Fees

_MOST = 8


def fees(paid: Fees) -> Reply:
    """Fees over a window: whole, by currency, by coin, and what an order costs now."""
    world, quote = paid.world, paid.world.quote
    share = "" if paid.share is None else f"{n.share(paid.share, 2)} of {n.whole_money(paid.turnover, quote)} traded · "
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {n.money(paid.total, quote)} in fees {paid.window.label}.",
            f"{share}{n.counted(paid.trades, 'trade')}",
        ),
        card=block(_by_currency(paid), _by_symbol(paid.by_symbol, quote), _as_maker(paid), _rates(paid.rates)),
        buttons=_spans("fees", "Costs", "do:/costs"),
    )


def costs(found: Costs) -> Reply:
    """Everything that is known to have cost money."""
    world, quote = found.world, found.world.quote
    rows = [("Fees", n.money(found.fees, quote)), ("Slippage", _about(found.slippage, quote))]
    if found.borrowing:
        rows.append(("Borrowing", n.money(found.borrowing, quote)))
    if found.models.calls:
        rows.append(("Model calls", models.dollars(found.models.cost)))
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · Costs {_about(found.total, quote)} {found.window.label}.",
            _what_is_in_it(found),
        ),
        card=block(
            [line for label, value in rows for line in pair(label, value)],
            _measured(found),
            models.uses(found.models),
            models.today(found.models.budget),
            models.unpriced(found.models.unpriced),
        ),
        buttons=_spans("costs", "Fees", "do:/fees"),
    )


def _what_is_in_it(found: Costs) -> str:
    if not found.models.cost:
        return "Fees and slippage."
    if found.world.quote in DOLLARS:
        return "Fees, slippage and model calls."
    return f"Fees and slippage; model calls, {models.dollars(found.models.cost)}, come on top."


def _about(amount: Decimal | None, quote: str) -> str:
    """ "about $12.40", and "$0.00" or "< $0.01" as they are."""
    told = n.money(amount, quote)
    return f"about {told}" if amount and not told.startswith("<") else told


def _spans(command: str, label: str, other: str) -> tuple[Button, ...]:
    return (
        Button("30 days", f"do:/{command} last 30 days"),
        Button("All", f"do:/{command} all"),
        Button(label, other),
    )


def _by_currency(paid: Fees) -> Lines:
    """Left out where every fee was paid in the portfolio's own currency."""
    if set(paid.by_currency) <= {paid.world.quote}:
        return []
    quote = paid.world.quote
    rows = [
        (f"paid in {currency}", n.amount(paid.by_currency[currency], currency, quote)) for currency in paid.by_currency
    ]
    return [line for label, value in rows for line in pair(label, value)]


def _by_symbol(worth: Mapping[str, Decimal], quote: str) -> Lines:
    largest = sorted(worth.items(), key=lambda item: -item[1])
    lines = [line for symbol, value in largest[:_MOST] for line in pair(symbol, n.money(value, quote))]
    rest = sum((value for _, value in largest[_MOST:]), Decimal(0))
    return lines + pair("others", n.money(rest, quote)) if largest[_MOST:] else lines


def _as_maker(paid: Fees) -> Lines:
    if not paid.trades:
        return []
    return wrapped(f"The same as resting orders, at today's rates: about {n.money(paid.as_maker, paid.world.quote)}.")


def _rates(rates: tuple[FeeRate, ...]) -> Lines:
    """One line where all pairs cost the same."""
    if len({(rate.maker, rate.taker) for rate in rates}) == 1:
        return [*wrapped(f"Now: {_rate(rates[0])}"), *wrapped(_age(rates))]
    lines = [line for rate in rates[:_MOST] for line in pair(rate.symbol, _rate(rate))]
    return [*lines, *wrapped(_age(rates))] if rates else []


def _rate(rate: FeeRate) -> str:
    return f"taker {n.share(rate.taker, 2)}, maker {n.share(rate.maker, 2)}"


def _age(rates: tuple[FeeRate, ...]) -> str:
    ages = [rate.age for rate in rates if rate.age is not None]
    return capitalized(f"told {n.duration(max(ages))} ago") if ages else "The published rates; no account's own."


def _measured(found: Costs) -> Lines:
    if found.slippage is None:
        return wrapped("Slippage: no order with a known quote." if found.orders else "No orders.")
    return wrapped(f"Slippage against the quotes decided at, {found.measured} of {n.counted(found.orders, 'order')}.")
