"""What was asked last in each channel, so that "and against ETH?" or "and last week?" keep their subject."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any

from chatbot.agent.grammar.amounts import spoken_amount
from chatbot.agent.grammar.coins import COIN_NAMES
from chatbot.agent.grammar.heard import Heard, hear
from chatbot.agent.grammar.wishes import wish
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    DrawdownRisk,
    Fees,
    Help,
    Holdings,
    HowTo,
    Lacks,
    LastOrder,
    LookUp,
    Pick,
    PriceAsked,
    Profit,
    ProfitBySymbol,
    Query,
    RefusalsAsked,
    RiskFigure,
    Several,
    ThesisAsked,
    TradesAsked,
    Unclear,
    Why,
    WishToAct,
)

_MOST_CHANNELS = 256
_FEW_WORDS = 3
_LEADS = re.compile(r"^(?:(?:and|what about|how about|also|then|ok|okay|or|same|but|now|plus|for|only|just)\b\s*)+")
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
_PRONOUN = re.compile(r"\b(?:its|that coin(?:'s)?|that one(?:'s)?|this coin(?:'s)?)(?!\w)", re.I)
_WHY = re.compile(
    r"^(?:and |but )?(?:why|how come|why (?:is|was) (?:that|this|it)|why so|why not|what happened"
    r"|explain(?: that)?)$"
)
_THE_TRADES = re.compile(
    r"^(?:and |can you |please )*(?:show|list|give|see)(?: me)?(?: all)?(?: of)? (?:the trades|the sales|them|those"
    r"|these)(?: trades)?$"
    r"|^(?:and |which )(?:the )?(?:trades|ones)(?: were (?:they|those|it))?$|^the trades$"
)
_NO_SUBJECT = (Decline, Help, WishToAct, HowTo, LookUp, Several)


class Conversation:
    """The newest query per channel; the channels longest silent are forgotten."""

    def __init__(self, most: int = _MOST_CHANNELS) -> None:
        self._last: OrderedDict[str, Query] = OrderedDict()
        self._coins: OrderedDict[str, str | None] = OrderedDict()
        self._most = most

    def remember(self, channel_key: str, query: Query) -> None:
        """Keep `query` as the subject, unless there is nothing to follow up in it."""
        if isinstance(query, _NO_SUBJECT):
            return
        self._last[channel_key] = query
        self._last.move_to_end(channel_key)
        while len(self._last) > self._most:
            self._last.popitem(last=False)

    def note_coin(self, channel_key: str, base: str | None) -> None:
        """The one coin that the newest answer was about; None where it was about several or none."""
        self._coins[channel_key] = base
        self._coins.move_to_end(channel_key)
        while len(self._coins) > self._most:
            self._coins.popitem(last=False)

    def named(self, channel_key: str, text: str) -> str | None:
        """`text` with the coin of the newest answer instead of "its" or "that coin"; None where neither is there."""
        base = self._coins.get(channel_key)
        return _PRONOUN.sub(base, text, count=1) if base and _PRONOUN.search(text) else None

    def follow_up(self, channel_key: str, text: str, symbols: Collection[str]) -> Query | None:
        """The last query, changed by what `text` names; None when `text` is a question of its own."""
        last = self._last.get(channel_key)
        heard = hear(text, symbols)
        if last is None or heard.mentions.strangers:
            return None
        if isinstance(last, Unclear):
            return _completed(last, heard)
        if _WHY.search(heard.text):
            return _why(last)
        if _THE_TRADES.search(heard.text):
            return TradesAsked(getattr(last, "window", None), getattr(last, "symbol", None))
        return _changed(last, heard) if _only_changes(heard) else None


def _completed(open_: Unclear, heard: Heard) -> Query | None:
    """The wish with what it lacked; None where `heard` says something else."""
    rest = [word for word in heard.rest.split() if word not in _FILLERS]
    if len(rest) > _FEW_WORDS or wish(heard.text, heard.mentions.symbols) is not None:
        return None
    if open_.lacks in (Lacks.COIN, Lacks.HELD_COIN) and heard.symbol is not None:
        return _of_coin(open_.command, heard.symbol)
    amount = spoken_amount(heard.text) if open_.lacks is Lacks.SHARE else None
    return WishToAct(open_.command.format(amount)) if amount else None


def _of_coin(command: str, base: str) -> Query:
    """The command for `base`; a purchase or a sale without an amount still lacks that."""
    deed = command.removesuffix(" {}")
    return Unclear(Lacks.SHARE, f"{deed} {{}} {base}") if deed in ("/buy", "/sell") else WishToAct(command.format(base))


def _why(last: Query) -> Query:
    """What is behind the last answer: the trade, the refusal, the coins, the fall."""
    match last:
        case TradesAsked() | Why():
            return Why(last.symbol, last.side)
        case Holdings(symbol=str()):
            return Why(last.symbol)
        case LastOrder() | RefusalsAsked():
            return RefusalsAsked(last.symbol)
        case Profit() | Compare() | Fees():
            return ProfitBySymbol(last.window, Pick.WORST)
        case DrawdownRisk():
            return DrawdownRisk(last.window, (RiskFigure.CAUSE,))
        case PriceAsked():
            return ThesisAsked()
        case _:
            return Why()


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
