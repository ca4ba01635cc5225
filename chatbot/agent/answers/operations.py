"""Answers about the running of things: how we stand, what comes next, what the decider thinks, whether all is well."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.answers.sources import answer, of_status
from chatbot.agent.queries import EventsAsked, HealthAsked, ScheduleAsked, StatusAsked, ThesisAsked, WorldAsked
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import decisions, running
from chatbot.present.cards import status as cards
from chatbot.present.cards import thesis as thesis_cards
from chatbot.present.layout import block, capitalized, pair
from trading.contract import Reader, Status
from trading.domain.event import JournalEntry
from trading.domain.risk import TradingState

SHOWN = 8
STATES = {
    TradingState.ACTIVE: "It trades (ACTIVE)",
    TradingState.REDUCING: "It only exits (REDUCING)",
    TradingState.HALTED: "It is halted but for protective exits (HALTED)",
}


async def status(query: StatusAsked, reader: Reader) -> Reply:
    """How we stand, in one line, with the whole status below."""
    found = await reader.status()
    quote = found.world.quote
    today = f"today {n.signed_money(found.today_amount, quote)}"
    first = f"{n.money(found.equity, quote)}: {n.percent(found.change)} since {_start(found)}, {today}."
    return replace(cards.status(found), text=answer(first, of_status(found)))


def _start(found: Status) -> str:
    return n.local_day(found.since, found.world.timezone)


async def world(query: WorldAsked, reader: Reader) -> Reply:
    """Whether money is real here, and where it is traded."""
    found = await reader.status()
    real = "real money" if found.world.mode == "LIVE" else "play money, nothing real is traded"
    return Reply(text=answer(f"{marks.mode(found.world)}: {real}. Market: {found.world.market}.", of_status(found)))


async def schedule(query: ScheduleAsked, reader: Reader) -> Reply:
    """Whether it trades, what waits, when it decides next, what it decided last and why."""
    found, plan = await reader.status(), await reader.plan()
    zone = found.world.timezone
    state = STATES[found.state] + (f": {found.state_reason}" if found.state_reason else "")
    last = ["No rebalance has been decided yet."]
    if plan.cycle is not None:
        when = n.local_moment(plan.cycle.at, zone)
        reason = capitalized(plan.cycle.reason.rstrip("."))
        last = [f"Last decision {when}: {decisions.verdict(plan.cycle)}", f"{reason}." if reason else ""]
    return Reply(
        text=answer(
            f"{state.rstrip('.')}.",
            *found.alerts,
            _waiting(found),
            _next(found),
            *last,
            f"Decided by {plan.decider}.",
            of_status(found),
        ),
        buttons=(Button("Plan", "do:/plan"), *((Button("Pending", "do:/pending"),) if found.pending else ())),
    )


def _waiting(found: Status) -> str:
    if not found.pending:
        return ""
    verb = "waits" if found.pending == 1 else "wait"
    return f"{n.counted(found.pending, 'card')} {verb} for a press."


def _next(found: Status) -> str:
    if found.next_rebalance is None:
        return "No rebalance is scheduled."
    at = n.local_time(found.next_rebalance, found.world.timezone)
    return f"Next rebalance {at}, {n.relative(found.next_rebalance - found.at)}."


async def thesis(query: ThesisAsked, reader: Reader) -> Reply:
    """How the decider sees the market."""
    return thesis_cards.thesis(await reader.thesis(), reader.world)


async def health(query: HealthAsked, reader: Reader) -> Reply:
    """Whether the program is well, in one line, with all of it below."""
    found = await reader.books.health()
    late = f"Late prices: {', '.join(found.late_symbols)}." if found.late_symbols else "Prices are fresh."
    doubt = f"{n.counted(found.orders_in_doubt, 'order')} in doubt." if found.orders_in_doubt else ""
    well = not (found.late_symbols or found.orders_in_doubt or found.alerts or found.failed)
    first = (
        f"All is well, up for {n.duration(found.uptime)}."
        if well
        else f"Up for {n.duration(found.uptime)}; look at this:"
    )
    failed = f"The last decision failed: {found.failed}" if found.failed else ""
    at = n.local_moment(found.now, found.world.timezone)
    source = f"Measured {at} · {marks.place(found.world)}"
    return replace(running.health(found), text=answer(first, *found.alerts, late, doubt, failed, source))


async def events(query: EventsAsked, reader: Reader) -> Reply:
    """The journal's newest entries; the log itself is a file beside the program."""
    newest = await reader.last_event()
    entries = list(await reader.events(max(0, newest - SHOWN), SHOWN))
    source = f"Journal, {n.counted(len(entries), 'row')} · {marks.mode(reader.world)}"
    if not entries:
        return Reply(text=answer("The journal is empty.", source))
    zone = reader.world.timezone
    lines = [line for entry in reversed(entries) for line in pair(_kind(entry), n.local_moment(entry.event.at, zone))]
    first = f"The newest {n.counted(len(entries), 'journal entry', 'journal entries')}:"
    return Reply(
        text=answer(first, "The log file lies in the state folder, under logs.", source),
        card=block(lines),
        buttons=(Button("Health", "do:/health"),),
    )


def _kind(entry: JournalEntry) -> str:
    """ "approval requested"."""
    return entry.event.kind.replace("_", " ")
