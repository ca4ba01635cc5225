"""Levels, conditions and sums in people's words: read forgivingly, and never guessed silently."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.commands import controls, running
from chatbot.commands.arguments import Arguments, Problem, Surroundings, read_arguments
from chatbot.commands.zones import find_zone, nearest_zones
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.contract.controls import Condition, Level, LevelUnit

AROUND = Surroundings((facts.BTC, facts.ETH, facts.SOL), "USD", FakeDesk().window)
PARAMETERS = {command.name: command.parameters for command in (*controls.COMMANDS, *running.COMMANDS)}


def read(command: str, text: str) -> Arguments | Problem:
    return read_arguments(PARAMETERS[command], text, None, AROUND)


def understood(command: str, text: str) -> Arguments:
    found = read(command, text)
    assert isinstance(found, Arguments), found
    return found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("btc 98200", Level(LevelUnit.PRICE, D(98200))),
        ("98,200 btc", Level(LevelUnit.PRICE, D(98200))),
        ("btc at $98.2k", Level(LevelUnit.PRICE, D(98200))),
        ("BTC/USD 98200 usd", Level(LevelUnit.PRICE, D(98200))),
        ("btc 5%", Level(LevelUnit.DISTANCE, D("0.05"))),
        ("btc -5%", Level(LevelUnit.MOVE, D("-0.05"))),
        ("btc -5 %", Level(LevelUnit.MOVE, D("-0.05"))),
        ("btc - 5 %", Level(LevelUnit.MOVE, D("-0.05"))),
        ("−5% bitcoin", Level(LevelUnit.MOVE, D("-0.05"))),
        ("btc +2.5%", Level(LevelUnit.MOVE, D("0.025"))),
        ("off btc", Level(LevelUnit.OFF)),
        ("btc none", Level(LevelUnit.OFF)),
        ("btc default", Level(LevelUnit.DEFAULT)),
    ],
)
def test_a_level_is_a_price_a_percentage_or_off(text: str, level: Level) -> None:
    assert understood("stop", text) == Arguments(symbol="BTC/USD", level=level)


def test_off_is_confirmed_by_a_word() -> None:
    assert understood("stop", "btc off confirm") == Arguments("BTC/USD", level=Level(LevelUnit.OFF), choice="confirm")


@pytest.mark.parametrize("text", ["btc -5", "btc 5 6", "btc 5%%", "btc off 5", "btc 98200 please now", "btc 1e5"])
def test_a_level_that_could_mean_something_else_is_said_back(text: str) -> None:
    assert isinstance(read("stop", text), Problem)


def test_a_signed_number_asks_whether_it_is_a_price_or_a_percentage() -> None:
    problem = read("stop", "btc -5")
    assert isinstance(problem, Problem) and "could be a price or a percentage" in problem.sentence


@pytest.mark.parametrize("text", ["off", "-5%", "5%", "98200", "", "at 5%"])
def test_a_level_is_not_taken_for_a_coin(text: str) -> None:
    problem = read("stop", text)
    assert isinstance(problem, Problem) and problem.missing is not None and problem.missing.name == "symbol"


def test_a_coin_that_is_not_traded_is_named() -> None:
    problem = read("stop", "btcc -5%")
    assert isinstance(problem, Problem) and "Did you mean BTC?" in problem.sentence


def over(change: str, hours: float, repeats: bool = False) -> Condition:
    return Condition(D(change) > 0, D(change), move=True, repeats=repeats, span=timedelta(hours=hours))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("btc > 70k", Condition(True, D(70000))),
        ("btc >70000", Condition(True, D(70000))),
        ("btc above 70,000", Condition(True, D(70000))),
        ("btc rises to $70k", Condition(True, D(70000))),
        ("60k > btc", Condition(True, D(60000))),
        ("btc below 60000", Condition(False, D(60000))),
        ("btc <= 60000", Condition(False, D(60000))),
        ("btc 70000", Condition(None, D(70000))),
        ("btc -5%", Condition(False, D("-0.05"), move=True)),
        ("btc falls 5 %", Condition(False, D("-0.05"), move=True)),
        ("btc +10%", Condition(True, D("0.1"), move=True)),
        ("btc up by 10%", Condition(True, D("0.1"), move=True)),
        ("btc > 70k repeat", Condition(True, D(70000), repeats=True)),
        ("btc +10% 24h", over("0.1", hours=24)),
        ("BTC +10 % 24 h", over("0.1", hours=24)),
        ("btc -5 % in 1h", over("-0.05", hours=1)),
        ("btc falls 5% within an hour", over("-0.05", hours=1)),
        ("btc -5% over the last 2 days", over("-0.05", hours=48)),
        ("btc +3% in 90 min repeat", over("0.03", hours=1.5, repeats=True)),
        ("-2% 5min btc", over("-0.02", hours=5 / 60)),
        ("btc up 20% in a week", over("0.2", hours=168)),
    ],
)
def test_a_condition_names_a_price_or_a_move(text: str, condition: Condition) -> None:
    assert understood("alert", text) == Arguments(symbol="BTC/USD", condition=condition)


@pytest.mark.parametrize(
    "text", ["btc 5%", "btc -5", "btc above below 5", "btc > < 70k", "btc above -5%", "btc tomorrow", "btc 5% 24h"]
)
def test_a_condition_that_does_not_say_which_way_is_said_back(text: str) -> None:
    assert isinstance(read("alert", text), Problem)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("btc > 70k 24h", "a span of time but no change"),
        ("btc +10% 30d", "from 5 min to 7 d"),
        ("btc +10% 1min", "from 5 min to 7 d"),
        ("btc +10% 24h 1h", "two spans of time"),
        ("btc 24h", "was not understood"),
    ],
)
def test_a_span_that_cannot_be_watched_is_said_back(text: str, says: str) -> None:
    problem = read("alert", text)
    assert isinstance(problem, Problem) and says in problem.sentence


def test_a_missing_condition_is_asked_for() -> None:
    problem = read("alert", "btc")
    assert isinstance(problem, Problem) and problem.missing is not None and problem.missing.choices


@pytest.mark.parametrize(("text", "amount"), [("500", "500"), ("$1,500", "1500"), ("1.5k usd", "1500"), ("0", "0")])
def test_a_threshold_is_a_sum(text: str, amount: str) -> None:
    assert understood("threshold", text) == Arguments(money=D(amount))


@pytest.mark.parametrize("text", ["10%", "-5", "off", "nan", "1e9"])
def test_a_threshold_that_is_no_sum_is_said_back(text: str) -> None:
    assert isinstance(read("threshold", text), Problem)


@pytest.mark.parametrize(("text", "wanted"), [("all", "all"), ("ALL", "all"), ("7F3A", "7f3a"), ("5e5e-11", "5e5e-11")])
def test_an_order_is_named_by_the_beginning_of_its_id(text: str, wanted: str) -> None:
    assert understood("cancel", text).text == wanted


def test_what_is_no_id_is_said_back() -> None:
    assert isinstance(read("cancel", "everything now"), Problem)


@given(st.sampled_from(["stop", "target", "alert", "threshold"]), st.text(max_size=40))
def test_no_text_raises_and_no_level_is_negative(command: str, text: str) -> None:
    found = read(command, f"btc {text}" if command != "threshold" else text)
    if isinstance(found, Arguments) and found.level is not None and found.level.unit is LevelUnit.PRICE:
        assert found.level.value is not None and found.level.value >= 0
    if isinstance(found, Arguments) and found.condition is not None and found.condition.move:
        assert found.condition.rises is (found.condition.value > 0) or not found.condition.value


@given(st.decimals("0.01", "99.99", places=2))
def test_the_sign_of_a_percentage_is_kept(percent: D) -> None:
    assert understood("stop", f"btc -{percent}%").level == Level(LevelUnit.MOVE, -percent / 100)
    assert understood("stop", f"btc {percent} %").level == Level(LevelUnit.DISTANCE, percent / 100)


@pytest.mark.parametrize("words", ["Europe/Berlin", "europe/berlin", "EUROPE/BERLIN "])
def test_a_zone_is_found_whatever_its_case(words: str) -> None:
    zone = find_zone(words)
    assert zone is not None and zone.key == "Europe/Berlin"


def test_blanks_stand_for_underscores() -> None:
    zone = find_zone("america/new york")
    assert zone is not None and zone.key == "America/New_York"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("berlin", "Europe/Berlin"),
        ("berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("tokio", "Asia/Tokyo"),
    ],
)
def test_a_city_suggests_its_zone(words: str, first: str) -> None:
    assert find_zone(words) is None and nearest_zones(words)[0] == first


def test_what_is_like_no_zone_suggests_none() -> None:
    assert list(nearest_zones("xyzzy")) == []
