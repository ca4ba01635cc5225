"""A clause taken apart: amounts with their units, coins, clocks, and plain words, each at its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chatbot.agent.grounding.amounts import NUMBER, NUMBER_WORDS, Written, read_number, read_words
from chatbot.agent.grounding.figures import Figure, Figures, Measure, Unit
from chatbot.agent.grounding.vocabulary import ALMOST, COUNTED, ROUGHLY, SORTS

_TOKEN = re.compile(
    rf"\{{(?P<figure>f\d+)\}}"
    rf"|(?P<clock>(?<![\w:.,])\d{{1,2}}:\d\d(?![\d:]))"
    rf"|(?P<amount>(?<![\w.,{{}}$€£%+-])(?P<sign>[+-]?) ?(?P<currency>[$€£]?)(?P<after>[+-]?)(?P<number>{NUMBER})"
    rf"(?P<multiple>k|m|mn|bn)?(?![\w{{]))"
    rf"|(?P<word>[^\W\d_]+)"
    rf"|(?P<blank>[\s.!?\"'“”„‘’…•*_]|(?<![^\s])-(?=\s)|(?<=[^\W\d_])-(?=[^\W\d_]))"
    rf"|(?P<other>.)",
    re.DOTALL,
)
_PERCENT = frozenset({"%", "percent", "pct"})
_POINTS = frozenset({"points", "point", "pts", "pp"})
_CURRENCIES = {"usd": "USD", "dollars": "USD", "dollar": "USD", "$": "USD", "usdt": "USDT", "usdc": "USDC",
               "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "gbp": "GBP", "£": "GBP"}  # fmt: skip


_UNITS = frozenset({*_PERCENT, *_POINTS, *_CURRENCIES, "percentage", "per", "cent"})


class NotReadable(Exception):
    """Something in the text that is neither a word nor a number known here."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at its place. `figure` is the one it was filled from; `unit` None is a number without a unit.

    `sign` is -1, 1, or 0 where none is written. `base` is the coin it counts, `counted` what it counts otherwise.
    """

    at: int
    written: Written | None
    sign: int = 0
    unit: Unit | None = None
    base: str = ""
    counted: Measure | None = None
    currency: str = ""
    roughly: bool = False
    almost: bool = False
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """A clause's parts by place. `coins` are bases."""

    amounts: tuple[Amount, ...]
    coins: tuple[tuple[int, str], ...]
    words: tuple[tuple[int, str], ...]
    clocks: tuple[tuple[int, str], ...]

    def has(self, words: frozenset[str] | Mapping[str, object]) -> bool:
        return any(word in words for _, word in self.words)

    def places(self, words: frozenset[str] | Mapping[str, object]) -> list[tuple[int, str]]:
        return [(at, word) for at, word in self.words if word in words]


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: str
    text: str
    amount: Amount | None = None


def tokens_of(clause: str, coins: Mapping[str, str], figures: Figures, *, comma_decimal: bool) -> Tokens:
    """`clause` (lower case) taken apart; `coins` are bases by their names. Raises NotReadable."""
    raw = _with_number_words([_read(found, figures, comma_decimal) for found in _TOKEN.finditer(clause)])
    raw = [token for token in raw if token.kind != "blank"]
    amounts = tuple(_with_unit(at, raw, coins) for at, token in enumerate(raw) if token.amount is not None)
    used = {at for amount in amounts for at in _unit_places(amount, raw)}
    if any(token.kind == "other" and at not in used for at, token in enumerate(raw)):
        raise NotReadable
    said = [(at, token.text) for at, token in enumerate(raw) if token.kind == "word"]
    return Tokens(
        amounts,
        coins=tuple((at, coins[word]) for at, word in said if word in coins),
        words=tuple((at, word) for at, word in said if word not in coins and at not in used),
        clocks=tuple((at, token.text) for at, token in enumerate(raw) if token.kind == "clock"),
    )


def _read(found: re.Match[str], figures: Figures, comma_decimal: bool) -> _Raw:
    kind = found.lastgroup or "other"
    if found["figure"]:
        figure = figures.get(found["figure"])
        if figure is None:
            raise NotReadable
        return _Raw("figure", found[0], Amount(0, None, figure=figure, unit=figure.unit))
    if found["amount"]:
        return _Raw("amount", found[0], _amount(found, comma_decimal))
    return _Raw(next((name for name in ("clock", "word", "blank") if found[name]), kind), found[0])


