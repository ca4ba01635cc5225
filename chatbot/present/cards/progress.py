"""How far a rebalance is: one message that changes."""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present.layout import prose
from trading.contract import World
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


def _text(head: str, name: str, detail: str) -> str:
    place = f"Step {STEPS.index(name) + 1} of {len(STEPS)}" if name in STEPS else ""
    return prose(head, f"{place}: {_DOING.get(name, '')}".strip(": "), detail)
