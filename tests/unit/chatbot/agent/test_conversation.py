"""Conversation: follow-ups change what they name and keep the rest; memory is bounded."""

import pytest

from chatbot.agent.conversation import Conversation
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    Holdings,
    Pending,
    Profit,
    Query,
    Topic,
    TradesAsked,
    Why,
    WishToAct,
)
from trading.domain.order import Side

TRADED = ("BTC", "ETH", "SOL")


def after(last: Query, text: str) -> Query | None:
    conversation = Conversation()
    conversation.remember("web:1", last)
    return conversation.follow_up("web:1", text, TRADED)


@pytest.mark.parametrize(
    ("last", "text", "query"),
    [
        (Compare(Benchmark.BTC, "this week"), "and against eth?", Compare(Benchmark.ETH, "this week")),
        (Compare(Benchmark.BTC, "this week"), "vs ETH?", Compare(Benchmark.ETH, "this week")),
        (Compare(Benchmark.BTC, "this week"), "what about last month", Compare(Benchmark.BTC, "last month")),
        (Profit("today"), "and yesterday?", Profit("yesterday")),
        (Profit("today"), "yesterday?", Profit("yesterday")),
        (Profit("today"), "and for sol", Profit("today", "SOL")),
        (Profit("this week"), "and vs btc?", Compare(Benchmark.BTC, "this week")),
        (Why("ETH", Side.SELL), "and btc?", Why("BTC", Side.SELL)),
        (Holdings("BTC"), "how about eth", Holdings("ETH")),
        (TradesAsked("today", side=Side.BUY), "and SOL last week?", TradesAsked("last week", "SOL", Side.BUY)),
    ],
)
def test_a_follow_up_changes_what_it_names(last: Query, text: str, query: Query) -> None:
    assert after(last, text) == query


@pytest.mark.parametrize(
    ("last", "text"),
    [
        (Profit("today"), "what do we hold"),
        (Profit("today"), "btc?"),
        (Profit("today"), "and what do we hold this week"),
        (Pending(), "and yesterday?"),
        (Holdings(), "and last week?"),
        (Profit("today"), "and doge?"),
        (Profit("today"), ""),
    ],
)
def test_a_question_of_its_own_is_no_follow_up(last: Query, text: str) -> None:
    assert after(last, text) is None


@pytest.mark.parametrize("last", [Decline(Topic.ADVICE), WishToAct("/halt")])
def test_what_was_declined_or_wished_is_no_subject(last: Query) -> None:
    assert after(last, "and yesterday?") is None


def test_the_channels_longest_silent_are_forgotten() -> None:
    conversation = Conversation(most=2)
    for channel in ("a", "b", "a", "c"):
        conversation.remember(channel, Profit("today"))
    assert conversation.follow_up("b", "and yesterday?", TRADED) is None
    assert conversation.follow_up("a", "and yesterday?", TRADED) == Profit("yesterday")


def test_its_is_the_one_coin_of_the_newest_answer() -> None:
    conversation = Conversation()
    assert conversation.named("web:1", "show me its performance") is None
    conversation.note_coin("web:1", "ETH")
    assert conversation.named("web:1", "show me its performance") == "show me ETH performance"
    assert conversation.named("web:1", "and that coin's rsi?") == "and ETH rsi?"
    assert conversation.named("web:2", "show me its performance") is None
    conversation.note_coin("web:1", None)
    assert conversation.named("web:1", "show me its performance") is None


def test_a_few_words_without_a_pronoun_stay_as_they_are() -> None:
    conversation = Conversation()
    conversation.note_coin("web:1", "ETH")
    assert conversation.named("web:1", "how is it going") is None
