"""The last line of an answer: which span, what is in the figures, which world."""

from __future__ import annotations

from datetime import timedelta

from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import prose
from trading.contract import Performance, Status, Window, World

ENOUGH_RETURNS = 30
_DAY = timedelta(days=1)


def answer(first: str, *lines: str) -> str:
    """The answer in its first line, after its mark."""
    return prose(f"{marks.ANSWER} {first}", *lines)


def of_performance(performance: Performance) -> str:
    """ "Equity to 21 Nov 14:02, fees in · PAPER · 114 days"."""
    end = performance.times[-1]
    days = n.counted(performance.days, "day") if end - performance.times[0] >= _DAY else "less than a day"
    moment = n.local_moment(end, performance.world.timezone)
    return f"Equity to {moment}, fees in · {marks.mode(performance.world)} · {days}"


def of_status(status: Status) -> str:
    """ "Prices 2 s old · PAPER · Kraken"."""
    prices = f"Prices {n.age(status.price_age)} · " if status.price_age is not None else ""
    return f"{prices}{marks.place(status.world)} · {n.local_time(status.at, status.world.timezone)}"


def of_books(window: Window, world: World, rows: int | None = None) -> str:
    """ "Since 30 Jul, to 21 Nov 14:02, fees in · PAPER · 5 rows"; `rows` is how many the figures are of."""
    label, to = f"{window.label[:1].upper()}{window.label[1:]}", n.local_moment(window.end, world.timezone)
    counted = "" if rows is None else f" · {n.counted(rows, 'row')}"
    return f"{label}, to {to}, fees in · {marks.mode(world)}{counted}"
