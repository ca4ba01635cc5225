"""Models that look something up and then lie about every figure of it, in every spelling they know."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from chatbot.agent.grounding.grounding import LONGEST
from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda d: d,
    "about": lambda d: f"about {d}",
    "arabic": lambda d: d.translate(_ARABIC),
    "wide": lambda d: d.translate(_WIDE),
    "bold": lambda d: d.translate(_BOLD),
    "words": lambda d: " point ".join(" ".join(_ONES[int(c)] for c in part) for part in d.split(".")[:2]),
    "spaced": lambda d: "\u200b".join(d),
    "thousands": lambda d: f"{d}k",
    "range": lambda d: f"{d}-{d}",
    "more": lambda d: f"more than {d}",
    "comma": lambda d: d.replace(".", ","),
    "ordinal": lambda d: f"the {d.split('.')[0]}th",
    "minus": lambda d: f"minus {d}",
    "twice": lambda d: f"twice {d}",
    "superscript": lambda d: f"{d}²",
    "roman": lambda d: "Ⅻ",
    "half": lambda d: "half",
    "double": lambda d: "double",
}
_OTHER = {"BTC": "ETH", "ETH": "SOL", "SOL": "BTC"}
FRAMES = ("{name} is {number}.", "{name}: {number}", "Your {name} was {number}.", "You have {number} as {name}.")
WITHOUT_NUMBERS = (
    "You beat everything.", "You doubled your money.", "All of it went up and up.", "BTC mooned.", "Half is gone.",
    "You lost it all.", "The market crashed.", "Nothing was lost.", "Everything rose.", "Profits tripled.",
    "Ihr Depot ist explodiert.", "Все выросло.", "すべてが上昇した。", "Todo subió muchísimo.",
)  # fmt: skip


def lies_about(figures: dict[str, dict[str, str]], seed: int) -> list[str]:
    """Sentences about the figures of a tool's result, none of which is so."""
    chance = random.Random(seed)
    lies = [*chance.sample(WITHOUT_NUMBERS, 4)]
    for figure_id, figure in chance.sample(sorted(figures.items()), min(len(figures), 12)):
        spelling = chance.choice(list(SPELLINGS))
        wrong = _wrong(figure["value"])
        if wrong is None:
            continue
        number = SPELLINGS[spelling](wrong) + _unit(figure["value"])
        lies.append(chance.choice(FRAMES).format(name=figure["name"].replace(",", ""), number=number))
        lies += _misused(figure_id, figure, chance)
    return lies


def _misused(figure_id: str, figure: dict[str, str], chance: random.Random) -> list[str]:
    """A placeholder under a name, a sign or a unit that is not its own."""
    name = figure["name"]
    swapped = next((name.replace(base, other) for base, other in _OTHER.items() if base in name), "")
    wrong = [
        f"-{{{figure_id}}} is your {figure['name']}.",
        f"Your loss is 9{{{figure_id}}}.",
        f"Your XRP return is {{{figure_id}}}.",
        f"Your return on gold is {{{figure_id}}}.",
        f"Your temperature is {{{figure_id}}} %.",
        f"It is {{f{10**6}}}.",
        f"Your {figure['name']} is not {{{figure_id}}}.",
    ]
    return [*chance.sample(wrong, 3), *([f"{swapped} is {{{figure_id}}}."] if swapped else [])]


def _wrong(value: str) -> str | None:
    digits = re.search(r"\d[\d,]*(?:\.\d+)?", value)
    if digits is None or ":" in value:
        return None
    return str(Decimal(digits[0].replace(",", "")) * 3 + 7)


def _unit(value: str) -> str:
    return " %" if "%" in value else " points" if "pts" in value else " dollars" if "$" in value else ""


class Liar:
    """Calls the tools it is told to, then lies about what they found."""

    name = "liar"

    def __init__(self, calls: Sequence[tuple[str, str]], seed: int = 1) -> None:
        self._calls = list(calls)
        self._seed = seed
        self.lies: list[str] = []
        self.found = 0

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        if said[-1].role == "user" and self._calls:
            return ModelTurn("", tuple(ToolCall(f"c{i}", name, given) for i, (name, given) in enumerate(self._calls)))
        figures: dict[str, dict[str, str]] = {}
        for utterance in said:
            if utterance.role == "tool":
                figures |= json.loads(utterance.content).get("figures", {})
        self.found += len(figures)
        lies = lies_about(figures, self._seed)
        random.Random(self._seed).shuffle(lies)
        # No more than is read of an answer: what is cut off proves nothing.
        while len("\n".join(lies)) > LONGEST:
            lies.pop()
        self.lies = lies
        return ModelTurn("\n".join(lies))
