"""A wish that says more than its command is asked back, never shortened."""

import pytest

from chatbot.agent.grammar.messages import parse
from chatbot.agent.queries import Decline, Query, Topic, WishToAct
from tests.questions.corpus import TRADED
from tests.questions.outline import outline


def wish(text: str) -> WishToAct:
    read: Query | None = parse(text, TRADED)
    assert isinstance(read, WishToAct)
    return read


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("buy $1,5 of eth", "5"),
        ("buy $50 of eth for my daughter", "daughter"),
        ("alert me when eth is below 7 or above 9", "9"),
        ("set a stop on btc at 90 then 80", "80"),
    ],
)
def test_what_the_command_does_not_say_is_asked_back(text: str, aside: str) -> None:
    read = wish(text)
    assert not read.command
    assert aside in read.missing


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("buy a quarter bitcoin", ("/buy 0.25btc", "/buy 25% BTC")),
        ("buy half a sol", ("/buy 0.5 SOL",)),
        ("buy 5 sol", ("/buy 5sol", "/buy $5 SOL")),
        ("sell 3 eth", ("/sell 3eth", "/sell $3 ETH")),
    ],
)
def test_coins_and_shares_are_not_mixed_up(text: str, commands: tuple[str, ...]) -> None:
    assert wish(text).commands == commands


def test_a_profit_taken_at_a_level_is_a_target_and_no_sale() -> None:
    assert wish("take profit on btc at plus 20 percent").command == "/target BTC +20%"


def test_a_sale_that_waits_for_another_coin_watches_that_coin() -> None:
    assert wish("sell half my eth if btc drops below 80").others == ("/alert BTC below 80",)


@pytest.mark.parametrize("text", ["long btc with 10x", "short eth 500", "buy $50 btc on margin"])
def test_an_order_is_not_read_without_its_leverage(text: str) -> None:
    assert parse(text, TRADED) == Decline(Topic.LEVERAGE)


def test_an_amount_for_each_of_several_coins_is_not_given_to_all() -> None:
    assert wish("buy $20 btc and $30 eth").commands == ()


def test_stopping_to_trade_is_no_stop_of_a_position() -> None:
    assert wish("stop trading for a bit").command == "/halt"
    assert parse("restart the server", TRADED) is None


@pytest.mark.parametrize("text", ["sell my eth but not now", "close my btc position instead of eth"])
def test_a_word_that_may_turn_a_wish_around_leaves_no_button(text: str) -> None:
    assert wish(text).commands == ()


def test_everything_but_one_coin_never_offers_that_coins_sale_alone() -> None:
    assert outline(parse("sell everything but btc", TRADED)) == "Unclear held coin /close {}"


def test_a_coin_that_pays_for_another_is_two_orders() -> None:
    assert wish("buy eth with half my btc").commands == ()
