"""LIVE: what is missing before orders go to the exchange with real money, and who confirmed it."""

from __future__ import annotations

from datetime import datetime

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.approval_words import PLATFORMS
from chatbot.present.layout import prose
from trading.contract import LiveView, World
from trading.domain.event import LiveConfirmed, LiveUnconfirmed

COMMAND = "/live"


def view(live: LiveView, world: World) -> Reply:
    """Where LIVE stands."""
    return confirmed(live, world) if live.confirmed else missing(live, world)


def missing(live: LiveView, world: World) -> Reply:
    """What is done, what is missing, and the words to type."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · {live.exchange} · Not confirmed: no order is sent.",
            "Done: LIVE is configured, and the key may trade but not withdraw.",
            f"Missing: the owner types {COMMAND} {live.phrase}",
            "From then on orders go to the exchange with real money.",
            _agreed(live.reconciled_at, world),
            live.holding,
        ),
        tone=Tone.WARNING,
    )


def confirmed(live: LiveView, world: World) -> Reply:
    """Orders go to the exchange, or why they cannot just now."""
    first = "Orders cannot be sent now." if live.holding else "Orders go to the exchange with real money."
    return Reply(
        text=prose(
            f"{marks.ATTENTION if live.holding else marks.APPROVED} {marks.mode(world)} · {live.exchange} · {first}",
            live.holding,
            f"Confirmed by {_who(live.by, live.on)}{_moment(live.at, world)}.",
            _agreed(live.reconciled_at, world),
        ),
        buttons=(Button("Status", "do:/status"),),
        tone=Tone.WARNING if live.holding else Tone.GOOD,
    )


def nothing_real(world: World) -> Reply:
    """The answer of a world that is not LIVE."""
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.place(world)} · No real money is traded here.",
            "LIVE needs three acts: MODE=live in the settings, a key that may trade but not withdraw, "
            "and the words that this command then shows.",
            "main.py doctor tells which of them is missing.",
        )
    )


def wrong_phrase(live: LiveView, world: World) -> Reply:
    """Something else was typed."""
    return Reply(
        text=prose(
            f"{marks.REFUSED} {marks.mode(world)} · That is not the phrase; nothing was changed.",
            f"To trade with real money, type exactly: {COMMAND} {live.phrase}",
        ),
        tone=Tone.BAD,
        ok=False,
    )


def unconfirmed(event: LiveUnconfirmed, world: World) -> Reply:
    """Told at the start: LIVE waits for its third act."""
    return Reply(
        text=prose(
            f"{marks.WAITING} {marks.mode(world)} · {event.exchange} · LIVE is not confirmed: no order is sent.",
            "It is configured, and the key is good.",
            f"To trade with real money, the owner types {COMMAND} {event.phrase}",
        ),
        buttons=(Button("What is missing", f"do:{COMMAND}"),),
        tone=Tone.WAITING,
    )


def began(event: LiveConfirmed, world: World) -> Reply:
    """From now on it is real."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.place(world)} · Orders now go to the exchange with real money.",
            f"Confirmed by {_who(event.by, event.on)}, {n.local_seconds(event.at, world.timezone)}.",
            "/halt stops everything but protective exits.",
        ),
        buttons=(Button("Status", "do:/status"),),
        tone=Tone.WARNING,
    )


def _who(by: str, on: str) -> str:
    where = PLATFORMS.get(on, on)
    return f"{by or 'unknown'}{f' on {where}' if where else ''}"


def _moment(at: datetime | None, world: World) -> str:
    return f", {n.local_moment(at, world.timezone)}" if at else ""


def _agreed(at: datetime | None, world: World) -> str:
    if at is None:
        return "Books and account have not been found to agree yet: /reconcile"
    return f"Books and account last agreed {n.local_moment(at, world.timezone)}."
