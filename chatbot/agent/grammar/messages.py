"""A message with several questions or wishes in it: each is read by itself, and none is lost over another."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from chatbot.agent.grammar.fillers import FILLERS
from chatbot.agent.grammar.heard import hear
from chatbot.agent.grammar.reading import read
from chatbot.agent.queries import (
    Advice,
    Decline,
    Help,
    HowTo,
    LookUp,
    Query,
    SetStops,
    Several,
    Topic,
    Unclear,
    WishToAct,
)

ONE_AT_A_TIME = "One at a time; each has a button of its own:"
_MOST = 3
_ASKS = r"how|what|whats|which|why|when|where|who|is|are|am|did|do|does|show|list|tell"
_DEEDS = r"buy|sell|close|dump|exit|halt|pause|resume|cancel|set|alert|ping|rebalance|put"
_SENTENCES = re.compile(
    rf"[?!;\n]+|(?<=[a-z])\.\s+|,?\s+(?:and|also|plus|then)\s+(?:also\s+)?(?=(?:{_ASKS})\b)|,\s+(?=(?:{_ASKS})\b)", re.I
)
_THEN = re.compile(rf",?\s+(?:and|then|and then)\s+(?=(?:{_DEEDS})\b)|,\s+(?=(?:{_DEEDS})\b)", re.I)
_JOINED = re.compile(r"\s+(?:and|&|plus)\s+|,\s+")
_WISHES = (WishToAct, SetStops, Unclear)
_NO_PART = (Decline, Advice, Help, HowTo, LookUp, Several, *_WISHES)


def parse(text: str, symbols: Collection[str], market: str = "") -> Query | None:
    """The query that `text` asks, several of them, or None.

    `symbols` are the bases we trade ("BTC"); `market` is what people call ours ("Kraken"), so that questions about
    another one are declined.
    """
    whole = read(text, symbols, market)
    if isinstance(whole, Decline) and whole.topic not in (Topic.UNSURE, Topic.OFF_TOPIC):
        return whole
    if isinstance(whole, _WISHES) and (deeds := _wishes(_parts(_THEN, text), symbols, market)):
        return deeds
    parts = _parts(_SENTENCES, text)
    if len(parts) > 1:
        return _of_sentences(parts, whole, symbols, market)
    return _coordinated(text, symbols, market) or whole if isinstance(whole, Decline) else whole


def _parts(pattern: re.Pattern[str], text: str) -> list[str]:
    """The pieces that say anything beyond politeness."""
    pieces = (piece.strip() for piece in pattern.split(text))
    return [piece for piece in pieces if piece and not FILLERS.issuperset(hear(piece, ()).text.split())]


def _wishes(parts: Sequence[str], symbols: Collection[str], market: str) -> Query | None:
    """Several deeds in one message, each as its own button; None where it is one, or one of them stays open."""
    found = [read(part, symbols, market) for part in parts]
    commands = [each.command for each in found if isinstance(each, WishToAct) and each.command and not each.missing]
    if len(found) < 2:
        return None
    return WishToAct("", ONE_AT_A_TIME, tuple(commands)) if len(commands) == len(found) else Decline(Topic.SEVERAL)


def _of_sentences(parts: Sequence[str], whole: Query | None, symbols: Collection[str], market: str) -> Query | None:
    found = [read(part, symbols, market) for part in parts]
    if any(isinstance(each, _WISHES) for each in found):
        return _wishes(parts, symbols, market)
    if whole is not None and all(type(each) is type(whole) for each in found) and not isinstance(whole, Decline):
        return whole  # One question, asked twice: "why the sale, why sell".
    return _several(found) or whole


def _several(found: Sequence[Query | None]) -> Query | None:
    """All of them; None where one of them cannot be told beside another."""
    kept = list(dict.fromkeys(found))
    if len(kept) > _MOST or any(each is None or isinstance(each, _NO_PART) for each in kept):
        return None
    return kept[0] if len(kept) == 1 else Several(tuple(kept))


def _coordinated(text: str, symbols: Collection[str], market: str) -> Query | None:
    """ "btc price and rsi", "fees and profit last month": what one half names, the other is asked about too."""
    parts = _parts(_JOINED, text)
    if len(parts) < 2:
        return None
    heard = [hear(part, symbols) for part in parts]
    coin = next((each.symbol for each in heard if each.symbol), None)
    span = next((each.window for each in heard if each.window), None)
    found = []
    for part, each in zip(parts, heard, strict=True):
        asked = part if each.symbol or not coin else f"{part} {coin}"
        found.append(read(asked if each.window or not span else f"{asked} {span}", symbols, market))
    return _several(found)
