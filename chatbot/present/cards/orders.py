"""Orders and trades: a list to open one from, and one with its whole story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.executions import short_mark
from chatbot.present.layout import Lines, block, capitalized, one_line, pair, prose, wrapped
from trading.contract import World
from trading.contract.books import OrderStory, TradeStory
from trading.domain.order import FINAL, Fill, Order, OrderStatus, OrderType, Source
from trading.domain.risk import ApprovalStatus

STATES = {
    OrderStatus.INTENDED: "not sent yet",
    OrderStatus.SUBMITTED: "on its way",
    OrderStatus.UNKNOWN: "outcome unknown",
    OrderStatus.ACCEPTED: "open",
    OrderStatus.PARTIALLY_FILLED: "partly filled",
    OrderStatus.FILLED: "filled",
    OrderStatus.CANCELED: "canceled",
    OrderStatus.REJECTED: "rejected",
    OrderStatus.EXPIRED: "expired",
}
_SHORT = 8
"""Characters of an id that people copy; the buttons carry it whole."""
_MOST_BUTTONS = 4


def listed(open_: Sequence[Order], recent: Sequence[Order], world: World, about: str = "") -> Reply:
    """Open orders, then the newest of the others; each button opens one."""
    done = [order for order in recent if order.status in FINAL]
    unsent = sum(order.status is OrderStatus.INTENDED for order in open_)
    sent = len(open_) - unsent
    head = n.counted(sent, "open order") if sent else "No open order"
    rest = "Below them the newest others." if open_ else "The newest:"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {head}{about}{f', {unsent} not sent yet' if unsent else ''}.",
            rest if done else "",
            "One in full: press it, or /order and its id." if [*open_, *done] else "",
        ),
        card=block(*(_lines(order, world) for order in [*open_, *done])),
        buttons=(*_order_buttons([*open_, *done]), *((Button("Pending", "do:/pending"),) if unsent else ())),
    )


def several(orders: Sequence[Order], prefix: str, world: World) -> Reply:
    """More than one order begins with what was asked."""
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {len(orders)} orders begin with {prefix}. Open one:",
        card=block(*(_lines(order, world) for order in orders)),
        buttons=_order_buttons(orders),
    )


def several_trades(fills: Sequence[Fill], prefix: str, world: World) -> Reply:
    """More than one trade begins with what was asked."""
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {len(fills)} trades begin with {prefix}. Open one:",
        card=block(*(_fill_lines(fill, world) for fill in fills)),
        buttons=tuple(trade_button(fill, world) for fill in fills[:_MOST_BUTTONS]),
    )


def nothing_found(what: str, prefix: str, world: World) -> Reply:
    """Neither our ids nor the exchange's begin like that."""
    return Reply(
        text=prose(
            f"{marks.REFUSED} {marks.mode(world)} · No {what} begins with {prefix}.",
            f"The newest ones with their ids: /{what}s",
        ),
        buttons=(Button(f"{what.capitalize()}s", f"do:/{what}s"),),
        ok=False,
    )


def story(told: OrderStory, world: World) -> Reply:
    """Why it was wanted, what it was sent as, what came of it."""
    order = told.order
    return Reply(
        text=prose(
            f"{_mark(order)} {marks.mode(world)} · {wanted(order)}: {STATES[order.status]}.",
            f"Why: {one_line(order.intent.reason)}" if order.intent.reason else "",
            _decided(told),
            one_line(order.detail),
        ),
        card=block(_result(told, world), _history(told, world), _names(told, world)),
        buttons=_from_story(told),
    )


def trade(told: TradeStory, world: World) -> Reply:
    """One execution, with what it cost and brought."""
    fill, order = told.trade.fill, told.trade.order
    market, quote = order.intent.instrument, world.quote
    size = f"{market.base} {n.quantity(fill.quantity, market)}{short_mark(order)}"
    rows = [
        ("Worth", n.money(fill.notional, quote)),
        ("Fee", n.amount(fill.fee.amount, fill.fee.currency, quote)),
        *([("Realized", n.signed_money(fill.realized, quote))] if fill.realized else []),
        ("When", f"{n.local_moment(fill.at, world.timezone)}{n.local_seconds(fill.at, world.timezone)[5:]}"),
    ]
    return Reply(
        text=prose(
            f"{marks.SIDES[fill.side]} {marks.mode(world)} · {size} at {n.price(fill.price, market)}",
            f"Why: {one_line(order.intent.reason)}" if order.intent.reason else "",
            _decided(told.order),
        ),
        card=block([line for label, value in rows for line in pair(label, value)], wrapped(f"Trade {fill.trade_id}")),
        buttons=(Button("Its order", f"do:/order {order.client_order_id}"),),
    )


def trade_button(fill: Fill, world: World) -> Button:
    """Opens one trade."""
    return Button(
        f"{fill.symbol.partition('/')[0]} {n.local_clock(fill.at, world.timezone)}", f"do:/trade {fill.trade_id[:54]}"
    )


def wanted(order: Order) -> str:
    """ "buy BTC 0.0069", "sell ETH 0.22 at 3,400.00 or better"."""
    market = order.intent.instrument
    limit = order.intent.limit_price if order.intent.type is OrderType.LIMIT else None
    at = f" at {n.price(limit, market)} or better" if limit is not None else ""
    return f"{order.side.value} {market.base} {n.quantity(order.intent.quantity, market)}{short_mark(order)}{at}"


