"""Orders whose outcome is not known yet, what became of them, and exits that did not get through."""

from __future__ import annotations

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.layout import block, prose
from trading.contract import BatchView, World
from trading.domain.event import ExitFailed, OrderInDoubt
from trading.domain.order import FINAL, Order, OrderStatus

_DOUBTFUL = {OrderStatus.UNKNOWN, OrderStatus.SUBMITTED}


def order(client_order_id: str, view: BatchView, world: World, detail: str = "") -> Reply | None:
    """The order as it is now, in doubt or known; None where the batch has no such order."""
    for execution in ex.executions(view.orders, view.fills):
        if execution.order.client_order_id == client_order_id:
            in_doubt = execution.order.status in _DOUBTFUL
            return _doubtful(execution.order, world, detail) if in_doubt else _known(execution, world)
    return None


def unrecorded(event: OrderInDoubt, world: World) -> Reply:
    """An order in doubt of which nothing more is recorded."""
    return Reply(
        text=prose(f"{marks.ATTENTION} {marks.mode(world)} · An order's outcome is not known yet.", event.detail),
        tone=Tone.WARNING,
    )


def exit_failed(event: ExitFailed, world: World) -> Reply:
    """A position that could not be left: a person has to look."""
    base = event.symbol.split("/")[0]
    tries = n.counted(event.attempts, "try", "tries")
    return Reply(
        text=prose(
            f"{marks.STOP} {marks.mode(world)} · {event.symbol}: the exit failed after {tries}.",
            event.detail,
            f"The position is still open. Look at {world.market} now, or close it here: /close {base.lower()}",
        ),
        buttons=(Button(f"Close {base}", f"do:/close {base}"), Button("Status", "do:/status")),
        tone=Tone.BAD,
    )


def _doubtful(order: Order, world: World, detail: str) -> Reply:
    return Reply(
        text=prose(
            f"{marks.ATTENTION} In doubt · {marks.mode(world)} · {ex.wanted(order)}",
            f"It may or may not have reached {world.market}, which is being asked.",
            detail,
            f"Until that is known, nothing new is bought in {order.symbol}, and it is not sent again.",
        ),
        tone=Tone.WARNING,
    )


def _known(execution: ex.Execution, world: World) -> Reply:
    order = execution.order
    done = order.status is OrderStatus.FILLED
    failed = order.status in FINAL and not execution.fills
    return Reply(
        text=prose(
            f"{marks.REFUSED if failed else marks.APPROVED} Known now · {marks.mode(world)} · {ex.wanted(order)}",
            f"It {_fate(execution, world)}.",
        ),
        card=block(ex.result_lines([execution], world.quote)),
        tone=Tone.GOOD if done else Tone.WARNING,
    )


def _fate(execution: ex.Execution, world: World) -> str:
    if execution.order.status is OrderStatus.FILLED:
        return "was filled"
    if execution.order.status in FINAL:
        return "was filled in part" if execution.fills else "was not filled"
    return f"is at {world.market}, {'filled in part' if execution.fills else 'not filled yet'}"
