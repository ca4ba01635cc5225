"""From a question in free words to one of our queries, by rules; what no rule knows is None.

The text is brought into one spelling (`words`), coins and spans of time are taken out (`coins`, `spans`), and the
first rule of a table (`rules`) that matches the rest decides. Order matters: a wish to act before everything, what is
declined before what is known, "why" before what it asks about.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from chatbot.agent.glossary import asked_term
from chatbot.agent.grammar.advice import advice
from chatbot.agent.grammar.declining import CUSTODY, DECLINED
from chatbot.agent.grammar.heard import Heard, hear
from chatbot.agent.grammar.how_to import how_to
from chatbot.agent.grammar.rules import RULES
from chatbot.agent.grammar.wishes import wish
from chatbot.agent.queries import Decline, Explain, Query, Topic

_OF_A_TICKER = r"\b(?:price|worth|hold|holding|own|chart|position|balance|how much|trad\w+|going (?:up|down))\b"


def parse(text: str, symbols: Collection[str], market: str = "") -> Query | None:
    """The query that `text` asks, or None.

    `symbols` are the bases we trade ("BTC"); `market` is what people call ours ("Kraken"), so that questions about
    another one are declined.
    """
    heard = hear(text, symbols)
    if not heard.text:
        return None
    return _foreign(heard, market) or _act(heard) or _declined(heard) or _asked(heard)


def _foreign(heard: Heard, market: str) -> Query | None:
    """Another venue, a network, a wallet; money that is moved rather than traded."""
    elsewhere = [venue for venue in heard.mentions.venues if venue not in market.lower()]
    if elsewhere:
        return Decline(Topic.ELSEWHERE, elsewhere[0].title(), heard.symbol)
    return Decline(Topic.CUSTODY) if re.search(CUSTODY, heard.text) and asked_term(heard.text) is None else None


def _act(heard: Heard) -> Query | None:
    found = wish(heard.text, heard.mentions.symbols)
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
    return next((Decline(topic) for topic, pattern in DECLINED if re.search(pattern, heard.text)), None)


def _asked(heard: Heard) -> Query | None:
    for pattern, read in RULES:
        query = read(heard) if heard.has(pattern) else None
        if query is not None:
            # What reads like a question of ours but names a ticker we do not know is about that ticker.
            return Decline(Topic.NOT_TRADED, heard.mentions.hints[0]) if heard.mentions.hints else query
    if heard.mentions.hints and heard.has(_OF_A_TICKER):
        return Decline(Topic.NOT_TRADED, heard.mentions.hints[0])
    return None
