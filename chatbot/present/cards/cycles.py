"""A decision on record: what was held, wanted and allowed, which guards cut, what was ordered, what it took."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.cards.decisions import outcome, remark_lines, why
from chatbot.present.cards.orders import STATES
from chatbot.present.cards.weights import weights
from chatbot.present.layout import Lines, block, one_line, pair, prose, wrapped
from trading.contract import World
from trading.contract.books.cycles import CycleStory
from trading.domain.order import Order
from trading.domain.plan import Cycle, CycleOutcome
from trading.domain.usage import ModelCall

SHORT = 8
_MOST_BUTTONS = 3
_WORDS = {
    CycleOutcome.TRADED: "traded",
    CycleOutcome.WAITING: "asked for approval",
    CycleOutcome.HELD: "held",
    CycleOutcome.REFUSED: "refused",
    CycleOutcome.FAILED: "could not decide",
}


def listed(cycles: Sequence[Cycle], world: World, about: str = "") -> Reply:
    """The newest decisions, or those that begin alike, each with a button that opens it."""
    if not cycles:
        return Reply(text=f"{marks.ANSWER} {marks.mode(world)} · No rebalance has been decided yet.")
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {n.counted(len(cycles), 'decision')}{about}",
        card=block([line for cycle in cycles for line in _row(cycle, world)]),
        buttons=tuple(
            Button(f"{n.local_moment(cycle.at, world.timezone)}", f"do:/cycle {cycle.id}")
            for cycle in cycles[:_MOST_BUTTONS]
        ),
    )


def nothing_found(prefix: str, world: World) -> Reply:
    """No decision has that id; where the ids are."""
    return Reply(
        text=prose(
            f"{marks.REFUSED} {marks.mode(world)} · No decision begins with {prefix}.",
            "The newest ones with their ids: /cycle",
        ),
        buttons=(Button("Decisions", "do:/cycle"),),
        ok=False,
    )


def story(told: CycleStory, world: World) -> Reply:
    """One decision in short; the whole record is on the command line."""
    cycle = told.cycle
    return Reply(
        text=prose(
            f"{marks.ANSWER} Decision {cycle.id[:SHORT]} · {marks.mode(world)} · "
            f"{n.local_moment(cycle.at, world.timezone)}",
            outcome(cycle, told.approval),
            f"{decided_by(cycle, '')} · {one_line(cycle.trigger)}",
            why(cycle),
        ),
        card=block(
            _regime(cycle),
            weights(cycle),
            remark_lines(cycle),
            _orders(told, world),
            _asking(told.calls, told),
            wrapped(f"All of it: main.py cycle {cycle.id[:SHORT]}"),
        ),
        buttons=_buttons(told),
    )


def _row(cycle: Cycle, world: World) -> Lines:
    return [
        *pair(n.local_moment(cycle.at, world.timezone), _WORDS[cycle.outcome]),
        *pair(f"   {cycle.id[:SHORT]}", one_line(cycle.decided_by)),
    ]


def _regime(cycle: Cycle) -> Lines:
    return wrapped(f"Market: {cycle.plan.regime}", most=2) if cycle.plan is not None and cycle.plan.regime else []


def _orders(told: CycleStory, world: World) -> Lines:
    lines = [line for order in told.orders for line in _order(order, world)]
    return lines + (pair("Fees", n.money(told.fees, world.quote)) if told.fills else [])


def _order(order: Order, world: World) -> Lines:
    market = order.intent.instrument
    what = f"{marks.SIDES[order.side]} {market.base} {n.short_quantity(order.intent.quantity, market)}"
    worth = order.filled_quantity * order.average_price if order.average_price else None
    return pair(what, STATES[order.status] if worth is None else n.money(worth, world.quote))


def _asking(calls: Sequence[ModelCall], told: CycleStory) -> Lines:
    """What asking the model took, in tokens and in dollars, whatever the portfolio's currency is."""
    if not calls:
        return []
    cost = "no known price" if told.cost is None else n.money(told.cost, "USD")
    return pair(n.counted(len(calls), "model call"), f"{told.tokens:,} tokens") + pair("   cost", cost)


def _buttons(told: CycleStory) -> tuple[Button, ...]:
    orders = tuple(
        Button(f"{order.intent.instrument.base} order", f"do:/order {order.client_order_id}")
        for order in told.orders[:_MOST_BUTTONS]
    )
    return (*orders, Button("Decisions", "do:/cycle"))