def _lines(order: Order, world: World) -> Lines:
    market = order.intent.instrument
    # The colour says bought or sold: where nothing was, the word says what was wanted.
    side = "" if order.average_price else f"{order.side.value.upper()} "
    size = n.quantity if order.average_price else n.short_quantity
    what = f"{_mark(order)} {side}{market.base} {size(order.intent.quantity, market)}{short_mark(order)}"
    worth = order.filled_quantity * order.average_price if order.average_price else None
    when = n.local_moment(order.created_at, world.timezone)
    name = f"   {order.client_order_id[:_SHORT]} · {when}"
    return [*pair(what, STATES[order.status]), *(pair(name, n.money(worth, world.quote)) if worth else [name])]


def _mark(order: Order) -> str:
    """Bought or sold only where something was; otherwise whether anything may still come of it."""
    if order.average_price:
        return marks.SIDES[order.side]
    return marks.REFUSED if order.status in FINAL else marks.WAITING


def _fill_lines(fill: Fill, world: World) -> Lines:
    title = f"{marks.SIDES[fill.side]} {fill.symbol} {n.exact(fill.quantity)}"
    return [
        *pair(title, n.money(fill.notional, world.quote)),
        *pair(f"   {fill.trade_id[:_SHORT]}", n.local_moment(fill.at, world.timezone)),
    ]


def _order_buttons(orders: Sequence[Order]) -> tuple[Button, ...]:
    shown = orders[:_MOST_BUTTONS]
    return tuple(
        Button(f"{o.intent.instrument.base} {o.client_order_id[:4]}", f"do:/order {o.client_order_id}") for o in shown
    )


def _decided(told: OrderStory) -> str:
    """Who, in which role, and by which plan."""
    if told.batch.source is Source.EXTERNAL:
        return "Traded at the exchange by hand; only booked here."
    plan = f" · plan {told.batch.cycle_id[:4]}" if told.batch.cycle_id else ""
    who = f"Decided by {told.batch.decided_by}" if told.batch.decided_by else capitalized(told.batch.source.value)
    return f"{who} ({told.order.intent.source.value}){plan}"


def _result(told: OrderStory, world: World) -> Lines:
    order, quote, market = told.order, world.quote, told.order.intent.instrument
    average = told.notional / told.quantity if told.quantity else None
    filled, wished = n.quantity(told.quantity, market), n.quantity(order.intent.quantity, market)
    rows = [("Filled", filled if told.quantity == order.intent.quantity else f"{filled} of {wished}")]
    if told.quoted is not None:
        rows.append(("Quoted", n.price(told.quoted, market)))
    if average is not None:
        rows += [("Average", n.price(average, market)), ("Worth", n.money(told.notional, quote))]
    if told.slippage is not None:
        rows.append(("Slippage", f"{n.signed_money(told.slippage, quote)}  {n.percent(told.slippage_share)}"))
    if told.fills:
        rows.append(("Fees", n.money(told.fees, quote)))
    if told.realized:
        rows.append(("Realized", n.signed_money(told.realized, quote)))
    return [line for label, value in rows for line in pair(label, value)]


def _history(told: OrderStory, world: World) -> Lines:
    """What is on record, oldest first."""
    order, zone, market = told.order, world.timezone, told.order.intent.instrument
    final = order.status in FINAL and order.status is not OrderStatus.FILLED
    steps = [
        (order.created_at, "Intended"),
        *_approved(told, world),
        *((fill.at, f"Filled {n.short_quantity(fill.quantity, market)}") for fill in told.fills),
        *([(order.updated_at, capitalized(STATES[order.status]))] if final else []),
    ]
    times = ((what, "" if at is None else n.local_seconds(at, zone)) for at, what in steps)
    return [n.local_day(order.created_at, zone), *(line for what, at in times for line in _step(f"  {what}", at))]


def _approved(told: OrderStory, world: World) -> list[tuple[datetime | None, str]]:
    """People live by their own clock: where the market's is simulated, the two cannot stand in one list."""
    approval = told.approval
    if approval is None or not approval.decided_by:
        return []
    at = None if world.simulated else approval.decided_at
    # A press to approve that the second look refused: nobody rejected it.
    refused = approval.status is ApprovalStatus.REJECTED and approval.outcome
    word = "Approved" if refused else approval.status.value.capitalize()
    return [(at, f"{word} by {approval.decided_by}{', but refused' if refused else ''}")]


def _step(what: str, at: str) -> Lines:
    return pair(what, at) if at else wrapped(what.strip(), indent="  ")


def _names(told: OrderStory, world: World) -> Lines:
    """Ours, and the exchange's where there is one: on paper its id says nothing."""
    order = told.order
    known_there = order.venue_order_id is not None and world.mode == "LIVE"
    at_venue = wrapped(f"At the exchange: {order.venue_order_id}") if known_there else []
    tries = wrapped(f"Try {told.attempts.index(order.client_order_id) + 1} of {len(told.attempts)}")
    return [*wrapped(order.client_order_id), *at_venue, *(tries if len(told.attempts) > 1 else [])]


def _from_story(told: OrderStory) -> tuple[Button, ...]:
    base = told.order.intent.instrument.base
    trades = Button("Its trade", f"do:/trade {told.fills[0].trade_id[:54]}") if len(told.fills) == 1 else None
    plan = Button("Plan", "do:/plan") if told.batch.cycle_id else None
    return tuple(
        button for button in (trades, plan, Button(f"Orders of {base}", f"do:/orders {base}")) if button is not None
    )
