"""What was asked last in each channel, so that "and against ETH?" or "and last week?" keep their subject."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from chatbot.agent.coins import COIN_NAMES
from chatbot.agent.heard import Heard, hear
from chatbot.agent.queries import Benchmark, Compare, Decline, Help, Query, WishToAct

_MOST_CHANNELS = 256
_LEADS = re.compile(r"^(?:(?:and|what about|how about|also|then|ok|okay|or|same|but|now|plus)\b\s*)+")
_FILLERS = {
    *(
        "and",
        "for",
        "the",
        "in",
        "on",
        "with",
        "of",
        "it",
        "that",
        "same",
        "to",
        "about",
        "over",
        "during",
        "as",
        "well",
    ),
    *("against", "vs", "versus", "compared", "too", "then", "please", "now", "is", "what", "how"),
}
_AGAINST = re.compile(r"\b(?:against|vs|versus|compared)\b")


class Conversation:
    """The newest query per channel; the channels longest silent are forgotten."""

    def __init__(self, most: int = _MOST_CHANNELS) -> None:
        self._last: OrderedDict[str, Query] = OrderedDict()
        self._most = most

    def remember(self, channel_key: str, query: Query) -> None:
        """Keep `query` as the subject, unless there is nothing to follow up in it."""
        if isinstance(query, (Decline, Help, WishToAct)):
            return
        self._last[channel_key] = query
        self._last.move_to_end(channel_key)
        while len(self._last) > self._most:
            self._last.popitem(last=False)

    def follow_up(self, channel_key: str, text: str, symbols: Collection[str]) -> Query | None:
        """The last query, changed by what `text` names; None when `text` is a question of its own."""
        last = self._last.get(channel_key)
        heard = hear(text, symbols)
        if last is None or heard.mentions.strangers or not _only_changes(heard):
            return None
        return _changed(last, heard)


def _only_changes(heard: Heard) -> bool:
    """Whether nothing is named but coins and a span; a coin alone needs a lead ("and eth?"), or it asks a price."""
    lead = _LEADS.match(heard.text) is not None or _AGAINST.match(heard.text) is not None
    rest = _LEADS.sub("", heard.rest).split()
    others = [word for word in rest if word not in _FILLERS and not _names_coin(word, heard)]
    named = heard.window is not None or heard.symbol is not None
    return named and not others and (lead or heard.symbol is None)


def _names_coin(word: str, heard: Heard) -> bool:
    return COIN_NAMES.get(word, word.split("/")[0].upper()) in heard.mentions.symbols


def _changed(last: Query, heard: Heard) -> Query | None:
    benchmark = heard.symbol if heard.symbol in (Benchmark.BTC, Benchmark.ETH) else None
    against = benchmark is not None and (isinstance(last, Compare) or _AGAINST.search(heard.text))
    if benchmark is not None and against:
        return Compare(Benchmark(benchmark), heard.window or getattr(last, "window", None))
    known = {field.name for field in fields(last)}
    changes: dict[str, Any] = {"window": heard.window, "symbol": heard.symbol}
    given = {name: value for name, value in changes.items() if value is not None}
    return replace(last, **given) if given and given.keys() <= known else None
