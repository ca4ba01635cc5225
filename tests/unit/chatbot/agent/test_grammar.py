"""Grammar: many wordings, one query; what is not ours is declined, what is not understood is None."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.agent.grammar import parse
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    DrawdownRisk,
    Explain,
    Fees,
    Help,
    Holdings,
    Only,
    Pending,
    Pick,
    PriceAsked,
    Profit,
    Query,
    Ratio,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    Topic,
    TradesAsked,
    Why,
    WishToAct,
)
from trading.domain.order import Side

TRADED = ("BTC", "ETH", "SOL")
QUESTIONS = Path(__file__).parents[5] / "shared" / "data" / "questions" / "questions.csv"


def asked(text: str) -> Query | None:
    return parse(text, TRADED, "Kraken")


WORDINGS: list[tuple[Query | None, list[str]]] = [
    (
        Compare(Benchmark.BTC),
        [
            "how did we do vs BTC?",
            "are we beating bitcoin",
            "Am I beating Bitcoin?",
            "did we beat btc",
            "us versus btc",
            "hw did we do vs btcoin",
            "how far behind btc are we",
            "am I better off than just holding bitcoin?",
            "would I have more with just btc",
            "How did we do against BTC/USD",
        ],
    ),
    (
        Compare(Benchmark.ETH),
        ["and against eth?", "compare us to ethereum", "did ether beat us", "how do we compare to ETH"],
    ),
    (Compare(Benchmark.ETH, "since march"), ["how did we do against ETH since march?"]),
    (Compare(Benchmark.BTC, "last month"), ["did we beat btc last month", "vs bitcoin last month"]),
    (Compare(), ["did we outperform?", "how does this compare to the benchmark?", "performance", "show me the chart"]),
    (Compare(Benchmark.BOTH, "this month"), ["How am I doing this month?", "how has my portfolio done this month"]),
    (Compare(Benchmark.BOTH, "last week"), ["how'd we do last week", "Show me last week's performance"]),
    (Holdings(), ["what do we hold", "what's in the portfolio", "show holdings", "current allocation", "my positions"]),
    (
        Holdings("BTC"),
        ["how much btc do i have", "Bitcoin balance", "what's our average cost of btc", "my btc position"],
    ),
    (Holdings("ETH"), ["how's eth doing", "do i have eth", "what percentage is eth", "where is the stop for ETH"]),
    (Holdings(pick=Pick.LARGEST), ["what's my largest asset?"]),
    (Holdings(pick=Pick.WORST), ["Show me my worst performing asset"]),
    (TradesAsked("yesterday"), ["what did we trade yesterday", "did anything happen yesterday", "trades yesterday"]),
    (TradesAsked(side=Side.BUY), ["what did you buy", "what have you bought"]),
    (TradesAsked("last week", side=Side.SELL), ["what did we sell last week"]),
    (TradesAsked("in march", "SOL"), ["trades of sol in march"]),
    (TradesAsked("last month", only=Only.LOSSES), ["show me all losing trades in the last month"]),
    (TradesAsked(count=5), ["last 5 trades"]),
    (
        Profit("this week"),
        [
            "profit this week",
            "what's my PnL this week?",
            "how much did we make this week",
            "weekly profit",
            "wat is the pofit this wek",
        ],
    ),
    (Profit("yesterday"), ["how much money did we lose yesterday", "p&l yesterday", "yesterday's profit and loss"]),
    (Profit("today"), ["are we up today", "Show me today's profit"]),
    (Profit(symbol="ETH"), ["profit on eth", "how much has ethereum made us"]),
    (Profit("this month", ratio=Ratio.WIN_RATE), ["what's my win rate this month?"]),
    (Why("ETH", Side.SELL), ["why did you sell eth", "why was eth sold?", "why the ethereum sale, why sell"]),
    (Why("BTC", Side.BUY), ["why did we buy btc", "why do we hold bitcoin?"]),
    (Why(), ["reason for the last trade", "why?", "what is the confidence and reason?"]),
    (
        Pending(),
        [
            "what is pending",
            "anything waiting for me?",
            "any approvals?",
            "is there anything to approve",
            "open orders",
        ],
    ),
    (Fees("this year"), ["how much did we pay in fees this year"]),
    (PriceAsked("BTC"), ["btc", "bitcoin?", "price of btc", "what is btc trading at", "is BTC going up?", "BTCUSD"]),
    (PriceAsked(), ["give me a market summary", "what's the best performing coin today?"]),
    (PriceAsked(held=True), ["what is my biggest winner today?"]),
    (StatusAsked(), ["how are we doing", "how is my portfolio doing?", "what's my total portfolio value?", "status"]),
    (
        ScheduleAsked(),
        ["when is the next rebalance", "is the bot running?", "why is my bot not making trades?", "what's next"],
    ),
    (ThesisAsked(), ["what's the thesis"]),
    (DrawdownRisk(beyond="beta"), ["what's my max drawdown and beta?"]),
    (DrawdownRisk(beyond="the cause of a fall"), ["what caused the biggest drawdown?"]),
    (DrawdownRisk(), ["what's the drawdown", "how's my risk?", "what's my sharpe ratio?", "how risky is this"]),
    (Explain("drawdown"), ["what is drawdown", "what does drawdown mean", "explain drawdown"]),
    (Help(), ["hello", "help", "what can you do"]),
    (WishToAct("/buy 50 BTC"), ["buy 50 btc", "please buy 50 of bitcoin", "can you buy btc for 50"]),
    (WishToAct("/buy $1000 BTC"), ["Buy one thousand dollars of Bitcoin", "buy $1,000 of btc", "buy 1000 usd btc"]),
    (WishToAct("/sell half ETH"), ["sell half my eth", "sell half of the ethereum"]),
    (WishToAct("/sell 25% SOL"), ["sell 25% of my sol", "sell 25 percent of solana"]),
    (WishToAct("/sell all ETH"), ["sell my eth", "sell all eth"]),
    (WishToAct("/close ETH"), ["close eth", "close my ethereum position"]),
    (WishToAct("/flatten"), ["sell everything", "close all positions", "exit everything"]),
    (WishToAct("/halt"), ["halt", "stop trading", "stop everything"]),
    (WishToAct("/rebalance"), ["can you rebalance now", "rebalance"]),
    (Decline(Topic.NOT_TRADED, "DOGE"), ["how much DOGE do i have", "why did you buy dogecoin", "buy 50 doge"]),
    (Decline(Topic.NOT_TRADED, "AAPL"), ["What trades did we make on AAPL this week?"]),
    (Decline(Topic.NOT_TRADED, "EUR/USD"), ["What's the current EUR/USD bid?", "pnl on EUR/USD"]),
    (Decline(Topic.NOT_TRADED, "GOLD"), ["what's the price of gold"]),
    (Decline(Topic.ELSEWHERE, "Binance"), ["Show me Binance balances"]),
    (Decline(Topic.ADVICE), ["should i sell?", "how can I reduce my portfolio risk?"]),
    (Decline(Topic.FORECAST), ["will btc go up tomorrow"]),
    (Decline(Topic.INDICATOR), ["what's the RSI on BTC 4h?"]),
    (Decline(Topic.ALERT), ["Alert me if ETH drops below $3,500"]),
    (
        None,
        [
            "",
            "?",
            "who are you",
            "tell me a joke",
            "what's the weather like today?",
            "How are you doing today?",
            "how do I beat eggs",
            "compare cats and dogs",
            "history of rome",
            "what is the risk of flying",
            "who owns the moon",
            "what happened in 1789",
            "how do I make pancakes",
            "what is the best movie",
            "explain quantum mechanics",
            "who is behind this conspiracy",
            "thanks",
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "query"), [pytest.param(text, query, id=text or "nothing") for query, texts in WORDINGS for text in texts]
)
def test_a_wording_asks_its_query(text: str, query: Query | None) -> None:
    assert asked(text) == query


def test_a_wish_that_lacks_something_says_what() -> None:
    assert asked("buy more") == WishToAct("", "Say which coin and how much, for example /buy 50 BTC.")
    assert asked("buy btc") == WishToAct("", "Say how much, for example /buy 50 BTC.")


def test_an_exchange_is_only_foreign_when_it_is_not_ours() -> None:
    assert parse("show me kraken balances", TRADED, "Kraken") == Holdings()
    assert parse("show me kraken balances", TRADED, "Coinbase") == Decline(Topic.ELSEWHERE, "Kraken")


def test_a_coin_is_known_as_soon_as_it_is_traded() -> None:
    assert parse("how much doge do i have", ("DOGE",)) == Holdings("DOGE")


@given(st.text(max_size=80))
def test_any_text_is_understood_or_not_but_never_fails(text: str) -> None:
    parse(text, TRADED, "Kraken")


EXPECTED: dict[str, tuple[type, ...]] = {
    "perf": (Compare, Profit, StatusAsked, Holdings, PriceAsked, TradesAsked, Decline),
    "position": (Holdings, StatusAsked, Pending, TradesAsked, Decline),
    "market": (PriceAsked, Decline, Explain),
    "action": (WishToAct, Decline),
    "why": (Why, ScheduleAsked, Decline, type(None)),
    "ops": (ScheduleAsked, Decline),
    "offtopic": (Decline, type(None)),
    "cost": (Fees,),
    "record": (TradesAsked, Decline),
    "risk": (DrawdownRisk, Decline),
    "explain": (Explain,),
}
NOT_OURS = {
    "s005", "s014", "s016", "s017", "s018", "s019", "s020", "s021", "s022", "s025", "s044", "s046", "s056", "s059",
    "s060", "s062", "s063", "s064", "s078", "s079", "s082", "s083", "s084", "s085", "s086",
}  # fmt: skip
"""Questions of the collection about things this product does not hold, know or do."""


def collected() -> list[dict[str, str]]:
    if not QUESTIONS.exists():
        return []
    with QUESTIONS.open() as file:
        return list(csv.DictReader(file))


@pytest.mark.skipif(not QUESTIONS.exists(), reason="collected questions are not at ../shared/data/questions")
@pytest.mark.parametrize("question", [pytest.param(question, id=question["text"]) for question in collected()])
def test_no_collected_question_is_taken_for_another(question: dict[str, str]) -> None:
    query = asked(question["text"])
    assert isinstance(query, EXPECTED[question["group"]])
    if question["group"] == "offtopic" or question["id"] in NOT_OURS:
        assert query is None or isinstance(query, Decline)
    else:
        assert query is not None and not isinstance(query, Decline)