def _amount(found: re.Match[str], comma_decimal: bool) -> Amount:
    written = read_number(found["number"], found["multiple"] or "", comma_decimal)
    if written is None or (found["sign"] and found["after"]):
        raise NotReadable
    sign = {"+": 1, "-": -1, "": 0}[found["sign"] or found["after"]]
    currency = _CURRENCIES.get(found["currency"], "")
    return Amount(0, written, sign, Unit.MONEY if currency else None, currency=currency)


def _with_number_words(raw: Sequence[_Raw]) -> list[_Raw]:
    """Runs of number words as one amount; "no trades" is none of them."""
    merged: list[_Raw] = []
    run: list[str] = []
    for token in (*raw, _Raw("end", "")):
        joins = token.text in NUMBER_WORDS or (token.text == "point" and bool(run))
        if joins or (run and token.kind == "blank"):
            run += [token.text] if joins else []
            continue
        if run:
            merged += _spelled(run)
            run = []
        merged.append(token)
    return merged[:-1]


def _spelled(run: list[str]) -> list[_Raw]:
    # "five points" ends in the unit, not in the digits of a decimal fraction.
    unit = [_Raw("word", "point")] if run[-1] == "point" else []
    written = read_words(run[:-1] if unit else run)
    if written is None:
        raise NotReadable
    return [_Raw("amount", " ".join(run), Amount(0, written)), *unit]


def _with_unit(at: int, raw: Sequence[_Raw], coins: Mapping[str, str]) -> Amount:
    amount = raw[at].amount
    assert amount is not None
    before = [token.text for token in raw[max(0, at - 2) : at]]
    amount = replace(amount, at=at, roughly=any(w in ROUGHLY for w in before), almost=any(w in ALMOST for w in before))
    after = [token.text for token in raw[at + 1 : at + 4]]
    if before and before[-1] in ("minus", "plus"):
        if amount.sign or amount.figure:
            raise NotReadable
        amount = replace(amount, sign=-1 if before[-1] == "minus" else 1)
    if amount.figure is not None:
        return _filled(amount, after, coins)
    if after and after[0] in ("thousand", "million", "billion", "hundred"):
        raise NotReadable
    return _unit(amount, after, coins)


def _filled(amount: Amount, after: Sequence[str], coins: Mapping[str, str]) -> Amount:
    """A figure that code fills in brings its unit; a second one beside it would change what it says."""
    doubled = after and (after[0] in _PERCENT or after[0] in _POINTS or after[0] in _CURRENCIES or after[0] in coins)
    if doubled and amount.unit is not Unit.COUNT:
        raise NotReadable
    return replace(amount, counted=_counted(after, coins)) if amount.unit is Unit.COUNT else amount


def _unit(amount: Amount, after: Sequence[str], coins: Mapping[str, str]) -> Amount:
    first = after[0] if after else ""
    counted = _counted(after, coins)
    if amount.currency:
        if first in _PERCENT or first in _POINTS or first in _CURRENCIES:
            raise NotReadable
        return amount
    if counted is not None:
        return replace(amount, unit=Unit.COUNT, counted=counted)
    if first in _PERCENT or after[:2] == ["per", "cent"]:
        return replace(amount, unit=Unit.POINTS if after[1:2] and after[1] in _POINTS else Unit.PERCENT)
    if first in _POINTS or (first == "percentage" and after[1:2] and after[1] in _POINTS):
        return replace(amount, unit=Unit.POINTS)
    if first in _CURRENCIES:
        return replace(amount, unit=Unit.MONEY, currency=_CURRENCIES[first])
    return replace(amount, unit=Unit.COIN, base=coins[first]) if first in coins else amount


def _counted(after: Sequence[str], coins: Mapping[str, str]) -> Measure | None:
    """What "3 trades", "3 ETH trades", "2 losing sales" count."""
    for at, word in enumerate(after[:3]):
        if word in COUNTED:
            sort = next((SORTS[before] for before in after[:at] if before in SORTS), None)
            return sort or COUNTED[word]
        if word not in SORTS and word not in coins:
            break
    return SORTS.get(after[0]) if after else None


def _unit_places(amount: Amount, raw: Sequence[_Raw]) -> list[int]:
    """Where the signs and words stand that are part of `amount`."""
    places = [amount.at - 1] if amount.at and raw[amount.at - 1].text in ("minus", "plus") else []
    for at in range(amount.at + 1, min(amount.at + 3, len(raw))):
        if raw[at].text not in _UNITS:
            break
        places.append(at)
    return places
