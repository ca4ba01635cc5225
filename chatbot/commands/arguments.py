"""What people write after a command, read forgivingly: "/buy 50 btc", "/buy BTC $50", "/sell all sol".

Each parameter claims the words that look like it, in any order; nothing is guessed silently, and
a word that no parameter claims is said back to the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from chatbot.commands.amounts import AmountError, looks_like_amount, read_amount, unit_word
from chatbot.commands.figures import (
    looks_like_condition,
    looks_like_level,
    looks_like_money,
    read_condition,
    read_level,
    read_money,
)
from chatbot.commands.symbols import find_symbol, guess, is_coin
from trading.contract import Amount, Window
from trading.contract.controls import Condition, Level
from trading.domain.market import Instrument


class Kind(StrEnum):
    SYMBOL = "symbol"
    AMOUNT = "amount"
    WINDOW = "window"
    CHOICE = "choice"
    LEVEL = "level"
    """Where a stop or a target shall be."""
    CONDITION = "condition"
    """What a price shall do."""
    MONEY = "money"
    """A sum in the quote currency."""
    ID = "id"
    """The first characters of an id, or "all"."""
    ZONE = "zone"
    """A time zone's name, as it was written."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing a command wants to know. `choices` are the words of a CHOICE, and what is offered for other kinds."""

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
    level: Level | None = None
    condition: Condition | None = None
    money: Decimal | None = None
    text: str = ""
    """What an ID, a ZONE or a TEXT was written as."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the words could not be read, in one sentence; `missing` names the parameter that was left out.

    `understood` are the words that were, so that a button can add what is missing.
    """

    sentence: str
    missing: Parameter | None = None
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What words are read against: the instruments traded, the quote currency, the words for spans of time."""

    instruments: Sequence[Instrument]
    quote: str
    window: Callable[[str], Window | None]


CONFIRM = "confirm"
"""A choice that a button adds; nobody is told to type it."""

_FILLER = {"of", "worth", "my", "the", "please", "for", "some", "a", "an"}
_FIGURES: Mapping[Kind, Callable[[str, str], bool]] = {
    Kind.AMOUNT: looks_like_amount,
    Kind.LEVEL: looks_like_level,
    Kind.CONDITION: looks_like_condition,
    Kind.MONEY: looks_like_money,
}
_THE_REST = (Kind.WINDOW, Kind.ZONE, Kind.TEXT)
_ORDER = (Kind.SYMBOL, Kind.CHOICE, *_FIGURES, Kind.ID, *_THE_REST)
"""What is claimed first: a name before a figure, and whatever takes the rest last."""
_ID = re.compile(r"[0-9a-f-]{4,36}|all")


def read_arguments(
    parameters: Sequence[Parameter], text: str, structured: Mapping[str, str] | None, around: Surroundings
) -> Arguments | Problem:
    """The arguments in `text`, or in `structured` options where the platform has typed ones."""
    ordered = sorted(parameters, key=lambda parameter: _ORDER.index(parameter.kind))
    given = dict(structured) if structured else {}
    rest = [] if structured else _words(text, ordered)
    found = Arguments()
    for parameter in ordered:
        piece, rest = (given.pop(parameter.name, ""), rest) if structured else _claim(parameter, rest, around, ordered)
        coins = found.symbol is None and any(other.kind is Kind.SYMBOL for other in ordered)
        outcome = _read(parameter, piece.strip(), found, around, coins)
        if isinstance(outcome, Problem):
            return outcome if structured or outcome.missing is None else _incomplete(outcome, text, ordered, around)
        found = outcome
    return Problem(_not_understood(rest, ordered, around)) if rest else found


def typed_choices(parameter: Parameter) -> tuple[str, ...]:
    """The choices that a person may be told of."""
    return tuple(choice for choice in parameter.choices if choice != CONFIRM)


def _words(text: str, parameters: Sequence[Parameter]) -> list[str]:
    words = text.split()
    if any(parameter.kind in (Kind.TEXT, Kind.ZONE) for parameter in parameters):
        return words
    words = [word.strip(",;?!") for word in words]
    return [word for word in words if word and word.lower() not in _FILLER]


def _claim(
    parameter: Parameter, words: list[str], around: Surroundings, everyone: Sequence[Parameter]
) -> tuple[str, list[str]]:
    """The words that belong to `parameter`, and the others."""
    if parameter.kind in _THE_REST:
        return " ".join(words), []
    mine = [word for word in words if _belongs(word, parameter, around)]
    if not mine and parameter.kind is Kind.SYMBOL:
        attached = [unit_word(word) for word in words if find_symbol(unit_word(word), around.instruments)]
        if attached:
            return attached[0], words
        # What another parameter understands is no coin that is not traded.
        others = [other for other in everyone if other is not parameter and other.kind not in _THE_REST]
        unclaimed = [word for word in words if not any(_belongs(word, other, around) for other in others)]
        mine = [word for word in unclaimed if _could_be_symbol(word, around)] if parameter.required else []
    taken = mine if parameter.kind in _FIGURES else mine[:1]
    rest = list(words)
    for word in taken:
        rest.remove(word)
    return " ".join(taken), rest


def _belongs(word: str, parameter: Parameter, around: Surroundings) -> bool:
    """Whether `word` looks like what `parameter` takes."""
    if parameter.kind is Kind.SYMBOL:
        return word.lower() in parameter.choices or find_symbol(word, around.instruments) is not None
    if parameter.kind is Kind.CHOICE:
        return word.lower() in parameter.choices
    if parameter.kind is Kind.ID:
        return _ID.fullmatch(word.lower()) is not None
    return _FIGURES[parameter.kind](word, around.quote)


def _read(parameter: Parameter, piece: str, found: Arguments, around: Surroundings, coins: bool) -> Arguments | Problem:
    """`coins`: a coin could have been named and none was understood."""
    if not piece:
        return Problem(f"Missing: {parameter.summary}.", parameter) if parameter.required else found
    readers: Mapping[Kind, Callable[[str], Arguments | Problem]] = {
        Kind.SYMBOL: lambda text: _coin_or_choice(text, parameter, found, around),
        Kind.AMOUNT: lambda text: _amount(text, found, around),
        Kind.WINDOW: lambda text: _window(text, found, around, coins),
        Kind.CHOICE: lambda text: _choice(text, parameter, found),
        Kind.LEVEL: lambda text: _figure(lambda: replace(found, level=read_level(text, around.quote))),
        Kind.CONDITION: lambda text: _figure(lambda: replace(found, condition=read_condition(text, around.quote))),
        Kind.MONEY: lambda text: _figure(lambda: replace(found, money=read_money(text, around.quote))),
        Kind.ID: lambda text: replace(found, text=text.lower()),
        Kind.ZONE: lambda text: replace(found, text=text),
        Kind.TEXT: lambda text: replace(found, text=text),
    }
    return readers[parameter.kind](piece)


def _coin_or_choice(piece: str, parameter: Parameter, found: Arguments, around: Surroundings) -> Arguments | Problem:
    """A coin, or a word such as "all" where the parameter takes one."""
    if piece.lower() in parameter.choices:
        return replace(found, text=piece.lower())
    return _symbol(piece, found, around)


def _symbol(piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    symbol = find_symbol(piece, around.instruments)
    if symbol is not None:
        return replace(found, symbol=symbol)
    traded = ", ".join(instrument.base for instrument in around.instruments)
    return Problem(f'"{piece[:20]}" is not traded here.{guess(piece, around.instruments)} Traded: {traded}.')


def _amount(piece: str, found: Arguments, around: Surroundings) -> Arguments | Problem:
    instrument = next((i for i in around.instruments if i.symbol == found.symbol), None)
    return _figure(lambda: replace(found, amount=read_amount(piece, around.quote, instrument)))


def _figure(read: Callable[[], Arguments]) -> Arguments | Problem:
    try:
        return read()
    except AmountError as error:
        return Problem(str(error))


def _window(piece: str, found: Arguments, around: Surroundings, coins: bool) -> Arguments | Problem:
    window = around.window(piece)
    if window is None and coins and (coin := _meant_as_coin(piece, around)):
        return _symbol(coin, found, around)
    if window is None:
        hint = guess(piece, around.instruments) or " Say today, last week, or since march."
        return Problem(f'"{piece[:40]}" is not a span of time known here.{hint}')
    return replace(found, window=window)


def _meant_as_coin(piece: str, around: Surroundings) -> str:
    """The word that can only be a coin: a known one's name, or what stands beside a span of time; or nothing."""
    words = piece.split()
    for word in words:
        rest = " ".join(other for other in words if other is not word)
        if is_coin(word) or (rest and _could_be_symbol(word, around) and around.window(rest) is not None):
            return word
    return ""


