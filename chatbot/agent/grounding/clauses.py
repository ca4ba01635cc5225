"""Sentences and clauses: where one ends, which spans of time it names, what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chatbot.agent.grammar.spans import find_span
from chatbot.agent.grounding.amounts import ascii_digits, has_odd_numerals
from chatbot.agent.grounding.figures import Figures
from chatbot.agent.grounding.glosses import Language
from chatbot.agent.grounding.tokens import NotReadable, Tokens, tokens_of
from chatbot.agent.grounding.vocabulary import (
    CLAIMS,
    ENGLISH,
    US,
)

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…。！？])[\"'”’)]*\s+|\n+")
_ORDINAL = re.compile(r"\b(\d{1,2})\. (?=(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez))", re.IGNORECASE)
"""A day in German: its full stop ends no sentence."""
_BETWEEN = re.compile(r"\s*(?:[;()]|:(?!\d)|,(?!\d)|(?<=\s)-+(?=\s)|\b(?:and|but|while|whereas|though|although)\b)\s*")
_REWRITTEN: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"[\u2212\u2010\u2011]", "-"),
    (r"(?<!\d)\s*[\u2013\u2014]\s*(?!\d)|\s[\u2013\u2014]\s", ", "),
    (r"[\u2018\u2019`]", "'"),
    (r":(?!\d)", " : "),
    (r"[~\u2248]\s*", "about "),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\bi'm\b", "i am"),
    (r"\b(you|we|i|they)'ve\b", r"\1 have"),
    (r"\b(it|that|here|there)'s\b", r"\1 is"),
    (r"'s?\b", " "),
    (r"\b([a-z]{2,6})[/-](?:usdt?|usdc|eur)\b", r"\1"),
    (r"\b(?:a|per) year\b|\bso far\b|\bper (?:trade|cent)\b", lambda found: "percent" if "cent" in found[0] else " "),
    (r"\bno (?=(?:\w+ )?(?:trades?|buys?|sales?|sells?|cards?|approvals?|purchases?)\b)", "zero "),
    (r"\bin (?:all|total)\b(?! time)", " "),
    (r"(\S+) of (?:the |your )?(\S+) sales? (?:made money|(?:was|were) profitable)", r"\1 winning and \2 sales"),
    (r"(\S+) of (?:the |your )?(\S+) sales? lost money", r"\1 losing and \2 sales"),
    (r"\b(sales?|trades?)( that)? (?:made money|(?:was|were) profitable)\b", r"winning \1"),
    (r"\b(sales?|trades?)( that)? lost money\b", r"losing \1"),
    (r"\bof (?:your |our |the |my )?(?:portfolio|equity|account|holdings|total|money)\b", "weight"),
    (r"\bin (?:cash)\b", "cash"),
    (r"\blos(?:t|e|es|ing) (?:out )?to\b(?! (?:date|now))", "trailed"),
    (r"\bin (?:the )?(?:profit|plus|black)\b", "up"),
    (r"\bin (?:the )?(?:loss|minus|red)\b", "down"),
)  # fmt: skip
_PLAIN = tuple((re.compile(pattern), instead) for pattern, instead in _REWRITTEN)
_A_SIMPLE_SPAN = re.compile(r"^(?:in|over|during|for|on)\s+(?:the\s+)?")
_MOST_SPANS = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence. `spans` are the words of the times it names; `joined` is how many subjects share it."""

    tokens: Tokens
    spans: tuple[str, ...]
    joins_us: bool = False

    @property
    def claims(self) -> bool:
        """Whether anything in it could be true or false of the books."""
        return bool(self.tokens.amounts or self.tokens.clocks or self.tokens.has(CLAIMS))

    @property
    def about_us(self) -> bool:
        return self.tokens.has(US)


def sentences_of(text: str) -> list[str]:
    """`text` in sentences, one per line of a list too."""
    return [part.strip() for part in _SENTENCE_ENDS.split(_ORDINAL.sub(r"\1 ", text)) if part.strip()]


def clauses_of(sentence: str, language: Language, coins: Mapping[str, str], figures: Figures) -> list[Clause]:
    """The clauses of `sentence`. Raises NotReadable where it has anything that is not understood."""
    if has_odd_numerals(sentence):
        raise NotReadable
    plain = language.gloss(ascii_digits(sentence).lower())
    for pattern, instead in _PLAIN:
        plain = pattern.sub(instead, plain)
    clauses = [_clause(part, language, coins, figures) for part in _parts(plain, coins)]
    if any(word not in ENGLISH and word not in figures.words for clause in clauses for _, word in clause.tokens.words):
        raise NotReadable
    return clauses


def _parts(plain: str, coins: Mapping[str, str]) -> list[str]:
    """The pieces between commas and conjunctions; a piece that only names coins belongs to the next one."""
    parts: list[str] = []
    pending = ""
    pieces = _BETWEEN.split(plain)
    separators = [*_BETWEEN.findall(plain), ""]
    for piece, separator in zip(pieces, separators, strict=True):
        whole = f"{pending} {piece}".strip()
        only_names = bool(whole) and _only_subjects(whole, coins) and separator.strip() in (",", "and", "")
        pending = whole if only_names else ""
        if whole and not only_names:
            parts.append(whole)
    return _ended(parts, pending)


def _ended(parts: list[str], pending: str) -> list[str]:
    """The names at the end ("you hold BTC and ETH") belong to what was said before them, unless that has a number."""
    if pending and parts and not re.search(r"[\d{]", parts[-1]):
        return [*parts[:-1], f"{parts[-1]} {pending}"]
    return [*parts, pending] if pending else parts


def _only_subjects(piece: str, coins: Mapping[str, str]) -> bool:
    words = re.findall(r"[^\W\d_]+|\d", piece)
    return all(word in coins or word in US or word in ("both", "the") for word in words)


def _clause(part: str, language: Language, coins: Mapping[str, str], figures: Figures) -> Clause:
    spans, rest = _spans(part)
    tokens = tokens_of(rest, coins, figures, comma_decimal=language.comma_decimal)
    only = _only_subjects(" ".join(word for _, word in tokens.words[:1]), coins) and bool(tokens.coins)
    joins_us = only and bool(tokens.words) and tokens.words[0][0] < tokens.coins[0][0] == 1
    return Clause(tokens, spans, joins_us and tokens.words[0][1] in ("you", "we", "i"))


def _spans(part: str) -> tuple[tuple[str, ...], str]:
    spans: list[str] = []
    rest = part
    while len(spans) < _MOST_SPANS:
        words, shorter = find_span(rest)
        if words is None:
            return tuple(dict.fromkeys(spans)), rest
        spans.append(_A_SIMPLE_SPAN.sub("", words) if not words.startswith("since") else words)
        rest = shorter
    raise NotReadable


def coins_named(sentence: Sequence[Clause]) -> set[str]:
    return {base for clause in sentence for _, base in clause.tokens.coins}
