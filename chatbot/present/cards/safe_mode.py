"""Safe mode told: that a model is not asked any more, and that it is again."""

from __future__ import annotations

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import capitalized, prose
from trading.contract import World
from trading.domain.event import SafeModeEntered, SafeModeLeft


def entered(event: SafeModeEntered, world: World) -> Reply:
    """What happened, what that means for the money, and what ends it."""
    why = capitalized(event.reason)
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Safe mode: {event.decider} failed "
            f"{n.counted(event.failures, 'time')} in a row.",
            why if why.endswith(".") else f"{why}.",
            "It is not asked any more. Holdings stay as they are; stops and targets still work.",
            "To ask it again: /resume",
        ),
        tone=Tone.WARNING,
        buttons=(Button("Resume", "do:/resume"), Button("Costs", "do:/costs")),
    )


def left(event: SafeModeLeft, world: World) -> Reply:
    """Who ended it."""
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.mode(world)} · Safe mode ended by {event.by}.",
            f"{event.decider} is asked again at the next rebalance. /rebalance asks now.",
        ),
        tone=Tone.GOOD,
    )
