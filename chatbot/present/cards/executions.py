"""What came of orders, line by line; shared by decided cards and batch messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, pair, wrapped
from trading.contract import World
from trading.domain.order import FINAL, Batch, Fill, Order, OrderStatus, Side, Source
from trading.domain.risk import Approval

_TITLES = {
    Source.REBALANCE: "Rebalance",
    Source.STRATEGY: "Strategy",
    Source.STOP: "Stop",
    Source.TARGET: "Target",
    Source.FLATTEN: "Flatten",
    Source.EXTERNAL: "By hand",
}
_UNDER_WAY = {OrderStatus.INTENDED, OrderStatus.SUBMITTED, OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED}


@dataclass(frozen=True, slots=True)
class Execution:
    """An order and its fills."""

    order: Order
    fills: tuple[Fill, ...]

    @property
    def quantity(self) -> Decimal:
        return sum((fill.quantity for fill in self.fills), Decimal(0))

    @property
    def notional(self) -> Decimal:
        return sum((fill.notional for fill in self.fills), Decimal(0))


def executions(orders: Sequence[Order], fills: Sequence[Fill]) -> list[Execution]:
    """Every order with its own fills, in the orders' sequence."""
    return [
        Execution(order, tuple(fill for fill in fills if fill.client_order_id == order.client_order_id))
        for order in orders
    ]


def title(batch: Batch, orders: Sequence[Order]) -> str:
    """ "Rebalance", "Stop", "Buy BTC"."""
    named = _TITLES.get(batch.source)
    if named:
        return named
    if len(orders) != 1:
        return "Orders"
    return f"{orders[0].side.value.capitalize()} {orders[0].intent.instrument.base}"


def heading(batch: Batch, orders: Sequence[Order], world: World) -> str:
    """ "Rebalance · LIVE · plan 7f3a"."""
    reference = f"plan {batch.cycle_id[:4]}" if batch.cycle_id else f"order {batch.id[:4]}"
    return f"{title(batch, orders)} · {marks.mode(world)} · {reference}"


def wanted(order: Order) -> str:
    """ "buy BTC 0.0069", "sell ETH 0.22 short". The exact quantity is at the order itself."""
    market = order.intent.instrument
    return f"{order.side.value} {market.base} {n.short_quantity(order.intent.quantity, market)}{short_mark(order)}"


def short_mark(order: Order) -> str:
    """A word for orders that go short, or come back from there."""
    if not order.intent.margin:
        return ""
    return " short" if order.side is Side.SELL else " to cover"


def sent(orders: Sequence[Order], approval: Approval | None) -> list[Order]:
    """The orders without those that somebody left out of their card."""
    return [order for order in orders if approval is None or approval.includes(order.client_order_id)]


def left_out_lines(orders: Sequence[Order], approval: Approval | None) -> Lines:
    """The orders of an approved card that were not sent, and whose wish that was."""
    excluded = approval.excluded if approval is not None else {}
    return [
        line
        for order in orders
        if (by := excluded.get(order.client_order_id)) is not None
        for line in wrapped(f"{marks.LEFT_OUT} {wanted(order)}: left out by {by}")
    ]


def result_lines(done: Sequence[Execution], quote: str) -> Lines:
    """Fills with their marks, then what was not, or only partly, filled and why."""
    return [line for execution in done for line in (*_filled(execution, quote), *_unfilled(execution))]


def summary_lines(done: Sequence[Execution], world: World) -> Lines:
    """Realized profit, fees, how many orders filled, and how many are still open or in doubt."""
    closing = [fill for execution in done for fill in execution.fills if fill.side is Side.SELL or fill.realized]
    realized = sum((fill.realized for fill in closing), Decimal(0))
    paid = f"Fees {fees(done, world.quote)}" if any(execution.fills for execution in done) else ""
    ends = [paid, progress(done, world)]
    return [
        *(pair("Realized", n.signed_money(realized, world.quote)) if closing else []),
        # What is still open deserves a line of its own.
        *(line for text in (ends if unsettled(done) else [" · ".join(filter(None, ends))]) for line in wrapped(text)),
    ]


def progress(done: Sequence[Execution], world: World) -> str:
    """ "1 of 2 filled, 1 in doubt: Kraken is being asked"."""
    statuses = [execution.order.status for execution in done]
    under_way, doubtful = sum(s in _UNDER_WAY for s in statuses), statuses.count(OrderStatus.UNKNOWN)
    filled = f"{statuses.count(OrderStatus.FILLED)} of {len(done)} filled"
    waiting = f", {under_way} still open" if under_way else ""
    return filled + waiting + (f", {doubtful} in doubt: {world.market} is being asked" if doubtful else "")


def unsettled(done: Sequence[Execution]) -> bool:
    """Whether more is to be told of any of them."""
    return any(execution.order.status not in FINAL for execution in done)


def fees(done: Sequence[Execution], quote: str) -> str:
    """The fees paid, per currency."""
    totals: dict[str, Decimal] = {}
    for fill in (fill for execution in done for fill in execution.fills):
        totals[fill.fee.currency] = totals.get(fill.fee.currency, Decimal(0)) + fill.fee.amount
    return " + ".join(n.amount(amount, currency, quote) for currency, amount in totals.items()) or n.money(
        Decimal(0), quote
    )


def _filled(execution: Execution, quote: str) -> Lines:
    if not execution.fills:
        return []
    market = execution.order.intent.instrument
    mark = f"{marks.SIDES[execution.order.side]} {market.base}{short_mark(execution.order)}"
    at = n.price(execution.notional / execution.quantity, market)
    exact, short = n.quantity(execution.quantity, market), n.short_quantity(execution.quantity, market)
    worth, whole = n.money(execution.notional, quote), n.whole_money(execution.notional, quote)
    # One line where it can be: the exact size and the cents are in the list of trades.
    lines = [pair(f"{mark} {size} at {at}", value) for size, value in ((exact, worth), (short, worth), (short, whole))]
    return min(lines, key=len)


def _under_way(execution: Execution) -> str:
    if execution.fills:
        rest = execution.order.intent.quantity - execution.quantity
        return f"partly filled, {n.quantity(rest, execution.order.intent.instrument)} to go"
    return "open at the venue" if execution.order.status is OrderStatus.ACCEPTED else "on its way"


def _unfilled(execution: Execution) -> Lines:
    order = execution.order
    if order.status is OrderStatus.FILLED:
        return []
    what = wanted(order)
    if order.status is OrderStatus.UNKNOWN:
        return wrapped(f"{marks.ATTENTION} {what}: outcome unknown")
    if order.status in _UNDER_WAY:
        return wrapped(f"{marks.WAITING} {what}: {_under_way(execution)}")
    word = "rest not filled" if execution.fills else order.status.value.lower()
    return wrapped(f"{marks.REFUSED} {what}: {word}{'. ' + order.detail if order.detail else ''}", most=5)
