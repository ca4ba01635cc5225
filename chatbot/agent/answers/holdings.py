"""Answers about what is held."""

from __future__ import annotations

from decimal import Decimal

from chatbot.agent.answers.sources import answer, of_status
from chatbot.agent.queries import Holdings, Pick
from chatbot.message import Button, Reply
from chatbot.present import numbers as n
from chatbot.present.cards import status as cards
from chatbot.present.layout import block
from trading.contract import Holding, Reader, Status


async def holdings(query: Holdings, reader: Reader) -> Reply:
    """One position, the cash, or all with the one that is asked for first."""
    status = await reader.status()
    if query.symbol is not None:
        return _one(query.symbol, status)
    if query.cash:
        return _cash(status)
    if not status.holdings:
        cash = n.money(status.cash, status.world.quote)
        return Reply(text=answer(f"Nothing is held; all is cash, {cash}.", of_status(status)))
    first = _picked(query.pick, status) if query.pick is not None else _all(status)
    return Reply(text=answer(first, of_status(status)), card=_card(status))


def _cash(status: Status) -> Reply:
    """All cash; orders on their way may keep some of it back, which the balance tells."""
    worth = f"{n.money(status.cash, status.world.quote)} in cash, {n.share(status.cash_weight)} of equity."
    return Reply(text=answer(worth, of_status(status)), buttons=(Button("Balance", "do:/balance"),))


def _one(base: str, status: Status) -> Reply:
    held = next((holding for holding in status.holdings if holding.base == base), None)
    chart = (Button(f"{base} chart", f"do:/chart {base}"),)
    if held is None:
        return Reply(text=answer(f"No {base} is held.", of_status(status)), buttons=chart)
    quote = status.world.quote
    worth = f"{n.money(held.value, quote)} ({n.share(held.weight)} of equity)"
    return Reply(
        text=answer(
            f"{_size(held)}, worth {worth}.",
            f"Cost {n.price(held.average_cost, held.instrument)}, now {n.price(held.price, held.instrument)}: "
            f"{n.percent(held.gain)}, {n.signed_money(held.unrealized, quote)} open.",
            f"Stop {n.level(held.stop, held.instrument)}, target {n.level(held.target, held.instrument)}.",
            of_status(status),
        ),
        buttons=chart,
    )


def _size(held: Holding) -> str:
    """ "0.0412 BTC", "Short 0.0412 BTC"."""
    size = f"{n.quantity(abs(held.quantity), held.instrument)} {held.base}"
    return f"Short {size}" if held.quantity < 0 else size


def _all(status: Status) -> str:
    ordered = sorted(status.holdings, key=lambda holding: holding.weight or Decimal(0), reverse=True)
    shares = ", ".join(f"{holding.base} {n.share(holding.weight)}" for holding in ordered[:4])
    more = f", {len(ordered) - 4} more" if len(ordered) > 4 else ""
    total = n.money(status.equity, status.world.quote)
    return f"{shares}{more}, cash {n.share(status.cash_weight)}; {total} in all."


def _picked(pick: Pick, status: Status) -> str:
    by_gain = pick in (Pick.BEST, Pick.WORST)
    ranked = [(value, holding) for holding in status.holdings if (value := _rank(holding, by_gain)) is not None]
    if not ranked:
        return f"Unknown: no price for what is held, so the {pick.value} cannot be told."
    last = pick in (Pick.WORST, Pick.SMALLEST)
    _, chosen = (min if last else max)(ranked, key=lambda pair: pair[0])
    figure = f"{n.percent(chosen.gain)} since it was bought" if by_gain else f"{n.share(chosen.weight)} of equity"
    return f"{pick.value.capitalize()} holding: {chosen.base}, {figure}."


def _rank(holding: Holding, by_gain: bool) -> Decimal | None:
    return holding.gain if by_gain else holding.value


def _card(status: Status) -> str:
    return block(cards.holdings(status.holdings, status.cash, status.cash_weight, status.world.quote))
