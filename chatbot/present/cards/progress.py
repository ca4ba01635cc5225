"""How far a rebalance, or a card of several orders, is: one message that changes."""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present.cards import executions as ex
from chatbot.present.layout import prose
from trading.contract import ApprovalView, World
from trading.domain.event import CycleProgress

STEPS = ("snapshot", "decision", "validation", "order")
"""In the order in which they come; an order's step comes once for each."""

_DOING = {
    "snapshot": "Reading the market.",
    "decision": "Deciding.",
    "validation": "Checking the orders against every limit.",
    "order": "Trading.",
}


def step(name: str, detail: str, world: World) -> Reply:
    """How far a rebalance is that somebody waits for."""
    return Reply(text=_text(f"{marks.WAITING} Rebalance · {marks.mode(world)}", name, detail), silent=True)


def told(event: CycleProgress, world: World) -> Reply:
    """How far a scheduled rebalance is."""
    title = f"{marks.APPROVED} Rebalance done" if event.step == "done" else f"{marks.WAITING} Rebalance"
    head = f"{title} · {marks.mode(world)} · plan {event.cycle_id[:4]}"
    return Reply(text=_text(head, event.step, event.detail), silent=True)


def pressed(view: ApprovalView, orders: int, world: World) -> Reply:
    """A card of several `orders` was approved, and is being carried out."""
    head = f"{marks.WAITING} {ex.heading(view.batch, view.orders, world)}"
    return Reply(text=prose(head, f"Fresh prices, every limit, then {orders} orders."), silent=True)


def _text(head: str, name: str, detail: str) -> str:
    place = f"Step {STEPS.index(name) + 1} of {len(STEPS)}" if name in STEPS else ""
    return prose(head, f"{place}: {_DOING.get(name, '')}".strip(": "), detail)
