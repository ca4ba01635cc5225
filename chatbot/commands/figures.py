"""Levels, conditions and sums as people write them: "-5%", "98,200", "> 70k", "off".

A percentage is told by its sign: "-5%" and "+5%" say which way, a bare "5%" only how far. A signed number
without "%" could be either a price or a percentage, and is said back.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from chatbot.commands.amounts import AmountError
from chatbot.commands.timespans import looks_like_timespan, take_timespan
from trading.contract.controls import Condition, Level, LevelUnit

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+\.?"
_FIGURE = re.compile(rf"(?P<sign>[-+\u2212]?)\$?(?P<number>{_NUMBER})(?P<scale>[km]?)(?P<percent>%?)\$?")
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}
_LARGEST = Decimal(10) ** 12
_OFF = {"off", "none", "remove", "clear"}
_DEFAULT = {"default", "reset"}
_RISES = {"above", "over", ">", ">=", "rises", "up", "reaches"}
_FALLS = {"below", "under", "<", "<=", "falls", "drops", "down"}
_REPEATS = {"repeat", "repeats", "repeatedly", "always"}
_SMALL_WORDS = {"at", "to", "by", "if", "when", "is", "it", "price"}
_SIDES = re.compile(r"([<>]=|[<>](?!=))(?=\S)")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number with its sign as written: "", "+" or "-"."""

    value: Decimal
    sign: str
    percent: bool

    @property
    def signed(self) -> Decimal:
        return -self.value if self.sign == "-" else self.value


def looks_like_level(word: str, quote: str) -> bool:
    """Whether `word` belongs to a level: a figure, its unit, or a word such as "off"."""
    low = word.lower()
    return low in _OFF | _DEFAULT | _SMALL_WORDS or _is_figure_part(low, quote)


def looks_like_condition(word: str, quote: str) -> bool:
    """Whether `word` belongs to a condition: a figure, a side ("above", ">"), or how often."""
    low = word.lower()
    if low in _RISES | _FALLS | _REPEATS | _SMALL_WORDS or _is_figure_part(low, quote) or looks_like_timespan(low):
        return True
    return _SIDES.match(low) is not None and _is_figure_part(_SIDES.sub("", low), quote)


def looks_like_money(word: str, quote: str) -> bool:
    """Whether `word` is a sum, or the unit that belongs to one."""
    return _is_figure_part(word.lower(), quote)


def read_level(text: str, quote: str) -> Level:
    """The level in `text`. Raises AmountError with one sentence."""
    words = [word for word in text.lower().split() if word not in _SMALL_WORDS]
    if len(words) == 1 and words[0] in _OFF:
        return Level(LevelUnit.OFF)
    if len(words) == 1 and words[0] in _DEFAULT:
        return Level(LevelUnit.DEFAULT)
    figure = _figure(words, quote, text, 'Write a price, a percentage such as -5%, or "off".')
    if not figure.percent:
        return Level(LevelUnit.PRICE, _unsigned(figure, text))
    if figure.sign:
        return Level(LevelUnit.MOVE, figure.signed / 100)
    return Level(LevelUnit.DISTANCE, figure.value / 100)


def read_condition(text: str, quote: str) -> Condition:
    """The condition in `text`. Raises AmountError with one sentence."""
    span, rest = take_timespan(text.lower())
    words = [word for word in _SIDES.sub(r"\1 ", rest).split() if word not in _SMALL_WORDS]
    repeats, words = _without(words, _REPEATS)
    rises, words = _without(words, _RISES)
    falls, words = _without(words, _FALLS)
    figure = _figure(words, quote, text, "Write > 70k, < 60k, -5% or +10% 24h.")
    if rises and falls:
        raise AmountError(f'"{text[:30]}" says both up and down; choose one.')
    if figure.percent:
        return Condition(*_move(figure, rises, falls, text), move=True, repeats=repeats, span=span)
    if span is not None:
        raise AmountError(f'"{text[:30]}" has a span of time but no change; write +10% 24h or -5% 1h.')
    return Condition(True if rises else False if falls else None, _unsigned(figure, text), repeats=repeats)


def read_money(text: str, quote: str) -> Decimal:
    """A sum in the quote currency, from zero up. Raises AmountError with one sentence."""
    figure = _figure(text.lower().split(), quote, text, "Write a sum such as 500 or 1.5k.")
    if figure.percent:
        raise AmountError(f'"{text[:30]}" is a share; write a sum in {quote}.')
    if figure.sign:
        raise AmountError(f'"{text[:30]}" is no sum; write it without a sign: {figure.value:f}.')
    return figure.value


def _move(figure: _Figure, rises: bool, falls: bool, text: str) -> tuple[bool, Decimal]:
    """Which way, and the signed fraction."""
    up = rises or figure.sign == "+"
    down = falls or figure.sign == "-"
    if up is down:
        raise AmountError(f'"{text[:30]}" does not say which way; write +{figure.value:f}% or -{figure.value:f}%.')
    return up, (figure.value if up else -figure.value) / 100


def _unsigned(figure: _Figure, text: str) -> Decimal:
    if figure.sign:
        raise AmountError(f'"{text[:30]}" could be a price or a percentage; write {figure.value:f} or {text.strip()}%.')
    return figure.value


def _figure(words: list[str], quote: str, text: str, instead: str) -> _Figure:
    parts = [word for word in words if word not in _units(quote)]
    # Signs and "%" may stand apart; two numbers are two numbers.
    alone = sum(any(char.isdigit() for char in part) for part in parts) == 1
    match = _FIGURE.fullmatch("".join(parts)) if alone else None
    if match is None:
        raise AmountError(f'"{text[:30]}" was not understood. {instead}')
    value = Decimal(match["number"].replace(",", "")) * _SCALES[match["scale"]]
    if value >= _LARGEST:
        raise AmountError(f"{text[:30]} is too large. {instead}")
    return _Figure(value, match["sign"].replace("\u2212", "-"), bool(match["percent"]))


def _without(words: list[str], unwanted: Collection[str]) -> tuple[bool, list[str]]:
    """Whether any of `words` is among the unwanted, and the others."""
    rest = [word for word in words if word not in unwanted]
    return len(rest) < len(words), rest


def _is_figure_part(low: str, quote: str) -> bool:
    return low in _units(quote) | {"%", "-", "+", "\u2212"} or _FIGURE.fullmatch(low) is not None


def _units(quote: str) -> set[str]:
    return {quote.lower(), "$"} | ({"usd", "dollars"} if "USD" in quote else set())
