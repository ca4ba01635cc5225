"""Prices that are watched: the list, a new one, one that has come."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract import World
from trading.contract.controls import AlertView
from trading.domain.event import AlertFired
from trading.domain.market import Instrument, base_of

_MOST_BUTTONS = 20


def listed(alerts: Sequence[AlertView], world: World) -> Reply:
    """Every price that is watched, with a button to stop watching each."""
    if not alerts:
        return Reply(
            text=prose(f"{marks.ANSWER} {marks.mode(world)} · No price is watched.", "To watch one: /alert btc > 70k")
        )
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {n.counted(len(alerts), 'price is', 'prices are')} watched.",
        card=block(*(_entry(alert, world) for alert in alerts)),
        buttons=tuple(Button(f"Remove {_what(alert)}", f"do:/unalert {alert.id}") for alert in alerts[:_MOST_BUTTONS]),
    )


def added(alert: AlertView, world: World) -> Reply:
    """From now on it is watched; how far away it is."""
    away = "" if alert.distance is None else f"The price is {_price(alert)}; {_away(alert)} from here sets it off."
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.mode(world)} · Watching {alert.instrument.base}: {alert.words}.",
            away,
            "Told every time it happens." if alert.repeats else "Told once, then forgotten. Nothing is traded.",
        ),
        buttons=(Button("All alerts", "do:/alerts"), Button("Remove", f"do:/unalert {alert.id}")),
        tone=Tone.GOOD,
    )


def removed(alert: AlertView, world: World) -> Reply:
    """No longer watched."""
    return Reply(
        text=f"{marks.APPROVED} {marks.mode(world)} · {alert.instrument.base} {alert.words} is watched no longer.",
        buttons=(Button("All alerts", "do:/alerts"),),
    )


def fired(event: AlertFired, world: World, instruments: Sequence[Instrument]) -> Reply:
    """A watched price has come."""
    market = next((found for found in instruments if found.symbol == event.symbol), None)
    price = f"{event.price:f}" if market is None else n.price(event.price, market)
    base = base_of(event.symbol)
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {base} at {price} · {marks.mode(world)}",
            f"The alert: {event.condition}. Set by {event.by}.",
        ),
        buttons=(Button(f"Chart {base}", f"do:/chart {base}"), Button("Status", "do:/status")),
        tone=Tone.WARNING,
    )


def _entry(alert: AlertView, world: World) -> Lines:
    unknown = "no price" if alert.span is None else "no past price"
    about = _away(alert) if alert.distance is not None else unknown
    again = ", every time" if alert.repeats else ""
    asked = f"by {alert.by}, {n.local_moment(alert.set_at, world.timezone)}{again}"
    return [*pair(_what(alert), about), *wrapped(f"{alert.id[:6]} {asked}", indent="  ")]


def _what(alert: AlertView) -> str:
    """ "BTC > 70,000", "BTC +10 % in 24 h"."""
    if alert.span is not None:
        return f"{alert.instrument.base} {alert.words}"
    return f"{alert.instrument.base} {'>' if alert.rises else '<'} {_level(alert)}"


def _level(alert: AlertView) -> str:
    return n.level(alert.level, alert.instrument)


def _price(alert: AlertView) -> str:
    return n.price(alert.price, alert.instrument)


def _away(alert: AlertView) -> str:
    return n.percent(alert.distance, 1)
