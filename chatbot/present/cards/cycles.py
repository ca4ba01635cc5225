"""A decision on record: what was held, wanted and allowed, which guards cut, what was ordered, what it took."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.cards.decisions import verdict
from chatbot.present.layout import Lines, block, capitalized, one_line, pair, prose, table, wrapped
from trading.contract import World
from trading.contract.books.cycles import CASH, CycleStory, WeightLine, weight_lines
from trading.domain.order import Order
from trading.domain.plan import Clamp, Cycle, CycleOutcome
from trading.domain.usage import ModelCall

SHORT = 8
_MOST_BUTTONS = 3
_WORDS = {
    CycleOutcome.TRADED: "traded",
    CycleOutcome.WAITING: "waits",
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
            verdict(cycle),
            f"{decided_by(cycle, '')} · {one_line(cycle.trigger)}",
            capitalized(one_line(cycle.reason)),
        ),
        card=block(
            _regime(cycle),
            _weights(weight_lines(cycle)),
            _guards(cycle.clamps),
            _orders(told, world),
            _asking(told.calls, told),
            wrapped(f"Whole: main.py cycle {cycle.id[:SHORT]}"),
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


def _weights(lines: Sequence[WeightLine]) -> Lines:
    shown = [line for line in lines if line.now or line.wanted or line.allowed]
    if not shown:
        return []
    cut = any(line.allowed != line.wanted for line in shown)
    heading = ("", "before", "wanted", *(["allowed"] if cut else []))
    rows = [
        (_base(line.symbol), n.share(line.now), n.share(line.wanted), *([n.share(line.allowed)] if cut else []))
        for line in shown
    ]
    return table([heading, *rows], "<>>>" if cut else "<>>")


def _guards(clamps: Sequence[Clamp]) -> Lines:
    return [line for clamp in clamps[:4] for line in wrapped(f"Guard: {clamp.detail}", most=2)]


def _orders(told: CycleStory, world: World) -> Lines:
    lines = [line for order in told.orders for line in _order(order, world)]
    return lines + (pair("Fees", n.money(told.fees, world.quote)) if told.fills else [])


def _order(order: Order, world: World) -> Lines:
    market = order.intent.instrument
    what = f"{marks.SIDES[order.side]} {market.base} {n.short_quantity(order.intent.quantity, market)}"
    worth = order.filled_quantity * order.average_price if order.average_price else None
    return pair(what, order.status.value.lower() if worth is None else n.money(worth, world.quote))


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


def _base(symbol: str) -> str:
    return "Cash" if symbol == CASH else symbol.partition("/")[0]
