"""A command that a model proposes for a person's wish: only one that previews, only with the person's own figures."""

from __future__ import annotations

import re
from collections.abc import Collection

from chatbot.agent.grammar.coins import COIN_NAMES
from chatbot.agent.grounding.amounts import NUMBER, NUMBER_WORDS, ascii_digits, read_number, read_words
from chatbot.agent.grounding.glosses import language_of
from chatbot.agent.queries import WishToAct
from chatbot.agent.tools import Misused, arguments_of
from trading.contract import ToolCall, ToolSpec

NAME = "propose_command"
_PREVIEWED = frozenset({"buy", "sell", "close", "flatten", "rebalance", "alert", "stop", "target", "cancel"})
_COMMAND = re.compile(r"/([a-z]+)((?: [A-Za-z0-9$%.<>/+-]{1,20}){0,4})")
_PARTS = {
    "all": "all everything alles ganze tout toute todo toda max",
    "half": "half hälfte halbe moitié mitad",
    "max": "max all everything alles tout todo",
}

SPEC = ToolSpec(
    NAME,
    "Only when the person wishes to trade or to set an alert, a stop or a target: the command for it. It is shown with "
    "a button and does nothing until a person presses. Forms: /buy $50 ETH, /sell half ETH, /close ETH, /flatten, "
    "/rebalance, /alert ETH below 3500, /stop BTC 5%, /target BTC 10%, /cancel all. Use the person's own figures.",
    {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "the command"}},
        "required": ["text"],
        "additionalProperties": False,
    },
)


def read_proposal(call: ToolCall, question: str, symbols: Collection[str]) -> WishToAct:
    """The wish as code would make it, for the same preview. Raises Misused where it is not what `question` said."""
    given = arguments_of(call)
    text = given.get("text")
    if set(given) != {"text"} or not isinstance(text, str):
        raise Misused("propose_command takes one argument, text")
    found = _COMMAND.fullmatch(text.strip())
    if found is None or found[1] not in _PREVIEWED or len(text) > 60:
        raise Misused(f"only these commands can be proposed: {', '.join(sorted(_PREVIEWED))}")
    for word in found[2].split():
        _check(word, question, symbols)
    return WishToAct(text.strip())


def _check(word: str, question: str, symbols: Collection[str]) -> None:
    """A coin must be traded and named in the question, an amount must be in it."""
    plain = word.strip("$%+-").lower()
    base = plain.split("/")[0].upper()
    if base in symbols and base not in _coins(question):
        raise Misused(f"the question does not name {base}")
    if any(c.isdigit() for c in plain) and _size(plain) not in _sizes(question):
        raise Misused("the amount is not in the question; ask the person for it")
    if plain in _PARTS and not set(_words(question)) & set(_PARTS[plain].split()):
        raise Misused(f"the question does not say {plain}")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _coins(question: str) -> set[str]:
    words = _words(question)
    return {COIN_NAMES.get(word, word.upper()) for word in words}


def _size(digits: str) -> object:
    multiple = "k" if digits.endswith("k") else ""
    try:
        written = read_number(digits.removesuffix("k"), multiple)
    except (ArithmeticError, ValueError):
        return None
    return written.size if written else object()


def _sizes(question: str) -> set[object]:
    """Every number in `question`, in digits of any script or in words."""
    plain = ascii_digits(question).lower()
    language = language_of(plain)
    found: set[object] = set()
    for digits, multiple in re.findall(rf"({NUMBER})(k\b)?", plain):
        for comma in (False, language.comma_decimal):
            written = read_number(digits, multiple, comma)
            found |= {written.size} if written else set()
    runs = re.findall(rf"(?:\b(?:{'|'.join(NUMBER_WORDS)})\b[ -]?)+", language.gloss(plain))
    spelled = (read_words(re.findall(r"[a-z]+", run)) for run in runs)
    return found | {written.size for written in spelled if written}
