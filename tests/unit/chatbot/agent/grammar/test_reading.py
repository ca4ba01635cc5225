"""Grammar: many wordings, one query; what is not ours is declined, what is not understood is None."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.agent.asked.refused import About
from chatbot.agent.asked.wished import command_of
from chatbot.agent.grammar.messages import parse
from chatbot.agent.queries import (
    Advice,
    Benchmark,
    Compare,
    Decline,
    DrawdownRisk,
    Explain,
    Fees,
    Help,
    Holdings,
    IndicatorAsked,
    IndicatorName,
    Lacks,
    Only,
    Pending,
    Pick,
    PriceAsked,
    Profit,
    Query,
    Ratio,
    RiskFigure,
    ScheduleAsked,
    StatusAsked,
    StopsAsked,
    ThesisAsked,
    Topic,
    TradesAsked,
    Unclear,
    Why,
    WishToAct,
)
from trading.domain.order import Side

TRADED = ("BTC", "ETH", "SOL")


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
    (Holdings("ETH"), ["how's eth doing", "do i have eth", "what percentage is eth"]),
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
    (Why(), ["reason for the last trade", "why?"]),
    (Why(sure=True), ["what is the confidence and reason?", "how sure was it"]),
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
    (StopsAsked("ETH"), ["where is the stop for ETH", "my eth stop"]),
    (ThesisAsked(), ["what's the thesis"]),
    (
        DrawdownRisk(figures=(RiskFigure.DRAWDOWN, RiskFigure.BETA)),
        ["what's my max drawdown and beta?", "my beta and the drawdown"],
    ),
    (DrawdownRisk(figures=(RiskFigure.CAUSE,)), ["what caused the biggest drawdown?"]),
    (DrawdownRisk(figures=(RiskFigure.SHARPE,)), ["what's my sharpe ratio?"]),
    (DrawdownRisk(), ["how's my risk?", "how risky is this"]),
    (Explain("drawdown"), ["what is drawdown", "what does drawdown mean", "explain drawdown"]),
    (Help(), ["hello", "help", "thanks", "good morning", "what can you do"]),
    (WishToAct("/buy 50 BTC"), ["please buy 50 of bitcoin", "can you buy btc for 50"]),
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
    (Decline(Topic.ADVICE), ["should i sell?"]),
    (Advice(About.RISK), ["how can I reduce my portfolio risk?"]),
    (Decline(Topic.FORECAST), ["will btc go up tomorrow"]),
    (IndicatorAsked("BTC", "4h", IndicatorName.RSI), ["what's the RSI on BTC 4h?"]),
    (WishToAct("/alert ETH below 3500"), ["Alert me if ETH drops below $3,500"]),
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
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "query"), [pytest.param(text, query, id=text or "nothing") for query, texts in WORDINGS for text in texts]
)
def test_a_wording_asks_its_query(text: str, query: Query | None) -> None:
    assert asked(text) == query


def test_a_wish_that_lacks_something_is_asked_back() -> None:
    assert asked("buy more") == Unclear(Lacks.COIN, "/buy {}")
    assert asked("buy btc") == Unclear(Lacks.SHARE, "/buy {} BTC")
    assert asked("close my position") == Unclear(Lacks.HELD_COIN, "/close {}")


@pytest.mark.parametrize(
    "text",
    [
        "don't buy btc",
        "do not sell my eth",
        "never close btc",
        "why did you buy btc",
        "should i buy btc",
        "how do i buy btc",
        "did you sell all my eth",
        "what if i sell everything in btc",
        "if btc drops should we sell all",
    ],
)
def test_what_is_no_wish_names_no_command(text: str) -> None:
    assert command_of(asked(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "buy btc if it drops to 50k",
        "sell my eth when it reaches 4000",
        "buy eth at 3000",
        "buy $50 of btc every week",
        "sell half my btc tomorrow",
        "sell everything except btc",
        "swap eth for btc",
        "invest 10% of my portfolio in btc",
        "buy €50 of btc",
        "buy btc and eth for $50",
        "alert me if btc moves 5%",
    ],
)
def test_a_wish_that_one_command_would_get_wrong_is_not_one_command(text: str) -> None:
    assert command_of(asked(text)) is None


def test_an_exchange_is_only_foreign_when_it_is_not_ours() -> None:
    assert parse("show me kraken balances", TRADED, "Kraken") == Holdings()
    assert parse("show me kraken balances", TRADED, "Coinbase") == Decline(Topic.ELSEWHERE, "Kraken")


def test_a_coin_is_known_as_soon_as_it_is_traded() -> None:
    assert parse("how much doge do i have", ("DOGE",)) == Holdings("DOGE")


@given(st.text(max_size=80))
def test_any_text_is_understood_or_not_but_never_fails(text: str) -> None:
    parse(text, TRADED, "Kraken")
