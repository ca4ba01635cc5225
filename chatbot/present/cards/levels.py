"""Stops and targets set by hand: before and after, what it would bring, and how far away it is."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose
from trading.contract import World
from trading.contract.controls import LevelView
from trading.domain.event import ProtectionChanged
from trading.domain.market import Instrument, base_of

MARKS = {"stop": marks.STOP, "target": marks.TARGET}


def shown(view: LevelView, world: World) -> Reply:
    """A level as it is, and how to change it."""
    base = view.instrument.base
    off = () if view.new is None else (Button("Turn off", f"do:/{view.kind} {base} off"),)
    return Reply(
        text=prose(
            f"{MARKS[view.kind]} {marks.mode(world)} · {_title(view)}",
            f"To set it: /{view.kind} {base} {_example(view)}",
        ),
        card=block(_facts(view)),
        buttons=(*off, Button("Positions", "do:/portfolio")),
    )


def changed(view: LevelView, world: World) -> Reply:
    """A level that was set: old, new, and what it would bring."""
    old, new = (n.level(level, view.instrument) for level in (view.old, view.new))
    same = f"{view.instrument.base} {view.kind} stays {new}."
    return Reply(
        text=prose(
            f"{MARKS[view.kind]} {marks.mode(world)} · "
            + (same if view.old == view.new else f"{view.instrument.base} {view.kind} {old} → {new}"),
            _effect(view),
        ),
        card=block(_facts(view)),
        buttons=(Button("Positions", "do:/portfolio"),),
        tone=Tone.WARNING if view.new is None else Tone.GOOD,
    )


def confirm_off(view: LevelView, world: World) -> Reply:
    """The second question before a position stands without its stop, or without its target."""
    base, level = view.instrument.base, n.level(view.new, view.instrument)
    without = "Nothing sells it when it falls." if view.kind == "stop" else "Nothing sells it when it has risen."
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Turn the {base} {view.kind} at {level} off?",
            without,
            _effect(view),
        ),
        buttons=(
            Button(f"Turn {view.kind} off", f"do:/{view.kind} {base} off confirm", Style.DANGER),
            Button("Leave it", f"do:/{view.kind} {base}"),
        ),
        tone=Tone.WARNING,
    )


def told(event: ProtectionChanged, world: World, instruments: Sequence[Instrument]) -> Reply:
    """A level was changed, or stayed as it was set by hand while the position grew."""
    market = next((found for found in instruments if found.symbol == event.symbol), None)
    old, new = (
        str(level if level is not None else "off") if market is None else n.level(level, market)
        for level in (event.old, event.new)
    )
    base, head = base_of(event.symbol), f"{MARKS[event.level]} {marks.mode(world)} · "
    if event.old == event.new and not event.by:
        text = prose(
            f"{head}{base} {event.level} stays {new}.",
            f"It was set by hand; the position grew. For the usual one: /{event.level} {base} default",
        )
    else:
        text = prose(f"{head}{base} {event.level} {old} → {new}", f"Set by {event.by}." if event.by else "")
    return Reply(text=text, tone=Tone.WARNING if event.new is None else Tone.PLAIN)


def _title(view: LevelView) -> str:
    level = n.level(view.new, view.instrument)
    by = ", set by hand" if view.by_hand else ""
    return f"{view.instrument.base} {view.kind} {level}{by}"


def _effect(view: LevelView) -> str:
    """What firing would bring, in money."""
    if view.new is None:
        return f"Nothing sells {view.instrument.base} by itself on that side now."
    if view.result is None:
        return ""
    word = "loss" if view.result < 0 else "profit"
    return f"If it fires: a {word} of about {n.money(abs(view.result), view.instrument.quote)}, fees in."


def _facts(view: LevelView) -> Lines:
    market = view.instrument
    away = "" if view.distance is None else n.percent(view.distance, 1)
    return [
        *pair("Position", f"{n.quantity(view.quantity, market)} {market.base}"),
        *pair("Entry", n.price(view.entry, market)),
        *pair("Price", n.price(view.price, market)),
        *pair(view.kind.capitalize(), n.level(view.new, market)),
        *(pair("Away", away) if away else []),
        *(pair("If it fires", n.signed_money(view.result, market.quote)) if view.new is not None else []),
    ]


def _example(view: LevelView) -> str:
    return "-5%, a price, or off" if view.kind == "stop" else "+10%, a price, or off"
