"""Spelling: one form for what people write in many, and small slips repaired."""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

_FORMS = (
    (r"[\u2018\u2019`]", "'"),
    (r"\bp\s?(?:&|/|and|n)\s?l\b|\bpn?l\b|profit\s?(?:/|and|or|&)\s?loss(?:es)?", "pnl"),
    (r"\b(what|how|who|when|where|that|it|there)'?s\b", r"\1 is"),
    (r"\bi'?m\b", "i am"),
    (r"\bhow'?d\b", "how did"),
    (r"\b(we|you|they)'?re\b", r"\1 are"),
    (r"\bdon'?t\b", "do not"),
    (r"\b(is|are|did|does|have|has|was|were|would|should|could)n'?t\b", r"\1 not"),
    (r"\b(can|won)'?t\b", r"\1 not"),
    (r"\b(un)?realis(ed|e|ing)\b", r"\1realiz\2"),
    (r"^y (?=no|not|did|is|are|do|does|so|we|you)", "why "),
    (r"\bwhat %", "what percent"),
    (r"\b(i|we|you)'?ve\b", r"\1 have"),
    (r"\b(i|we|you)'?d\b", r"\1 would"),
    (r"\blet'?s\b", "lets"),
    (r"'s\b", ""),
    (r"\b(?:wek|weak|wk)\b", "week"),
    (r"\b(?:wut|wat|wht|wot)\b", "what"),
    (r"\b(?:wuts|wats|whts|wots)\b", "what is"),
    (r"\b(?:hw|hwo)\b", "how"),
    (r"\bfortnight\b", "14 days"),
    (r"\b(?:mnth|mth|monht)\b", "month"),
    (r"\bu\b", "you"),
    (r"\br\b", "are"),
    (r"\b(?:bal|balnce|balanc)\b", "balance"),
    (r"\b(?:plz|pls)\b", "please"),
    (r"\bporfolio\b", "portfolio"),
    (r"\b(?:2day|tday|tody)\b", "today"),
    (r"\b(?:yest|yday|ystrday)\b", "yesterday"),
    (r"(?<=\d),(?=\d{3})", ""),
    (r"[^\w\s$€£%./&+<>-]", " "),
    (r"[.](?!\d)|(?<![a-z0-9])[/&]|(?<![a-z0-9])-(?!\d)|[/&-](?![a-z0-9])", " "),
)
_OURS = """
    trade trades traded trading price prices profit profits drawdown portfolio position positions holding holdings
    balance pending waiting approval approvals benchmark against versus compare compared comparison performance
    performed performing rebalance schedule sharpe volatility bitcoin ethereum solana yesterday today month months
    bought equity losing winning winner winners losses outperform outperforming beating return returns commission
    commissions exposure reason status summary orders allocation largest biggest worst rejected refused cancel
    order performer everything volume choppy trending threshold dollars running settings thesis limits
"""
_OTHERS = """
    trace traces tracking treading prize prizes prince pride profile profiles mouth mouths brought shape compete moths
    seasons season training trains grading printed print warning watering weighing eating heating seating closing person
    persons strategy bounty bouts bough older borders state states statues stature returned turns summer
    share shares approved volumes rejects tending choppy limit ruining sitting dollar these theses
"""
_VOCABULARY = _OURS.split()
_LEAVE = frozenset(_OTHERS.split())
"""English words that are one slip away from one of ours."""
_SHORTEST = 5
_LONG = 8


def normalise(text: str) -> str:
    """Lower case, contractions spelled out, "p&l" and its kin as "pnl", punctuation gone, slips repaired."""
    normal = text.lower()
    for pattern, form in _FORMS:
        normal = re.sub(pattern, form, normal)
    return " ".join(_repaired(word) for word in normal.split())


def _repaired(word: str) -> str:
    """The word of ours that `word` is one slip away from (two for long words), if it starts alike."""
    if len(word) < _SHORTEST or not word.isalpha() or word in _VOCABULARY or word in _LEAVE:
        return word
    slips = 2 if len(word) >= _LONG else 1
    found = process.extractOne(word, _VOCABULARY, scorer=OSA.distance, score_cutoff=slips)
    return found[0] if found and found[0][0] == word[0] else word
