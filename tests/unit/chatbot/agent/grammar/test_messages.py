"""Several things in one message: each is answered, or none is."""

import pytest

from chatbot.agent.grammar.messages import parse
from chatbot.agent.queries import (
    Decline,
    DrawdownRisk,
    Fees,
    Holdings,
    IndicatorAsked,
    PriceAsked,
    Profit,
    RiskFigure,
    Several,
    Topic,
    WishToAct,
)
from tests.questions.corpus import MARKET, TRADED


@pytest.mark.parametrize(
    "text",
    [
        "profit today and how much btc do i have",
        "profit today? how much btc do i have?",
        "profit today, how much btc do i have",
    ],
)
def test_two_questions_are_both_asked(text: str) -> None:
    read = parse(text, TRADED, MARKET)
    assert isinstance(read, Several)
    assert [type(each) for each in read.queries] == [Profit, Holdings]


def test_what_one_half_names_the_other_is_asked_about_too() -> None:
    assert parse("fees and volatility last month", TRADED) == Several(
        (Fees("last month"), DrawdownRisk("last month", (RiskFigure.VOLATILITY,)))
    )
    read = parse("btc price and rsi", TRADED)
    assert isinstance(read, Several)
    assert read.queries[0] == PriceAsked("BTC")
    assert isinstance(read.queries[1], IndicatorAsked)
    assert read.queries[1].symbol == "BTC"


def test_where_one_question_is_not_understood_the_other_is_not_answered_alone() -> None:
    read = parse("profit today and how much does anna have", TRADED)
    assert isinstance(read, Decline)
    assert read.topic is Topic.UNSURE


def test_two_wishes_get_a_button_each() -> None:
    read = parse("sell half my eth and buy $50 of btc", TRADED)
    assert isinstance(read, WishToAct)
    assert not read.command
    assert read.others == ("/sell half ETH", "/buy $50 BTC")


@pytest.mark.parametrize("text", ["buy $50 of eth. also whats my balance?", "buy eth and sell btc"])
def test_a_wish_beside_something_else_or_half_open_stands_alone(text: str) -> None:
    assert parse(text, TRADED) == Decline(Topic.SEVERAL)


def test_thanks_behind_a_wish_is_no_second_thing() -> None:
    assert parse("buy $50 of eth. thanks!", TRADED) == WishToAct("/buy $50 ETH")
