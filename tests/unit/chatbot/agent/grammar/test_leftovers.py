"""What is not understood is not passed over: a question with such words is not answered as if it had none."""

import pytest

from chatbot.agent.grammar.messages import parse
from chatbot.agent.queries import Decline, Topic
from tests.questions.corpus import MARKET, TRADED, Question, collected, paraphrases
from tests.questions.outline import outline

ANSWERED = [
    each for each in (*paraphrases(), *collected())
    if not each.query.startswith(("None", "Decline", "Advice", "WishToAct", "Unclear", "SetStops", "Help", "HowTo"))
    and not each.query.startswith("Explain")
]  # fmt: skip


def asked(text: str) -> str:
    return outline(parse(text, TRADED, MARKET))


@pytest.mark.parametrize("question", [pytest.param(each, id=each.text) for each in ANSWERED])
def test_a_word_that_nobody_knows_is_never_passed_over(question: Question) -> None:
    for text in (f"{question.text.rstrip('?')} zorblax", f"grimpf {question.text}"):
        read = parse(text, TRADED, MARKET)
        assert read is None or (isinstance(read, Decline) and read.topic in (Topic.UNSURE, Topic.OFF_TOPIC)), text


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("how much btc did i hold last week", "last week"),
        ("how are we doing vs last month", "vs last month"),
        ("fees on btc", "BTC"),
        ("whats my beta to eth", "ETH"),
        ("btc price yesterday", "yesterday"),
        ("how did tom do this week, profit", "tom"),
        ("rsi btc 2h", "2h"),
    ],
)
def test_a_span_or_a_coin_that_the_answer_would_not_carry_is_said(text: str, aside: str) -> None:
    read = parse(text, TRADED, MARKET)
    assert isinstance(read, Decline)
    assert read.topic is Topic.UNSURE
    assert aside in read.name


def test_the_same_is_asked_of_every_coin_that_is_named() -> None:
    assert asked("pnl on btc and eth this week").count("Profit(") == 2
    assert asked("btc and eth price").count("PriceAsked(") == 2


def test_words_that_change_nothing_change_nothing() -> None:
    for text in ("fees this month", "hey bro can you just quickly show me the fees this month please"):
        assert asked(text) == "Fees this month"