def _choice(piece: str, parameter: Parameter, found: Arguments) -> Arguments | Problem:
    word = piece.lower()
    if word in parameter.choices:
        return replace(found, choice=word)
    return Problem(f'"{piece[:20]}" is not one of {", ".join(parameter.choices)}.')


def _could_be_symbol(word: str, around: Surroundings) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9/_-]{1,14}", word)) and not looks_like_amount(word, around.quote)


def _incomplete(problem: Problem, text: str, parameters: Sequence[Parameter], around: Surroundings) -> Problem:
    """What is missing, and first what nobody understood: it may have been meant for it."""
    words = _words(text, parameters)
    known = [word for word in words if any(_could_take(parameter, word, around) for parameter in parameters)]
    odd = " ".join(word for word in words if word not in known)[:40]
    sentence = f'"{odd}" was not understood. {problem.sentence}' if odd else problem.sentence
    return replace(problem, sentence=sentence, understood=" ".join(known))


def _could_take(parameter: Parameter, word: str, around: Surroundings) -> bool:
    if parameter.kind in _THE_REST:
        return True
    attached = parameter.kind is Kind.SYMBOL and find_symbol(unit_word(word), around.instruments) is not None
    return attached or _belongs(word, parameter, around)


def _not_understood(rest: Sequence[str], parameters: Sequence[Parameter], around: Surroundings) -> str:
    words = " ".join(rest)[:40]
    if not parameters:
        return f'It takes nothing further; "{words}" was not understood.'
    closed = [parameter for parameter in parameters if parameter.kind is Kind.CHOICE]
    choices = ", ".join(choice for parameter in closed for choice in typed_choices(parameter))
    coins = ", ".join(i.base for i in around.instruments) if any(p.kind is Kind.SYMBOL for p in parameters) else ""
    said = (f" Choices: {choices}." if choices else "") + (f" Traded: {coins}." if coins else "")
    return f'"{words}" was not understood.{said}'
