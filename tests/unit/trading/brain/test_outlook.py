"""What asking takes is told before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.trading.brain.answers import PROMPTS, REQUEST
from trading.brain.ladder import longest_answer
from trading.brain.outlook import Outlook
from trading.brain.prices import PriceTable
from trading.brain.prompt import RebalancePrompt
from trading.brain.tokens import estimate

PROMPT = RebalancePrompt.load(PROMPTS)
PRICES = PriceTable.load(Path(__file__).parents[4] / "data" / "model_prices.json")
TOKENS = estimate(PROMPT.ask(REQUEST))


@pytest.mark.parametrize(("asked", "most"), [(["gpt-4o"], "$0.09"), (["gpt-4o", "gpt-4o"], "$0.17")])
def test_tokens_and_the_most_it_can_cost(asked: list[str], most: str) -> None:
    told = Outlook(PROMPT, PRICES, asked)(REQUEST)
    assert told == f"about {TOKENS * len(asked):,} tokens, at most {most}"
    assert PRICES.estimate("gpt-4o", TOKENS, longest_answer("gpt-4o")) is not None


def test_without_a_price_only_the_tokens_are_told() -> None:
    assert Outlook(PROMPT, PRICES, ["gpt-4o", "llama-3"])(REQUEST) == f"about {TOKENS * 2:,} tokens"


def test_nothing_is_told_where_nobody_is_asked() -> None:
    assert Outlook(PROMPT, PRICES, [])(REQUEST) == ""
