"""What can be set while the program runs: the threshold, the time zone, a rebalance that is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract import World
from trading.contract.controls import Planned, ScheduleView, SkipView, ThresholdView, ZoneView
from trading.domain.event import RunSkipped, SettingChanged


def threshold(view: ThresholdView, world: World) -> Reply:
    """The thresholds in force, and where the first one comes from."""
    quote = world.quote
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · "
            + (f"Above {n.money(view.now, quote)} a press is asked for." if view.now is not None else _NEVER),
            _source(view, world),
            "Stops and targets never wait.",
        ),
        card=block(
            [
                *pair("Order, batch", _amount(view.now, quote)),
                *pair("24 h sum", _amount(view.daily_sum, quote)),
                *pair("Two people", _amount(view.second_person, quote)),
            ]
        ),
    )


def threshold_changed(view: ThresholdView, world: World) -> Reply:
    """Old and new."""
    old, new = (_amount(amount, world.quote) for amount in (view.old, view.now))
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.mode(world)} · Threshold "
            + (f"stays {new}." if view.old == view.now else f"{old} → {new}"),
            f"Above {new} an order or a batch waits for a press.",
            _source(view, world),
        ),
        tone=Tone.GOOD,
    )


def confirm_threshold(view: ThresholdView, wanted: Decimal, words: str, world: World) -> Reply:
    """The second question before more is traded without a press."""
    old, new = n.money(view.now, world.quote), n.money(wanted, world.quote)
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Raise the threshold from {old} to {new}?",
            f"Orders up to {new} are then traded without asking anybody.",
            _day_still_asks(view, wanted, world),
        ),
        buttons=(
            Button(f"Raise to {new}", f"do:/threshold {words} confirm", Style.DANGER),
            Button("Leave it", "do:/threshold"),
        ),
        tone=Tone.WARNING,
    )


def schedule(view: ScheduleView, world: World) -> Reply:
    """What runs by itself, soonest first."""
    skipped = any(planned.skipped for planned in view.planned)
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {_next_rebalance(view, world)}",
        card=block(*(_planned(planned, view.now, world) for planned in view.planned), [f"Zone {world.timezone.key}"]),
        buttons=(
            Button("Do not skip", "do:/skip off") if skipped else Button("Skip next rebalance", "do:/skip"),
            Button("Status", "do:/status"),
        ),
    )


def skip(view: SkipView, now: datetime, world: World) -> Reply:
    """Whether the next rebalance is left out."""
    due = f"{n.local_moment(view.due, world.timezone)}, {n.relative(view.due - now)}"
    if not view.skipped:
        word = "runs again" if view.changed else "runs anyway; nothing was to be skipped"
        text = prose(f"{marks.APPROVED} {marks.mode(world)} · The next rebalance {word}.", f"Due {due}.")
        return Reply(text=text)
    word = "is left out" if view.changed else "is left out already"
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.mode(world)} · The next rebalance {word}.",
            f"It was due {due}. The one after it runs again.",
            "Stops and targets work as ever.",
        ),
        buttons=(Button("Do not skip", "do:/skip off"),),
    )


def zone(world: World, now: datetime) -> Reply:
    """The time zone in force."""
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {world.timezone.key}, {n.local_time(now, world.timezone)} now.",
            "To change it: /timezone Europe/Berlin",
        )
    )


def zone_changed(view: ZoneView, now: datetime, world: World) -> Reply:
    """Old and new, and what that does to the day."""
    if view.old.key == view.now.key:
        return Reply(text=f"{marks.APPROVED} {marks.mode(world)} · The time zone is {view.now.key} already.")
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.mode(world)} · {view.old.key} → {view.now.key}",
            f"It is {n.local_time(now, view.now)} there.",
            f"Next rebalance {_moment(view.next_rebalance, view.now, now)}.",
            f"Next report {_moment(view.next_report, view.now, now)}.",
        ),
        tone=Tone.GOOD,
    )


def unknown_zone(words: str, near: Sequence[str], world: World) -> Reply:
    """A name that is no zone, with those most like it."""
    found = f" Did you mean {near[0]}?" if near else " Name it like Europe/Berlin."
    return Reply(
        text=f'{marks.REFUSED} {marks.mode(world)} · "{words[:40]}" is not a time zone known here.{found}',
        buttons=tuple(Button(name, f"do:/timezone {name}") for name in near),
        ok=False,
    )


def told(event: SettingChanged, world: World) -> Reply:
    """Somebody changed how the program runs."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · {event.name}: {event.old or 'unset'} → {event.new}",
            f"Changed by {event.by}." if event.by else "",
        )
    )


def run_skipped(event: RunSkipped, world: World) -> Reply:
    """A scheduled run was left out."""
    asked = f", as {event.by} asked" if event.by else ""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · "
            f"The {event.job} of {n.local_time(event.due, world.timezone)} was left out{asked}.",
            "The next one runs again. To decide now: /rebalance" if event.job == "rebalance" else "",
        )
    )


def for_owners(name: str, world: World) -> Reply:
    """Looking is free; changing it is not."""
    return Reply(
        text=f"{marks.REFUSED} {marks.mode(world)} · Only an owner changes the {name}; nothing was changed.", ok=False
    )


_NEVER = "Nothing is asked for by size."


def _amount(amount: Decimal | None, quote: str) -> str:
    return "off" if amount is None else n.money(amount, quote)


def _source(view: ThresholdView, world: World) -> str:
    if not view.by:
        return "As configured (APPROVAL_THRESHOLD)."
    return f"Set by {view.by}; configured is {_amount(view.configured, world.quote)} (/threshold default)."


def _day_still_asks(view: ThresholdView, wanted: Decimal, world: World) -> str:
    if view.daily_sum is None or not view.daily_sum_fixed or view.daily_sum >= wanted:
        return ""
    return f"The sum of 24 hours still asks above {n.money(view.daily_sum, world.quote)} (APPROVAL_DAILY_SUM)."


def _planned(planned: Planned, now: datetime, world: World) -> Lines:
    at = planned.note if planned.at is None else n.local_moment(planned.at, world.timezone)
    if planned.skipped:
        return [*pair(f"{planned.name}, skipped", at), *wrapped(planned.note, indent="  ")]
    after = [] if planned.at is None else wrapped(_about(planned, now), indent="  ")
    return [*pair(planned.name, at), *after]


def _about(planned: Planned, now: datetime) -> str:
    relative = "" if planned.at is None else n.relative(planned.at - now)
    return f"{relative} · {planned.note}" if planned.note else relative


def _next_rebalance(view: ScheduleView, world: World) -> str:
    """What people ask for first."""
    found = next((planned for planned in view.planned if planned.name == "Rebalance"), None)
    if found is None or found.at is None:
        return "No rebalance is planned."
    when = f"{n.local_time(found.at, world.timezone)}, {n.relative(found.at - view.now)}"
    return f"The rebalance of {when}, is left out." if found.skipped else f"Next rebalance {when}."


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"{n.local_moment(at, zone)}, {n.relative(at - now)}"
