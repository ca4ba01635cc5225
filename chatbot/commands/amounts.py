"""Amounts as people write them: "$50", "50 usd", "0.01eth", "10%", "half", "all", "1.5k".

A bare number is ambiguous, and is read by one rule: at least the venue's smallest order value, it is
money ("50 btc" is 50 USD of BTC); less than that it can only be coins ("0.01 eth" is 0.01 ETH). The
preview says which; nothing is traded before it is confirmed.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from trading.contract import Amount, AmountUnit
from trading.domain.market import Instrument

_SHARES = {"all": Decimal(1), "everything": Decimal(1), "max": Decimal(1), "half": Decimal("0.5")}
_DOLLARS = {"usd", "dollar", "dollars", "bucks"}
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+\.?"
_AMOUNT = re.compile(rf"(?P<sign>[-+\u2212]?)(?P<money>\$?)(?P<number>{_NUMBER})(?P<thousands>k?)(?P<unit>%|\$|[a-z]*)")
_LARGEST = Decimal(10) ** 15


class AmountError(ValueError):
    """The amount cannot be used; the message is one sentence for the person."""


def looks_like_amount(word: str, quote: str) -> bool:
    """Whether `word` is an amount, or the unit that belongs to one."""
    low = word.lower()
    return low in _SHARES or low in _money_words(quote) | {"%"} or _AMOUNT.fullmatch(low) is not None


def unit_word(word: str) -> str:
    """The letters right behind an amount ("eth" in "0.01eth"), or nothing."""
    match = _AMOUNT.fullmatch(word.lower())
    return match["unit"] if match else ""


def read_amount(text: str, quote: str, instrument: Instrument | None) -> Amount:
    """The amount in `text`, for an order in `instrument`. Raises :class:`AmountError`."""
    low = " ".join(text.lower().split())
    if low in _SHARES:
        return Amount(_SHARES[low], AmountUnit.FRACTION)
    match = _AMOUNT.fullmatch(_joined(low, quote))
    if match is None:
        raise AmountError(f'"{text[:30]}" is not one amount. Write $50, 0.01 (coins), 10% or all.')
    return _with_unit(_positive(match, text), _unit(match, quote, instrument, text), text, instrument)


def _with_unit(value: Decimal, unit: AmountUnit | None, text: str, instrument: Instrument | None) -> Amount:
    if unit is AmountUnit.FRACTION:
        if value > 100:
            raise AmountError(f"{text[:30]} is more than all. Write 100% or less.")
        return Amount(value / 100, AmountUnit.FRACTION)
    if unit is not None:
        return Amount(value, unit)
    coins = instrument is not None and value < instrument.min_notional
    return Amount(value, AmountUnit.BASE if coins else AmountUnit.QUOTE)


def _unit(match: re.Match[str], quote: str, instrument: Instrument | None, text: str) -> AmountUnit | None:
    """What the amount says it is of; None for a bare number."""
    unit, dollars = match["unit"], match["money"] or match["unit"] == "$"
    if dollars and "USD" not in quote:
        raise AmountError(f"Amounts here are in {quote}: {text[:30]} is not. Write 50 {quote.lower()}.")
    if (dollars and unit in ("", "$")) or unit in _money_words(quote):
        return AmountUnit.QUOTE
    if unit == "%" and not dollars:
        return AmountUnit.FRACTION
    if not unit:
        return None
    if instrument is not None and unit == instrument.base.lower() and not dollars:
        return AmountUnit.BASE
    raise AmountError(f'"{text[:30]}" mixes units. Write $50, 0.01 (coins), 10% or all.')


def _positive(match: re.Match[str], text: str) -> Decimal:
    try:
        value = Decimal(match["number"].replace(",", "")) * (1000 if match["thousands"] else 1)
    except InvalidOperation as error:
        raise AmountError(f'"{text[:30]}" is not a number.') from error
    if match["sign"] in ("-", "\u2212") or not 0 < value < _LARGEST:
        raise AmountError(f"An amount must be above zero; {text[:30]} is not usable.")
    return value


def _joined(low: str, quote: str) -> str:
    """ "50 usd", "usd 50", "$ 50" and "10 %" as one word."""
    words = low.split()
    units = _money_words(quote) | {"%"}
    if len(words) != 2 or not units.intersection(words):
        return low
    first, second = words
    return second + first if first in units else first + second


def _money_words(quote: str) -> set[str]:
    return {quote.lower(), "$"} | (_DOLLARS if "USD" in quote else set())
