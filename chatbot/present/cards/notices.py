"""Told without being asked: start, state, feed, what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import capitalized, prose
from trading.contract import StateView, World
from trading.domain.event import FeedRecovered, FeedStale, JobFailed, Started, StateChanged
from trading.domain.risk import TradingState

MEANINGS: Mapping[TradingState, str] = {
    TradingState.ACTIVE: "Entries and exits are allowed.",
    TradingState.REDUCING: "Exits only: nothing new is bought. Stops and targets still work.",
    TradingState.HALTED: "Nothing but protective exits. Positions stay; /flatten sells them.",
}
"""What each state allows."""


def started(event: Started, world: World) -> Reply:
    """The bot is up; orders settled after the last run are told."""
    settled = n.counted(event.recovered, "order")
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.place(world)} · {'Ready' if event.first_start else 'Back'}.",
            f"{settled} left open by the last run had to be settled with the venue: /trades" if event.recovered else "",
            "Commands: /help" if event.first_start else "",
        ),
        tone=Tone.WARNING if event.recovered else Tone.PLAIN,
        buttons=(Button("Status", "do:/status"),),
    )


def state_changed(event: StateChanged, world: World) -> Reply:
    """Who or what switched the trading state, and what the new one allows."""
    head = f"{marks.ATTENTION} {marks.mode(world)} · {event.old.value} → {event.new.value}"
    by = f"Switched by {event.by}." if event.by and event.by not in event.reason else ""
    return _state(head, prose(_sentence(event.reason), by), event.new)


def state_switched(view: StateView, world: World) -> Reply:
    """The answer to a switch."""
    if view.old is view.new:
        head = f"{marks.APPROVED} {marks.mode(world)} · Already {view.new.value}."
    else:
        head = f"{marks.APPROVED} {marks.mode(world)} · {view.old.value} → {view.new.value}"
    return _state(head, prose(_sentence(view.reason), view.also), view.new)


def feed_stale(event: FeedStale, world: World) -> Reply:
    """Prices stopped coming, and what that means."""
    age = n.duration(timedelta(seconds=event.age_seconds))
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Prices stopped: {_symbols(event.symbols)}, {age} old.",
            event.reason,
            "No order is placed on them until prices are fresh again.",
        ),
        tone=Tone.WARNING,
    )


def feed_recovered(event: FeedRecovered, world: World) -> Reply:
    """Prices are back."""
    return Reply(
        text=f"{marks.APPROVED} {marks.mode(world)} · Prices are back: {_symbols(event.symbols)}.", tone=Tone.GOOD
    )


def job_failed(event: JobFailed, world: World) -> Reply:
    """Scheduled work that came to nothing, and what a person can do."""
    again = " /rebalance decides now." if event.job == "rebalance" else ""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · The scheduled {event.job} failed.",
            _sentence(event.reason),
            f"Anything it did before that is in /trades; the log has the rest.{again}",
        ),
        tone=Tone.WARNING,
    )


def missed(counts: Mapping[str, int], world: World) -> Reply:
    """One message instead of a backlog: "Missed while offline: 6 fills, 2 reports." """
    listed = ", ".join(n.counted(count, noun) for noun, count in counts.items() if count)
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Missed while offline: {listed}.",
            "What still matters follows.",
        ),
        buttons=(Button("Trades", "do:/trades"), Button("Status", "do:/status")),
        tone=Tone.WARNING,
    )


def _state(head: str, reason: str, state: TradingState) -> Reply:
    active = state is TradingState.ACTIVE
    return Reply(
        text=prose(head, reason, MEANINGS[state]),
        tone=Tone.GOOD if active else Tone.WARNING,
        buttons=() if active else (Button("Resume", "do:/resume"), Button("Status", "do:/status")),
    )


def _sentence(reason: str) -> str:
    """A reason such as "halted by @owner" as a sentence."""
    return capitalized(reason if not reason or reason.endswith(".") else f"{reason}.")


def _symbols(symbols: tuple[str, ...]) -> str:
    return ", ".join(symbols[:5]) + (f" and {len(symbols) - 5} more" if len(symbols) > 5 else "")
