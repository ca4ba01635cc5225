"""What people write after a command, read forgivingly: "/buy 50 btc", "/buy BTC $50", "/sell all sol".

Each parameter claims the words that look like it, in any order; nothing is guessed silently, and
a word that no parameter claims is said back to the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz, process

from chatbot.commands.amounts import AmountError, looks_like_amount, read_amount, unit_word
from chatbot.present.layout import capitalized
from trading.contract import Amount, Window
from trading.domain.market import Instrument


class Kind(StrEnum):
    SYMBOL = "symbol"
    AMOUNT = "amount"
    WINDOW = "window"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a command wants to know. `choices` are the words of a CHOICE."""

    name: str
    kind: Kind
    summary: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was understood; None where a parameter was left out. A command has at most one parameter of a kind."""

    symbol: str | None = None
    amount: Amount | None = None
    window: Window | None = None
    choice: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the words could not be read, in one sentence; `missing` names the parameter that was left out."""

    sentence: str
    missing: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What words are read against: the instruments traded, the quote currency, the words for spans of time."""

    instruments: Sequence[Instrument]
    quote: str
    window: Callable[[str], Window | None]


ALIASES = {
    "bitcoin": "BTC",
    "xbt": "BTC",
    "ethereum": "ETH",
    "ether": "ETH",
    "solana": "SOL",
    "ripple": "XRP",
    "cardano": "ADA",
    "dogecoin": "DOGE",
    "litecoin": "LTC",
    "polkadot": "DOT",
    "chainlink": "LINK",
    "avalanche": "AVAX",
}
"""Names people use for a base."""

_FILLER = {"of", "worth", "my", "the", "please", "for", "some", "a", "an"}
_SYMBOL_FIRST = {Kind.SYMBOL: 0, Kind.CHOICE: 1, Kind.AMOUNT: 2, Kind.WINDOW: 3, Kind.TEXT: 4}


def read_arguments(
    parameters: Sequence[Parameter], text: str, structured: Mapping[str, str] | None, around: Surroundings
) -> Arguments | Problem:
    """The arguments in `text`, or in `structured` options where the platform has typed ones."""
    ordered = sorted(parameters, key=lambda parameter: _SYMBOL_FIRST[parameter.kind])
    given = dict(structured) if structured else {}
    rest = [] if structured else _words(text, ordered)
    found = Arguments()
    for parameter in ordered:
        piece, rest = (given.pop(parameter.name, ""), rest) if structured else _claim(parameter, rest, around)
        outcome = _read(parameter, piece.strip(), found, around)
        if isinstance(outcome, Problem):
            return outcome
        found = outcome
    return Problem(_not_understood(rest, ordered, around)) if rest else found


def find_symbol(word: str, instruments: Sequence[Instrument]) -> str | None:
    """The symbol that `word` names: an instrument, a base, or a coin's name."""
    name = ALIASES.get(word.lower(), word.upper().lstrip("#"))
    by_name = {i.symbol.upper(): i.symbol for i in instruments}
    by_name |= {i.symbol.upper().replace("/", sep): i.symbol for i in instruments for sep in ("", "-", "_")}
    by_name |= {i.base.upper(): i.symbol for i in instruments}
    return by_name.get(name)


def _words(text: str, parameters: Sequence[Parameter]) -> list[str]:
    words = text.split()
    if any(parameter.kind is Kind.TEXT for parameter in parameters):
        return words
    words = [word.strip(",;?!") for word in words]
    return [word for word in words if word and word.lower() not in _FILLER]


def _claim(parameter: Parameter, words: list[str], around: Surroundings) -> tuple[str, list[str]]:
    """The words that belong to `parameter`, and the others."""
    if parameter.kind in (Kind.WINDOW, Kind.TEXT):
        return " ".join(words), []
    tests: Mapping[Kind, Callable[[str], bool]] = {
        Kind.SYMBOL: lambda word: find_symbol(word, around.instruments) is not None,
        Kind.CHOICE: lambda word: word.lower() in parameter.choices,
        Kind.AMOUNT: lambda word: looks_like_amount(word, around.quote),
    }
    mine = [word for word in words if tests[parameter.kind](word)]
    if not mine and parameter.kind is Kind.SYMBOL:
        attached = [unit_word(word) for word in words if find_symbol(unit_word(word), around.instruments)]
        if attached:
            return attached[0], words
        mine = [word for word in words if _could_be_symbol(word, around)] if parameter.required else []
    taken = mine if parameter.kind is Kind.AMOUNT else mine[:1]
    rest = list(words)
    for word in taken:
        rest.remove(word)
    return " ".join(taken), rest


def _read(parameter: Parameter, piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    if not piece:
        return Problem(f"{capitalized(parameter.summary)} is missing.", parameter) if parameter.required else found
    readers: Mapping[Kind, Callable[[str], Arguments | Problem]] = {
        Kind.SYMBOL: lambda text: _symbol(text, found, around),
        Kind.AMOUNT: lambda text: _amount(text, found, around),
        Kind.WINDOW: lambda text: _window(text, found, around),
        Kind.CHOICE: lambda text: _choice(text, parameter, found),
        Kind.TEXT: lambda text: replace(found, text=text),
    }
    return readers[parameter.kind](piece)


def _symbol(piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    symbol = find_symbol(piece, around.instruments)
    if symbol is not None:
        return replace(found, symbol=symbol)
    traded = ", ".join(instrument.base for instrument in around.instruments)
    return Problem(f'"{piece[:20]}" is not traded here.{_guess(piece, around)} Traded: {traded}.')


def _amount(piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    instrument = next((i for i in around.instruments if i.symbol == found.symbol), None)
    try:
        return replace(found, amount=read_amount(piece, around.quote, instrument))
    except AmountError as error:
        return Problem(str(error))


def _window(piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    window = around.window(piece)
    if window is None:
        hint = _guess(piece, around) or " Say today, last week, or since march."
        return Problem(f'"{piece[:40]}" is not a span of time known here.{hint}')
    return replace(found, window=window)


def _choice(piece: str, parameter: Parameter, found: Arguments) -> Arguments | Problem:
    word = piece.lower()
    if word in parameter.choices:
        return replace(found, choice=word)
    return Problem(f'"{piece[:20]}" is not one of {", ".join(parameter.choices)}.')


def _guess(piece: str, around: Surroundings) -> str:
    bases = [instrument.base for instrument in around.instruments]
    near = process.extractOne(piece.upper(), bases, scorer=fuzz.ratio, score_cutoff=60)
    return f" Did you mean {near[0]}?" if near else ""


def _could_be_symbol(word: str, around: Surroundings) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9/_-]{1,14}", word)) and not looks_like_amount(word, around.quote)


def _not_understood(rest: Sequence[str], parameters: Sequence[Parameter], around: Surroundings) -> str:
    words = " ".join(rest)[:40]
    if not parameters:
        return f'It takes nothing further; "{words}" was not understood.'
    choices = ", ".join(choice for parameter in parameters for choice in parameter.choices)
    return f'"{words}" was not understood.' + (f" Choices: {choices}." if choices else "")
