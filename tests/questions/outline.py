"""A query in one short line, so that a table of questions can be read: its kind and what differs from the default."""

from __future__ import annotations

from dataclasses import MISSING, fields

from chatbot.agent.grammar.wishes import NOT_LATER, NOT_WAITING, ONE_BY_ONE
from chatbot.agent.queries import Query, WishToAct

_MISSING = {NOT_LATER: "later", NOT_WAITING: "waits", ONE_BY_ONE: "one by one"}


def outline(query: Query | None) -> str:
    """ "Profit this month win rate", "WishToAct /buy $50 BTC", "None"."""
    if query is None:
        return "None"
    if isinstance(query, WishToAct):
        missing = _MISSING.get(query.missing, "incomplete" if query.missing else "")
        return " ".join(part for part in ("WishToAct", missing, *query.commands) if part)
    told = [name if value is True else str(_words(value)) for name, value in _told(query)]
    return " ".join([type(query).__name__, *told])


def _told(query: Query) -> list[tuple[str, object]]:
    """What a reader must know: fields without a default, and those that differ from it."""
    found = []
    for field in fields(query):
        value = getattr(query, field.name)
        always = field.default is MISSING or (type(query).__name__ in _WHOLE and value not in (None, ""))
        if always or value != field.default:
            found.append((field.name, value))
    return found


_WHOLE = {"Compare", "ProfitBySymbol", "LimitsAsked", "IndicatorAsked"}
"""Kinds that are told with their defaults."""


def _words(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return value
