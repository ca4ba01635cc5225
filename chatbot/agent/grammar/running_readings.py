"""From a question about the program to its query; None when it is not about us after all."""

from __future__ import annotations

from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import (
    EventsAsked,
    HealthAsked,
    Help,
    LimitsAsked,
    LookUp,
    MarketHours,
    OneLimit,
    Pending,
    Query,
    ScheduleAsked,
    WorldAsked,
)

_LIMITS = (
    (OneLimit.LOSS, r"\bdraw ?downs?\b|\bloss(?:es)?\b|\blose\b"),
    (OneLimit.APPROVAL, r"\bapprovals?\b|\bthreshold\b|\bask\b"),
    (OneLimit.POSITION, r"\bpositions?\b|\bconcentration\b|\bweight\b|\bcoin\b"),
    (OneLimit.ORDER, r"\borders?\b|\btrades?\b"),
)


def help_(heard: Heard) -> Query:
    return Help()


def market_hours(heard: Heard) -> Query:
    return MarketHours()


def pending(heard: Heard) -> Query:
    return Pending()


def limits(heard: Heard) -> Query | None:
    if not (heard.ours or heard.has(r"\blimits?\b|\bthreshold\b|\bmax(?:imum)?\b")):
        return None
    return LimitsAsked(next((limit for limit, pattern in _LIMITS if heard.has(pattern)), OneLimit.ALL))


def plan(heard: Heard) -> Query:
    return LookUp("/plan")


def users(heard: Heard) -> Query:
    return LookUp("/users")


def me(heard: Heard) -> Query:
    return LookUp("/whoami")


def world(heard: Heard) -> Query:
    return WorldAsked()


def events(heard: Heard) -> Query:
    return EventsAsked()


def health(heard: Heard) -> Query | None:
    return (
        HealthAsked() if heard.ours or heard.has(r"\b(?:everything|prices?|feed|problems?|errors?|issues?)\b") else None
    )


def alerts(heard: Heard) -> Query:
    return LookUp("/alerts")


def version(heard: Heard) -> Query | None:
    return LookUp("/version") if heard.ours else None


def export(heard: Heard) -> Query:
    return LookUp(f"/export {heard.window}" if heard.window else "/export")


def report(heard: Heard) -> Query | None:
    if not heard.ours and not heard.has(r"\breport\b"):
        return None
    spans = {"week": "weekly", "month": "monthly"}
    words = heard.window or ""
    return LookUp(f"/report {next((name for unit, name in spans.items() if unit in words), 'daily')}")


def zone(heard: Heard) -> Query:
    return LookUp("/timezone")


def schedule(heard: Heard) -> Query | None:
    about_us = heard.ours or heard.has(r"\brebalanc|\btrad(?:e|er|ing)\b|\bschedule\b|\bdecides\b|\blive\b")
    return ScheduleAsked() if about_us else None
