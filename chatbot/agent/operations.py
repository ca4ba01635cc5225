"""Answers about the running of things: how we stand, what waits, what comes next, what the decider thinks."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.sources import answer, of_status
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import decisions, differences
from chatbot.present.cards import status as cards
from chatbot.present.cards.approvals import one_line
from chatbot.present.layout import capitalized
from trading.contract import Reader, Status
from trading.domain.risk import TradingState

_STATES = {
    TradingState.ACTIVE: "It trades (ACTIVE)",
    TradingState.REDUCING: "It only exits (REDUCING)",
    TradingState.HALTED: "It is halted but for protective exits (HALTED)",
}


async def status(reader: Reader) -> Reply:
    """How we stand, in one line, with the whole status below."""
    found = await reader.status()
    quote = found.world.quote
    today = f"today {n.signed_money(found.today_amount, quote)}"
    first = f"{n.money(found.equity, quote)}: {n.percent(found.change)} since {_start(found)}, {today}."
    return replace(cards.status(found), text=answer(first, of_status(found)))


def _start(found: Status) -> str:
    return n.local_day(found.since, found.world.timezone)


async def pending(reader: Reader) -> Reply:
    """The cards that wait, one line each."""
    mode = marks.mode(reader.world)
    lines = [f"{marks.ATTENTION} {differences.one_line(found)}" for found in await reader.discrepancies()]
    lines += [f"{marks.WAITING} {one_line(view, reader.world)}" for view in await reader.pending()]
    if not lines:
        return Reply(text=answer("Nothing waits for you.", mode))
    verb = "card waits" if len(lines) == 1 else "cards wait"
    text = answer(f"{len(lines)} {verb} for a press.", *lines, mode)
    return Reply(text=text, buttons=(Button("Show", "do:/pending"),))


async def schedule(reader: Reader) -> Reply:
    """Whether it trades, when it decides next, what it decided last and why."""
    found, plan = await reader.status(), await reader.plan()
    zone = found.world.timezone
    state = _STATES[found.state] + (f": {found.state_reason}" if found.state_reason else "")
    last = ["No rebalance has been decided yet."]
    if plan.cycle is not None:
        when = n.local_moment(plan.cycle.at, zone)
        reason = capitalized(plan.cycle.reason.rstrip("."))
        last = [f"Last decision {when}: {decisions.verdict(plan.cycle)}", f"{reason}." if reason else ""]
    return Reply(
        text=answer(
            f"{state.rstrip('.')}.", *found.alerts, _next(found), *last, f"Decided by {plan.decider}.", of_status(found)
        ),
        buttons=(Button("Plan", "do:/plan"),),
    )


def _next(found: Status) -> str:
    if found.next_rebalance is None:
        return "No rebalance is scheduled."
    at = n.local_time(found.next_rebalance, found.world.timezone)
    return f"Next rebalance {at}, {n.relative(found.next_rebalance - found.at)}."


async def thesis(reader: Reader) -> Reply:
    return decisions.thesis(await reader.thesis(), reader.world)
