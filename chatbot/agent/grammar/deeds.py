"""Which words of a wish its command does not say: a number, a condition, another deed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.agent.grammar.amounts import in_digits
from chatbot.agent.grammar.coins import base_of
from chatbot.agent.grammar.fillers import FILLERS, words

_TRADES = ("/buy", "/sell", "/close", "/flatten")
DEED_WORDS = words(
    """
    buy buying sell selling purchase acquire invest accumulate get grab add pick stack ape put throw stick spend use
    load scoop up increase long dump offload cash out rid unload trim ditch reduce liquidate close exit take profit
    profits trade make place order market price back more another little few worth dollars dollar bucks usd usdt usdc
    quid percent pct half all everything entire whole every third thirds quarter quarters position positions holding
    holdings bag stack coins coin crypto free available balance spare immediately asap into onto go flat lot
    flatten open trades it them k grand thousand convert exchange swap bit 1/2 1/3 1/4 2/3 3/4
    """
)
"""Words that a wish to trade may consist of."""
_KNOWN = FILLERS | DEED_WORDS


def deeds_aside(commands: Sequence[str], text: str, symbols: Sequence[str]) -> tuple[str, ...]:
    """The words of `text` that no command says. Of settings and alerts only numbers count, of switches nothing."""
    spoken = in_digits(text).split()
    said = {_bare(word) for command in commands for word in command.split()}
    numbers = [word for word in spoken if _is_number(word) and _bare(word) not in said]
    if commands[0].startswith(("/alert", "/stop", "/target")):
        return tuple(word for word in numbers if re.fullmatch(r"[$+-]?\d[\d.]*k?%?", word))
    if not commands[0].startswith(_TRADES):
        return ()
    others = [word for word in spoken if not _is_number(word) and not _is_known(word, symbols)]
    return (*others, *numbers)


def _is_number(word: str) -> bool:
    return _bare(word)[:1].isdigit() and word not in _KNOWN


def _is_known(word: str, symbols: Sequence[str]) -> bool:
    plain = word.strip("$%")
    return not plain or plain in _KNOWN or base_of(plain, symbols) is not None


def _bare(word: str) -> str:
    """A number without its unit, so that "$50" and "50" are the same."""
    return word.strip("$%+-€£").lower()
