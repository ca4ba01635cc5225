"""The prompt: the same snapshot gives the same bytes, and quoted text cannot step out of its quotation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.brain.answers import ALLOWED, HELD, PROMPTS, SNAPSHOT
from trading.brain.prompt import RebalancePrompt, fenced
from trading.errors import Fatal

PROMPT = RebalancePrompt.load(PROMPTS)


def test_the_question_holds_symbols_snapshot_and_quoted_thesis() -> None:
    rules, question = PROMPT.ask(SNAPSHOT, ALLOWED, HELD)
    assert rules.content.startswith("# Rebalance, version 1")
    assert "Allowed symbols: BTC/USD, ETH/USD, SOL/USD\n" in question.content
    assert "decision: ETH/USD\n" in question.content
    facts = next(line for line in question.content.splitlines() if line.startswith("{"))
    without_thesis = {key: value for key, value in json.loads(SNAPSHOT).items() if key != "thesis"}
    assert json.loads(facts) == without_thesis
    assert f"{fenced('Ether leads.')}" in question.content


def test_the_same_snapshot_gives_the_same_bytes() -> None:
    assert PROMPT.ask(SNAPSHOT, ALLOWED, HELD) == RebalancePrompt.load(PROMPTS).ask(SNAPSHOT, ALLOWED, HELD)


@pytest.mark.parametrize("missing", ["", None])
def test_a_first_cycle_has_no_thesis(missing: str | None) -> None:
    _, question = PROMPT.ask(json.dumps({"thesis": missing}), ALLOWED, ())
    assert "There is none yet." in question.content
    assert "decision: none\n" in question.content


@given(st.text())
def test_quoted_text_cannot_close_its_own_quotation(text: str) -> None:
    first, *_, last = fenced(text).split("\n")
    mark = first.removeprefix("<<<")
    assert last == f"{mark}>>>"
    assert mark not in text


def test_a_dollar_sign_in_a_thesis_is_only_text() -> None:
    _, question = PROMPT.ask(json.dumps({"thesis": "$symbols at $100"}), ALLOWED, HELD)
    assert "$symbols at $100" in question.content


def test_a_missing_prompt_is_fatal_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"rebalance\.md cannot be read \(FileNotFoundError\); restore it"):
        RebalancePrompt.load(tmp_path)
