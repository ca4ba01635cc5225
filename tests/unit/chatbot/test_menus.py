"""Typed commands: every declaration fits the platforms that want them, and what can be offered is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatbot.commands.arguments import Arguments, Kind, Parameter, Surroundings, read_arguments
from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Command, Registry, Request
from chatbot.menus import slash_commands
from chatbot.message import Reply, Role
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk

COINS = (facts.BTC, facts.ETH, facts.SOL)
MOST_COMMANDS = 100


async def silent(request: Request) -> Reply:
    return Reply("")


def offered(kind: Kind, typed: str, choices: Sequence[str] = (), name: str = "value") -> Sequence[str]:
    parameter = Parameter(name, kind, "a value", choices=tuple(choices))
    registry = Registry([Command("try", "Try it", "/try", Role.VIEWER, silent, (parameter,)), *catalogue()])
    suggest = slash_commands(registry, COINS)[0].parameters[0].autocomplete
    return suggest(typed) if suggest else []


def test_every_declared_command_can_be_registered() -> None:
    commands = slash_commands(catalogue(), COINS)
    assert [command.name for command in commands] == [command.name for command in catalogue()]
    assert len(commands) <= MOST_COMMANDS


@pytest.mark.parametrize(
    ("typed", "coins"), [("", ["BTC", "ETH", "SOL"]), ("b", ["BTC"]), ("bitc", ["BTC"]), ("eth", ["ETH"]), ("q", [])]
)
def test_coins_are_found_by_their_letters_and_by_their_names(typed: str, coins: list[str]) -> None:
    assert offered(Kind.SYMBOL, typed) == coins


@pytest.mark.parametrize(
    ("typed", "sizes"),
    [
        ("", ["10%", "25%", "50%", "all"]),
        ("a", ["all"]),
        ("50", ["$50", "50%"]),
        ("$50", ["$50", "50%"]),
        ("250", ["$250"]),
        ("30%", ["30%"]),
        ("0.5 btc", []),
    ],
)
def test_a_number_is_offered_as_a_sum_and_as_a_share(typed: str, sizes: list[str]) -> None:
    assert offered(Kind.AMOUNT, typed) == sizes


def test_what_is_offered_as_a_size_is_understood() -> None:
    desk = FakeDesk()
    around = Surroundings(desk.symbols(), "USD", desk.window)
    amount = Parameter("amount", Kind.AMOUNT, "how much", required=True)
    for typed in ("", "50", "7%"):
        for size in offered(Kind.AMOUNT, typed):
            assert isinstance(read_arguments((amount,), size, {"amount": size}, around), Arguments), size


def test_spans_of_time_are_found_by_any_of_their_words() -> None:
    assert offered(Kind.WINDOW, "week") == ["this week", "last week"]


def test_other_kinds_offer_what_they_declare() -> None:
    assert offered(Kind.LEVEL, "5", ("-2%", "-5%", "off")) == ["-5%"]
    assert offered(Kind.CONDITION, "", ("+5%", "-5%")) == ["+5%", "-5%"]
    assert offered(Kind.MONEY, "5") == []


def test_a_zone_is_found_by_its_city() -> None:
    assert "Europe/Lisbon" in offered(Kind.ZONE, "lisbon", ("UTC",))


def test_help_offers_the_commands() -> None:
    assert offered(Kind.TEXT, "rebal", name="command") == ["rebalance"]
    assert offered(Kind.TEXT, "emer", name="command") == ["emergency"]


def test_what_must_be_given_comes_first() -> None:
    parameters = (
        Parameter("note", Kind.TEXT, "a remark"),
        Parameter("symbol", Kind.SYMBOL, "which coin", required=True),
    )
    registry = Registry([Command("try", "Try it", "/try", Role.VIEWER, silent, parameters)])
    assert [each.name for each in slash_commands(registry, COINS)[0].parameters] == ["symbol", "note"]
