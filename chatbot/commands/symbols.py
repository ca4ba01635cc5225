"""Coins by the names people use for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from trading.domain.market import Instrument

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


_TICKER = re.compile(r"[A-Z][A-Z0-9]{1,5}(?:/[A-Z]{3,5})?")


def is_coin(word: str) -> bool:
    """Whether `word` names a coin that people know, traded here or not, or is written like one's ticker."""
    return word.lower() in ALIASES or word.upper() in ALIASES.values() or _TICKER.fullmatch(word) is not None


def find_symbol(word: str, instruments: Sequence[Instrument]) -> str | None:
    """The symbol that `word` names: an instrument, a base, or a coin's name."""
    name = ALIASES.get(word.lower(), word.upper().lstrip("#"))
    by_name = {i.symbol.upper(): i.symbol for i in instruments}
    by_name |= {i.symbol.upper().replace("/", sep): i.symbol for i in instruments for sep in ("", "-", "_")}
    by_name |= {i.base.upper(): i.symbol for i in instruments}
    return by_name.get(name)


def guess(word: str, instruments: Sequence[Instrument]) -> str:
    """ " Did you mean BTC?" where `word` is nearly a base, else nothing."""
    bases = [instrument.base for instrument in instruments]
    near = process.extractOne(word.upper(), bases, scorer=fuzz.ratio, score_cutoff=60)
    return f" Did you mean {near[0]}?" if near else ""
