"""What people write after a command is read forgivingly, and never guessed silently."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.commands import trade
from chatbot.commands.account import SYMBOL, WINDOW
from chatbot.commands.arguments import Arguments, Kind, Parameter, Problem, Surroundings, read_arguments
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.contract import Amount, AmountUnit

ORDER = next(command for command in trade.COMMANDS if command.name == "buy").parameters
AROUND = Surroundings((facts.BTC, facts.ETH, facts.SOL), "USD", FakeDesk().window)


def read(text: str) -> Arguments | Problem:
    return read_arguments(ORDER, text, None, AROUND)


@pytest.mark.parametrize(
    ("text", "symbol", "value", "unit"),
    [
        ("50 btc", "BTC/USD", "50", AmountUnit.QUOTE),
        ("BTC $50", "BTC/USD", "50", AmountUnit.QUOTE),
        ("btc 50$", "BTC/USD", "50", AmountUnit.QUOTE),
        ("50 usd of bitcoin", "BTC/USD", "50", AmountUnit.QUOTE),
        ("usd 50 btc", "BTC/USD", "50", AmountUnit.QUOTE),
        ("50 dollars worth of Ether", "ETH/USD", "50", AmountUnit.QUOTE),
        ("$1,250.50 eth", "ETH/USD", "1250.50", AmountUnit.QUOTE),
        ("1.5k sol", "SOL/USD", "1500", AmountUnit.QUOTE),
        ("btc 10%", "BTC/USD", "0.1", AmountUnit.FRACTION),
        ("10 % btc", "BTC/USD", "0.1", AmountUnit.FRACTION),
        ("0.01 eth", "ETH/USD", "0.01", AmountUnit.BASE),
        ("0.01eth", "ETH/USD", "0.01", AmountUnit.BASE),
        ("20sol", "SOL/USD", "20", AmountUnit.BASE),
        (".5 BTC/USD", "BTC/USD", "0.5", AmountUnit.BASE),
        ("all sol", "SOL/USD", "1", AmountUnit.FRACTION),
        ("half of my sol", "SOL/USD", "0.5", AmountUnit.FRACTION),
        ("100% btc-usd", "BTC/USD", "1", AmountUnit.FRACTION),
    ],
)
def test_amount_and_coin_in_any_order(text: str, symbol: str, value: str, unit: AmountUnit) -> None:
    assert read(text) == Arguments(symbol=symbol, amount=Amount(D(value), unit))


@pytest.mark.parametrize(
    "text",
    [
        "50 60 btc",
        "$50 $60 btc",
        "btc 50 at 60000",
        "-50 btc",
        "0 btc",
        "101% btc",
        "€50 btc",
        "5e3 btc",
        "nan btc",
        "50",
        "% btc",
        "usd btc",
    ],
)
def test_what_could_be_meant_otherwise_is_a_problem(text: str) -> None:
    assert isinstance(read(text), Problem)


def test_a_coin_that_is_not_traded_is_named_with_those_that_are() -> None:
    problem = read("50 btcc")
    assert isinstance(problem, Problem)
    assert '"btcc" is not traded here. Did you mean BTC?' in problem.sentence and "ETH, SOL" in problem.sentence


@pytest.mark.parametrize(("text", "missing"), [("50", "symbol"), ("btc", "amount"), ("", "symbol")])
def test_a_missing_parameter_is_named(text: str, missing: str) -> None:
    problem = read(text)
    assert isinstance(problem, Problem) and problem.missing is not None and problem.missing.name == missing


@pytest.mark.parametrize(
    ("text", "odd", "understood"),
    [("💰 btc", "💰", "btc"), ("50,5 btc", "50,5", "btc"), ("1e9 btc", "1e9", "btc"), ("$50 💰", "💰", "$50")],
)
def test_what_may_have_been_meant_for_the_missing_one_is_said_back(text: str, odd: str, understood: str) -> None:
    problem = read(text)
    assert isinstance(problem, Problem) and problem.missing is not None
    assert problem.sentence.startswith(f'"{odd}" was not understood. Missing: ')
    assert problem.understood == understood


def test_a_word_nobody_takes_is_answered_with_what_there_is() -> None:
    chart = Parameter("chart", Kind.CHOICE, "which chart", choices=("equity", "allocation"))
    problem = read_arguments((SYMBOL, chart), "doge", None, AROUND)
    assert isinstance(problem, Problem)
    assert problem.sentence == '"doge" was not understood. Choices: equity, allocation. Traded: BTC, ETH, SOL.'


def test_typed_options_are_read_by_name() -> None:
    found = read_arguments(ORDER, "", {"symbol": "eth", "amount": "50"}, AROUND)
    assert found == Arguments(symbol="ETH/USD", amount=Amount(D(50), AmountUnit.QUOTE))


def test_a_span_of_time_follows_the_coin() -> None:
    found = read_arguments((SYMBOL, WINDOW), "btc last week", None, AROUND)
    assert isinstance(found, Arguments)
    assert found.symbol == "BTC/USD" and found.window is not None and found.window.label == "last week"


@pytest.mark.parametrize(
    ("text", "coin"),
    [
        ("doge", "doge"),
        ("dogecoin last week", "dogecoin"),
        ("PEPE", "PEPE"),
        ("last week pepe", "pepe"),
        ("XMR/USD today", "XMR/USD"),
    ],
)
def test_a_coin_that_is_not_traded_is_not_taken_for_a_span_of_time(text: str, coin: str) -> None:
    problem = read_arguments((SYMBOL, WINDOW), text, None, AROUND)
    assert isinstance(problem, Problem)
    assert problem.sentence.startswith(f'"{coin}" is not traded here.') and "Traded: BTC, ETH, SOL." in problem.sentence


@pytest.mark.parametrize("text", ["yesteryear", "btc yesteryear", "next tuesday"])
def test_what_may_be_a_span_of_time_is_said_back_as_one(text: str) -> None:
    problem = read_arguments((SYMBOL, WINDOW), text, None, AROUND)
    assert isinstance(problem, Problem) and "is not a span of time known here" in problem.sentence


def test_an_unknown_span_is_said_back() -> None:
    problem = read_arguments((SYMBOL, WINDOW), "btc next decade", None, AROUND)
    assert isinstance(problem, Problem) and '"next decade"' in problem.sentence


@given(st.text(max_size=60))
def test_no_text_raises_and_every_amount_is_positive(text: str) -> None:
    found = read(text)
    if isinstance(found, Arguments):
        assert found.symbol is not None and found.amount is not None and found.amount.value > 0
        assert found.amount.unit is not AmountUnit.FRACTION or found.amount.value <= 1


@given(st.decimals("0.00000001", "99999", places=8))
def test_a_bare_number_below_the_smallest_order_is_coins_and_otherwise_money(value: D) -> None:
    found = read(f"{value:f} btc")
    assert isinstance(found, Arguments) and found.amount is not None
    assert found.amount.value == value
    assert found.amount.unit is (AmountUnit.BASE if value < facts.BTC.min_notional else AmountUnit.QUOTE)
