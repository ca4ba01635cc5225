"""What happened on the account without us: the owner's own trades, deposits, withdrawals, rewards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, capitalized, pair, prose, wrapped
from trading.contract import World
from trading.domain.event import ExternalFill, ExternalFlow
from trading.domain.market import Instrument
from trading.domain.order import Side

BY_HAND = "yours, by hand"
Activity = ExternalFill | ExternalFlow
_MOST_LINES = 8
_ADJUSTMENT = "adjustment"
_DEEDS = {Side.BUY: "Bought", Side.SELL: "Sold"}


def fill(event: ExternalFill, world: World, instruments: Mapping[str, Instrument]) -> Reply:
    """One trade of the owner's."""
    market = instruments.get(event.symbol)
    price = n.price(event.price, market) if market else n.exact(event.price)
    worth, fee = n.money(event.price * event.quantity, world.quote), event.fee
    return Reply(
        text=prose(
            f"{marks.SIDES[event.side]} {marks.mode(world)} · {capitalized(BY_HAND)}: {_deed(event)} at {price}.",
            f"{worth}, fee {n.amount(fee.amount, fee.currency, world.quote)}. It is in the books now.",
        ),
        buttons=(Button("Trades", "do:/trades"),),
    )


def flow(event: ExternalFlow, world: World) -> Reply:
    """Money that came or went."""
    money = f"{_money(event, world)}{_worth(event, world)}"
    why = "The books were made to agree with" if event.word == _ADJUSTMENT else "It was told by"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {capitalized(event.word)}: {money}.",
            f"{why} {world.market}; it counts as money from outside, not as profit.",
        ),
        buttons=(Button("Status", "do:/status"),),
    )


def several(events: Sequence[Activity], world: World) -> Reply:
    """Many of them at once, in one message."""
    trades = sum(isinstance(event, ExternalFill) for event in events)
    what = [
        n.counted(trades, "trade") + " of yours" if trades else "",
        n.counted(len(events) - trades, "deposit, withdrawal or the like", "deposits, withdrawals and the like")
        if trades < len(events)
        else "",
    ]
    rest = len(events) - _MOST_LINES
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {world.market} tells of {' and '.join(filter(None, what))}.",
            "They are in the books now.",
        ),
        card=block(
            [line for event in events[:_MOST_LINES] for line in _line(event, world)],
            wrapped(f"and {rest} more: /trades, /status") if rest > 0 else [],
        ),
        buttons=(Button("Trades", "do:/trades"), Button("Status", "do:/status")),
    )


def _deed(event: ExternalFill) -> str:
    return f"{_DEEDS[event.side].lower()} {n.exact(event.quantity)} {event.symbol.split('/')[0]}"


def _money(event: ExternalFlow, world: World) -> str:
    amount, currency = event.money.amount, event.money.currency
    return n.signed_money(amount, currency) if currency == world.quote else f"{n.exact(amount, '+')} {currency}"


def _worth(event: ExternalFlow, world: World) -> str:
    if event.money.currency == world.quote:
        return ""
    return f", about {n.money(abs(event.value), world.quote)}" if event.value else ", of unknown worth"


def _line(event: Activity, world: World) -> Lines:
    if isinstance(event, ExternalFlow):
        return pair(capitalized(event.word), _money(event, world))
    left = f"{marks.SIDES[event.side]} {event.symbol.split('/')[0]} {n.exact(event.quantity)}"
    return pair(left, n.money(event.price * event.quantity, world.quote))
