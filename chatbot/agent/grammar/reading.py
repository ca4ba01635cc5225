"""From a question in free words to one of our queries, by rules; what no rule knows is None.

The text is brought into one spelling (`words`), coins and spans of time are taken out (`coins`, `spans`), and the
first rule of a table (`rules`) that matches the rest decides. Order matters: a wish to act before everything, what is
declined before what is known, "why" before what it asks about.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import cast

from chatbot.agent.glossary import asked_term
from chatbot.agent.grammar.advice import advice
from chatbot.agent.grammar.declining import CUSTODY, DECLINED, LEVERAGE, MONEY_MATTERS
from chatbot.agent.grammar.heard import Heard, hear
from chatbot.agent.grammar.how_to import how_to
from chatbot.agent.grammar.leftovers import left_aside
from chatbot.agent.grammar.rules import RULES
from chatbot.agent.grammar.wishes import wish
from chatbot.agent.queries import Decline, Explain, Holdings, Query, Several, Topic

_MOST_ASIDE = 40
_MOST_COINS = 3
_OF_A_TICKER = r"\b(?:price|worth|hold|holding|own|chart|position|balance|how much|trad\w+|going (?:up|down))\b"


def read(text: str, symbols: Collection[str], market: str = "") -> Query | None:
    """The one query that `text` asks, or None; `messages.parse` takes a message with several apart."""
    heard = hear(text, symbols)
    if not heard.text:
        return None
    own = frozenset(market.lower().split())
    return _foreign(heard, market) or _act(heard) or _declined(heard) or _asked(heard, own)


def _foreign(heard: Heard, market: str) -> Query | None:
    """Another venue, a network, a wallet; money that is moved rather than traded."""
    elsewhere = [venue for venue in heard.mentions.venues if venue not in market.lower()]
    if elsewhere:
        return Decline(Topic.ELSEWHERE, elsewhere[0].title(), heard.symbol)
    return Decline(Topic.CUSTODY) if re.search(CUSTODY, heard.text) and asked_term(heard.text) is None else None


def _act(heard: Heard) -> Query | None:
    found = wish(heard.text, heard.mentions.symbols)
    if found is not None and re.search(LEVERAGE, heard.text):
        return Decline(Topic.LEVERAGE)
    strange = heard.mentions.strangers or heard.mentions.hints
    if found is not None and strange:
        return Decline(Topic.NOT_TRADED, strange[0])
    return found


def _declined(heard: Heard) -> Query | None:
    """An explanation, how something is done, or what is not ours: another asset, a matter we do not deal with."""
    term = asked_term(heard.text)
    if term is not None:
        return Explain(term)
    if heard.mentions.strangers:
        return Decline(Topic.NOT_TRADED, heard.mentions.strangers[0])
    return how_to(heard) or advice(heard) or _off_limits(heard)


def _off_limits(heard: Heard) -> Query | None:
    topic = next((topic for topic, pattern in DECLINED if re.search(pattern, heard.text)), None)
    if topic is Topic.ADVICE and heard.symbol is None and not re.search(MONEY_MATTERS, heard.text):
        return Decline(Topic.OFF_TOPIC)  # Advice on life is not what the books could help with.
    return None if topic is None else Decline(topic)


def _asked(heard: Heard, market: frozenset[str]) -> Query | None:
    """The first reading that answers to every word; where each leaves words aside, that is said of the first."""
    unsure: Query | None = None
    for query in _readings(heard):
        if heard.mentions.hints:
            # What reads like a question of ours but names a ticker we do not know is about that ticker.
            return Decline(Topic.NOT_TRADED, heard.mentions.hints[0])
        aside = left_aside(query, heard, market)
        if not aside:
            return query
        if set(aside) <= set(heard.mentions.symbols) and getattr(query, "symbol", None):
            return _of_each_coin(query, heard)
        unsure = unsure or Decline(Topic.UNSURE, " ".join(aside)[:_MOST_ASIDE])
    if unsure is not None:
        return unsure
    if heard.mentions.hints and heard.has(_OF_A_TICKER):
        return Decline(Topic.NOT_TRADED, heard.mentions.hints[0])
    return None


def _of_each_coin(query: Query, heard: Heard) -> Query:
    """The same of every coin that is named; only queries with a symbol come here."""
    named = heard.mentions.symbols[:_MOST_COINS]
    return Several(tuple(replace(cast(Holdings, query), symbol=base) for base in named))


def _readings(heard: Heard) -> Iterator[Query]:
    """What the rules make of it, the first rule's reading first; each only once."""
    seen: set[Query] = set()
    for pattern, read in RULES:
        query = read(heard) if heard.has(pattern) else None
        if query is not None and query not in seen:
            seen.add(query)
            yield query
