"""The estimate of tokens: never below what a text must take, and enough for a hundred symbols to fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.brain.answers import PROMPTS
from tests.unit.trading.decision.snapshots.rig import Rig, wandering
from tests.world import START
from trading.brain.prompt import Message, RebalancePrompt
from trading.brain.tokens import PER_MESSAGE, estimate, tokens_of
from trading.decision.planners import plan_request

MOST_TOKENS = 40_000


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("price", 2),
        ("97345", 2),
        ("97345.25", 4),
        ("BTC/USD,61.2", 3 + 1 + 3),
        ("hold all", 2),
        ("at 42", 1 + 1 + 1),
        ("a\nb", 3),
        ("é", 2),
        ("\N{MONEY BAG}", 4),
    ],
)
def test_pieces_are_counted_as_models_cut_them(text: str, tokens: int) -> None:
    assert tokens_of(text) == tokens


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(text: str, more: str) -> None:
    assert tokens_of(text) <= tokens_of(f"{text}\n{more}") <= tokens_of(text) + tokens_of(more) + 1


def test_a_message_costs_its_frame() -> None:
    assert estimate([Message("system", ""), Message("user", "hold")]) == 2 * PER_MESSAGE + 1


async def test_a_hundred_symbols_fit() -> None:
    symbols = [f"{letter}{number}X/USD" for letter in "ABCDE" for number in range(20)]
    rig = Rig(history=wandering(symbols, "15m", days=20))
    for symbol in symbols[:10]:
        rig.buys("0.5", symbol)
    request = plan_request(await rig.snapshots.take(START, "c" * 32, None), symbols)
    assert len(request.allowed) == 100
    assert estimate(RebalancePrompt.load(PROMPTS).ask(request)) < MOST_TOKENS
