"""What a reading left aside: words, coins, or a span of time that its query does not carry.

What is not understood may change the question ("our profit" is ours, "Tom's profit" is not), so that a query that
leaves anything aside is no answer to it.
"""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal

from chatbot.agent import queries as q
from chatbot.agent.grammar.amounts import in_digits
from chatbot.agent.grammar.coins import base_of
from chatbot.agent.grammar.fillers import FILLERS
from chatbot.agent.grammar.heard import Heard
from chatbot.agent.grammar.market_readings import names_timeframe
from chatbot.agent.grammar.vocabulary import VOCABULARY
from chatbot.agent.queries import Query

_PHRASES = re.compile(
    r"\b(?:up or down|green or red|win or lose|gain or loss|ahead or behind|or not|in the (?:green|red|black)"
    r"|as well|of course|by the way|right now|at the moment|for me|how come|in total|so far|at all)\b"
)
_NOW = frozenset({"today", "24h", "24 hours", "last 24h", "last 24 hours", "past 24 hours", "now", "all"})
_WINDOWS = {
    q.PriceAsked: _NOW,
    q.Volume: _NOW,
    q.ScheduleAsked: _NOW | {"this week", "last 7 days"},
    q.RefusalsAsked: _NOW | {"this week", "last 7 days"},
    q.EventsAsked: _NOW | {"last 7 days"},
    q.LastOrder: _NOW | {"last 7 days"},
    q.LimitsAsked: frozenset({"today", "now", "all", "a day", "one day", "this day"}),
}
"""Spans that a kind without a window is about anyway."""
_PRESENT = frozenset({"today", "now", "all"})
_ANY_COIN = (q.ThesisAsked, q.ScheduleAsked)
_OF_ALL = (q.PriceAsked, q.Holdings, q.ProfitBySymbol)


def left_aside(query: Query, heard: Heard, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The words of `heard` that `query` does not answer to; `known` are words that change nothing here."""
    vocabulary = VOCABULARY.get(type(query))
    if vocabulary is None:
        return ()
    rest = in_digits(heard.rest) if isinstance(query, q.WhatIf) else heard.rest
    words = _PHRASES.sub(" ", rest).split()
    understood = FILLERS | vocabulary | known | _besides(query, heard)
    strange = [word for word in words if word not in understood and not _is_told(word, query, heard)]
    return tuple([*strange, *_coins_aside(query, heard), *_window_aside(query, heard)])


def _besides(query: Query, heard: Heard) -> frozenset[str]:
    """Words that only some of a kind answer to."""
    if isinstance(query, q.PriceAsked) and query.unexplained:
        return frozenset({"why", "come"})
    if isinstance(query, q.Compare) and heard.has(r"\bwould (?:i|we) (?:have|be|own|make)\b"):
        return frozenset({"more", "richer"})
    if isinstance(query, q.DrawdownRisk) and q.RiskFigure.TAIL in query.figures:
        return frozenset({"95", "95%", "one", "twenty"})
    if isinstance(query, q.Profit) and heard.has(r"\b(?:after|net of|including|with|minus) (?:all )?(?:the )?fees\b"):
        return frozenset({"after", "including", "minus", "fees"})  # They are in the profit as it is told.
    if isinstance(query, q.Profit) and query.ratio is q.Ratio.AVERAGE:
        return frozenset({"average", "avg", "per"})
    return frozenset()


def _is_told(word: str, query: Query, heard: Heard) -> bool:
    """A coin (looked at apart), how many were asked for, or the candles that were named."""
    if base_of(word, heard.traded) is not None:
        return True
    if isinstance(query, q.WhatIf):
        return _is_amount(word, query)
    if isinstance(query, q.IndicatorAsked) and names_timeframe(word):
        return True
    return word.isdigit() and int(word) == getattr(query, "count", None)


def _is_amount(word: str, query: q.WhatIf) -> bool:
    """ "$500", "2k" or "10%" of the order that is reckoned."""
    found = re.fullmatch(r"\$?(\d*\.?\d+)(k?)[$%]?", word)
    if found is None:
        return False
    return Decimal(found[1]) * (1000 if found[2] else 1) in (query.amount, query.amount * 100)


def _coins_aside(query: Query, heard: Heard) -> list[str]:
    named = heard.mentions.symbols
    whole = isinstance(query, _OF_ALL) and len(named) != 1 and _of_all(query)
    if whole or isinstance(query, _ANY_COIN) or query == q.LookUp("/plan"):
        return []
    return [base for base in named if base not in _carried(query)]


def _of_all(query: Query) -> bool:
    return getattr(query, "symbol", None) is None and not getattr(query, "cash", False)


def _carried(query: Query) -> frozenset[str]:
    """The coins that an answer to `query` is about."""
    if isinstance(query, q.Compare):
        return frozenset({"BTC", "ETH"} if query.benchmark is q.Benchmark.BOTH else {query.benchmark.value})
    if isinstance(query, q.LookUp):
        return frozenset(query.command.split())
    if isinstance(query, q.DrawdownRisk):
        return frozenset({"BTC"} if q.RiskFigure.BETA in query.figures else ())
    symbol = getattr(query, "symbol", None)
    return frozenset({symbol} if symbol else ())


def _window_aside(query: Query, heard: Heard) -> list[str]:
    window = heard.window
    if window is None or any(field.name == "window" for field in fields(query)):
        return _compared_span(heard)
    if isinstance(query, q.LookUp):
        return [] if window in query.command or "/report" in query.command else _unless_present(window)
    if isinstance(query, q.IndicatorAsked):
        return [] if names_timeframe(window) or window in _NOW | {"1d"} else [window]
    allowed = _WINDOWS.get(type(query), _PRESENT)
    return [] if window in allowed else [window]


def _unless_present(window: str) -> list[str]:
    return [] if window in _PRESENT else [window]


def _compared_span(heard: Heard) -> list[str]:
    """A span that is compared to ("vs last month") is not the one that is asked about."""
    if heard.window is None:
        return []
    beside = re.search(rf"\b(?:vs|versus|against|than|compared (?:to|with)) {re.escape(heard.window)}\b", heard.text)
    return [beside.group(0)] if beside else []
