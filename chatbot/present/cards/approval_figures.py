"""The figures of a card: what each order would do, weights before and after, risk, and why it asks."""

from __future__ import annotations

from decimal import Decimal

from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.layout import Lines, aligned, table, wrapped
from trading.contract import ApprovalView
from trading.domain.order import Order
from trading.domain.risk import ApprovalKind, Measure

_CASH_NAMES = {"cash", "CASH", "Cash"}
_ZERO = Decimal(0)
_MEASURES = {
    Measure.ORDER: "one order is",
    Measure.BATCH: "the orders are",
    Measure.DAY: "unattended trade in 24 h would be",
}


def order_lines(view: ApprovalView, quote: str) -> Lines:
    """Each order with its size and worth, its price and fee below; what is left out says so."""
    rows = [_order(order, view, quote) for order in view.orders]
    found = zip(view.orders, aligned(rows, "<>>"), strict=True)
    return [line for order, lines in found for line in (*lines, *_below(order, view, quote))]


def cost_lines(view: ApprovalView, quote: str) -> Lines:
    """Fees with their share of what is traded, turnover, and the largest weight afterwards."""
    approval = view.approval
    share = f" ({n.share(approval.fees / approval.notional, 2)})" if approval.notional else ""
    turned, largest = turnover(view), _largest(view)
    risk = [
        "" if turned is None else f"turnover {n.share(turned)}",
        "" if largest is None else f"largest {largest[0]} {n.share(largest[1])}",
    ]
    fees = f"Fees about {n.money(approval.fees, quote)}{share}"
    told = " · ".join(filter(None, risk))
    return [*wrapped(fees), *(wrapped(told[:1].upper() + told[1:]) if told else [])]


def weight_lines(view: ApprovalView) -> Lines:
    """Weights now and after, cash last."""
    rows = [(name, n.share(now), n.share(after)) for name, now, after in weight_rows(view)]
    return table([("", "now", "after"), *rows], "<>>") if rows else []


def turnover(view: ApprovalView) -> Decimal | None:
    """Half the sum of all changes of weight, cash included; None where the weights are not known."""
    rows = weight_rows(view)
    return sum((abs(after - now) for _, now, after in rows), _ZERO) / 2 if rows else None


def weight_rows(view: ApprovalView) -> list[tuple[str, Decimal, Decimal]]:
    """Name, share now and share after (fractions) of everything held before or after, then of cash."""
    now, after = view.approval.weights_now, view.approval.weights_after
    if not after:
        return []
    symbols = [symbol for symbol in dict.fromkeys([*now, *after]) if symbol not in _CASH_NAMES]
    rows = [(symbol.split("/")[0], now.get(symbol, _ZERO), after.get(symbol, _ZERO)) for symbol in symbols]
    held = [row for row in rows if row[1] or row[2]]
    return [*held, ("Cash", 1 - sum((r[1] for r in rows), _ZERO), 1 - sum((r[2] for r in rows), _ZERO))]


def asking_lines(view: ApprovalView, quote: str) -> Lines:
    """Which threshold was crossed, and by how much; or that what is left crosses none, and waits all the same."""
    needed = view.approval.needed
    if needed is None:
        asks = view.approval.kind is ApprovalKind.CARD and view.approval.excluded
        return wrapped("What is left crosses no limit; it waits for a press all the same.") if asks else []
    what = f"{_MEASURES[needed.measure]} {n.money(needed.notional, quote)}"
    limit = n.money(needed.threshold, quote)
    return wrapped(f"Asks: {what}, {n.money(needed.excess, quote)} above the limit of {limit}")


def note_lines(view: ApprovalView) -> Lines:
    """What to know before pressing; never cut."""
    notes = (*view.approval.notes, view.approval.warning)
    return [line for note in notes if note for line in wrapped(f"{marks.ATTENTION} {note}")]


def name_of(order: Order) -> str:
    """ "SELL ETH", "BUY  BTC"."""
    return f"{order.side.value.upper():<4} {order.intent.instrument.base}{ex.short_mark(order)}"


def _order(order: Order, view: ApprovalView, quote: str) -> tuple[str, str, str]:
    size = n.short_quantity(order.intent.quantity, order.intent.instrument)
    left_out = not view.approval.includes(order.client_order_id)
    worth = view.estimated.get(order.client_order_id)
    return name_of(order), size, "left out" if left_out else f"about {n.money(worth, quote)}"


def _below(order: Order, view: ApprovalView, quote: str) -> Lines:
    """The price and fee of an order that is in; who left it out otherwise."""
    by = view.approval.excluded.get(order.client_order_id)
    if by is not None:
        return wrapped(f"by {by}", indent="  ")
    estimate = view.approval.estimates.get(order.client_order_id)
    price = estimate.price if estimate else view.approval.quoted_prices.get(order.symbol)
    if price is None:
        return []
    fee = f", fee {n.money(estimate.fee, quote)}" if estimate and len(view.orders) > 1 else ""
    return wrapped(f"at about {n.price(price, order.intent.instrument)}{fee}", indent="  ")


def _largest(view: ApprovalView) -> tuple[str, Decimal] | None:
    """The position that would weigh most."""
    held = [(name, after) for name, _, after in weight_rows(view)[:-1] if after]
    return max(held, key=lambda row: row[1]) if held else None
