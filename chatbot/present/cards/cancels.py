"""Orders that were to be cancelled, and a panic."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract import World
from trading.contract.controls import Cancelled, CancelView, PanicView
from trading.domain.order import Order

_WORDS = {
    Cancelled.NOT_SENT: "never sent",
    Cancelled.CANCELED: "cancelled",
    Cancelled.DONE: "had ended",
    Cancelled.IN_DOUBT: "outcome unknown",
    Cancelled.EXIT: "exit, goes on",
    Cancelled.FAILED: "not cancelled",
}
_EXPLAINED = {
    Cancelled.IN_DOUBT: "Its outcome is not known yet; it is being asked for.",
    Cancelled.EXIT: "A stop or target has fired: it closes the position and is not called back.",
}
_GONE = {Cancelled.NOT_SENT, Cancelled.CANCELED}
_MOST = 8


def waiting(orders: Sequence[Order], world: World) -> Reply:
    """Our open orders, each with a button."""
    if not orders:
        return none_open(world)
    shown = orders[:_MOST]
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {n.counted(len(orders), 'order')} of ours open.",
        card=block(*(_order(order, order.status.value.lower().replace("_", " ")) for order in shown)),
        buttons=(
            Button("Cancel all", "do:/cancel all", Style.DANGER),
            *(Button(f"Cancel {o.client_order_id[:8]}", f"do:/cancel {o.client_order_id[:8]}") for o in shown),
        ),
    )


def none_open(world: World) -> Reply:
    """Nothing to cancel."""
    paper = "" if world.mode == "LIVE" else "On paper market orders are done at once; there is nothing to call back."
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · No order of ours is open.", paper, "Cards that wait: /pending"
        )
    )


def cancelled(views: Sequence[CancelView], world: World) -> Reply:
    """What came of each."""
    gone = sum(view.outcome in _GONE for view in views)
    all_gone = gone == len(views)
    head = f"{gone} of {n.counted(len(views), 'order')} cancelled."
    return Reply(
        text=prose(f"{marks.APPROVED if all_gone else marks.ATTENTION} {marks.mode(world)} · {head}", *_why(views)),
        card=block(*(_order(view.order, _WORDS[view.outcome]) for view in views)),
        tone=Tone.GOOD if all_gone else Tone.WARNING,
        ok=all_gone,
    )


def panic(view: PanicView, world: World) -> Reply:
    """Halted, orders called back; positions are still there."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · HALTED. Nothing is traded but stops and targets.",
            _called_back(view.cancelled),
            *_why(view.cancelled),
            "Positions stay until you press. Back to normal: /resume",
        ),
        card=block(*(_order(found.order, _WORDS[found.outcome]) for found in view.cancelled)),
        tone=Tone.WARNING,
    )


def _called_back(views: Sequence[CancelView]) -> str:
    if not views:
        return "No order of ours was open."
    gone = sum(view.outcome in _GONE for view in views)
    return f"{gone} of {n.counted(len(views), 'open order')} cancelled."


def _why(views: Sequence[CancelView]) -> list[str]:
    """Each reason once."""
    reasons = [_EXPLAINED.get(view.outcome, "") or view.detail for view in views if view.outcome not in _GONE]
    return list(dict.fromkeys(reason for reason in reasons if reason))


def _order(order: Order, state: str) -> Lines:
    market = order.intent.instrument
    what = f"{order.side.value.upper()} {market.base} {n.short_quantity(order.intent.quantity, market)}"
    filled = f", {n.quantity(order.filled_quantity, market)} filled" if order.filled_quantity else ""
    return [*pair(what, order.client_order_id[:8]), *wrapped(f"{state}{filled}", indent="  ")]
