"""Amounts as people say them, in the form the commands read: "$1000", "10%", "half", "0.5", "50 eur"."""

from __future__ import annotations

import re

_MONEY = re.compile(
    r"\$ ?(\d+(?:\.\d+)?k?)|(\d+(?:\.\d+)?k?) ?(?:\$|usd|usdt|usdc|dollars?|bucks|quid)(?![\w/])"
    r"|\b(?:usd|dollars?) ?(\d+(?:\.\d+)?k?)\b"
)
_FOREIGN = re.compile(
    r"(?P<sign>[€£]) ?(?P<after>\d+(?:\.\d+)?k?)"
    r"|(?P<before>\d+(?:\.\d+)?k?) ?(?P<word>€|£|eur(?:os?)?|gbp|pounds?|chf|yen|jpy)(?![\w/])"
)
_CODES = {"€": "EUR", "£": "GBP", "eur": "EUR", "euro": "EUR", "euros": "EUR", "pound": "GBP", "pounds": "GBP"}
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?(?:%|percent\b|pct\b)")
_FRACTIONS = (
    (re.compile(r"\b(?:two thirds|2/3)\b"), "66%"),
    (re.compile(r"\b(?:three quarters|3/4)\b"), "75%"),
    (re.compile(r"\b(?:a |one )?third\b|\b1/3\b"), "33%"),
    (re.compile(r"\b(?:a |one )?quarter\b|\b1/4\b"), "25%"),
)
_COIN_PARTS = re.compile(r"\bhalf an? (?:bitcoin|btc|eth|ether|ethereum|sol|solana|coin)\b")
_PART = re.compile(r"\b(half|all|everything|max|entire|whole|every bit)\b")
_BARE = re.compile(r"(?<![\w./-])(\d*\.?\d+k?)(?![\w%]|\.\d)")

_UP_TO_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_BY_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UP_TO_TWENTY.split())}
_TENS = {word: 10 * value for value, word in enumerate(_BY_TEN.split(), start=2)}
_MULTIPLES = {"thousand": 1000, "grand": 1000}
_ALL_WORDS = "|".join((*_SMALL, *_TENS))
_SPELLED = re.compile(
    rf"\b(?:(?:a|{_ALL_WORDS}|hundred|thousand)(?:[ -]|\b))*(?:{_ALL_WORDS}|hundred|thousand|grand)\b"
)
_DIGITS_AND_WORD = re.compile(r"\b(\d+(?:\.\d+)?) (?:thousand|grand)\b")


def spoken_amount(text: str) -> str | None:
    """The amount in `text` as the commands read it; None without one, or in a currency that may not be ours."""
    words = in_digits(text)
    if found := _MONEY.search(words):
        return f"${found[1] or found[2] or found[3]}"
    if _FOREIGN.search(words):
        return None
    if found := _PERCENT.search(words):
        return f"{found[1]}%"
    return _part(text) or _number(words)


def foreign_amount(text: str) -> tuple[str, str] | None:
    """A sum in another currency than the dollar: the number and the currency's code."""
    found = _FOREIGN.search(in_digits(text))
    if found is None:
        return None
    unit = found["sign"] or found["word"]
    return found["after"] or found["before"], _CODES.get(unit, unit.upper())


def in_digits(text: str) -> str:
    """`text` with its numbers in words written in digits: "two thousand five hundred" as "2500"."""
    text = _DIGITS_AND_WORD.sub(r"\1k", text)
    return _SPELLED.sub(lambda found: str(_value(found.group(0))), text)


def _part(text: str) -> str | None:
    if _COIN_PARTS.search(text):
        return "0.5"
    for pattern, share in _FRACTIONS:
        if pattern.search(text):
            return share
    found = _PART.search(text)
    return None if found is None else "half" if found[1] == "half" else "all"


def _number(words: str) -> str | None:
    found = _BARE.search(words)
    return found[1] if found else None


def _value(words: str) -> int:
    total, current = 0, 0
    for word in re.split(r"[ -]+", words.strip()):
        if word in _MULTIPLES:
            total, current = total + max(current, 1) * _MULTIPLES[word], 0
        elif word == "hundred":
            current = max(current, 1) * 100
        else:
            current += _SMALL.get(word, _TENS.get(word, 0))
    return total + current
