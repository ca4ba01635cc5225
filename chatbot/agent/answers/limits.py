"""Answers about limits: the one that is asked for first, all that are in force below."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.answers.sources import answer
from chatbot.agent.queries import LimitsAsked, OneLimit
from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import risk as cards
from chatbot.present.layout import prose
from trading.contract import Reader
from trading.contract.books import LimitLine, LimitsView, LimitUnit

_SETTINGS = {
    OneLimit.LOSS: ("DRAWDOWN", "DAILY_LOSS"),
    OneLimit.ORDER: ("MAX_ORDER_SIZE",),
    OneLimit.POSITION: ("MAX_POSITION", "MAX_WEIGHT"),
    OneLimit.APPROVAL: ("APPROVAL_THRESHOLD", "APPROVAL_DAILY_SUM"),
}
"""What the names of the settings contain."""
_NAMES = (
    ("DRAWDOWN", "Drawdown stop"),
    ("DAILY_LOSS", "Daily loss limit"),
    ("MAX_ORDER_SIZE", "Largest order"),
    ("MAX_POSITION", "Largest position"),
    ("MAX_WEIGHT", "Largest weight of a plan"),
    ("APPROVAL_THRESHOLD", "A press is asked above"),
    ("APPROVAL_DAILY_SUM", "A press is asked above a day's sum of"),
)


async def limits(query: LimitsAsked, reader: Reader) -> Reply:
    """The limits in force."""
    found = await reader.books.limits()
    card = cards.limits(found)
    source = f"Settings in force at {n.local_time(found.at, found.world.timezone)} · {marks.mode(found.world)}"
    if query.which is OneLimit.ALL:
        on = sum(line.value is not None for line in found.lines)
        return replace(card, text=answer(f"{n.counted(on, 'limit')} in force.", source))
    asked = [line for line in found.lines if any(word in line.setting for word in _SETTINGS[query.which])]
    told = [_told(line, found) for line in asked]
    if query.which is OneLimit.LOSS and not any("DRAWDOWN" in line.setting for line in asked):
        told.insert(0, "No drawdown stop is set; what limits losses:")
    return replace(card, text=prose(answer(told[0] if told else "There is no such limit."), *told[1:], source))


def _told(line: LimitLine, found: LimitsView) -> str:
    name = next((words for part, words in _NAMES if part in line.setting), line.setting)
    if line.value is None:
        return f"{name}: off."
    used = f", now {_value(line, line.used, found)}" if line.used is not None else ""
    return f"{name}: {_value(line, line.value, found)}{used}."


def _value(line: LimitLine, value: object, found: LimitsView) -> str:
    if line.unit is LimitUnit.MONEY:
        return n.money(value, found.world.quote)  # type: ignore[arg-type]
    return n.share(value, 2)  # type: ignore[arg-type]
