"""Each command, asked as a person would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Command, Registry
from chatbot.commands.subjects import SUBJECTS
from chatbot.menus import slash_commands
from chatbot.message import Actor, Channel, Role
from chatbot.present.layout import columns
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import Chat
from tests.unit.chatbot.fake_desk import amount_of
from trading.domain.plan import CycleOutcome

NAMES = {
    *("start", "help", "ask", "status", "portfolio", "trades", "pnl", "performance", "chart", "plan", "thesis"),
    *("rebalance", "buy", "sell", "close", "flatten", "pending", "pause", "resume", "halt"),
    *("positions", "balance", "orders", "order", "trade", "profit", "compare", "allocation", "exposure", "risk"),
    *("limits", "stops", "report", "fees", "costs", "cycle", "export", "health", "version"),
    *("live", "reconcile"),
    *("whoami", "pair", "users", "role", "audit"),
    *("stop", "target", "alert", "alerts", "unalert", "cancel", "panic"),
    *("schedule", "skip", "threshold", "timezone"),
    *("notify", "quiet"),
}


def test_the_catalogue_has_every_command_once() -> None:
    names = [command.name for command in catalogue()]
    assert set(names) == NAMES and len(names) == len(NAMES)


@pytest.mark.parametrize("command", list(catalogue()), ids=lambda command: command.name)
def test_a_declaration_fits_every_menu(command: Command) -> None:
    assert command.name.isascii() and command.name.islower() and len(command.name) <= 32
    assert 0 < len(command.summary) <= 100
    assert command.example.startswith(f"/{command.name}")
    kinds = [parameter.kind for parameter in command.parameters]
    assert len(kinds) == len(set(kinds))
    looks_too = command.name in ("notify", "quiet")  # viewers look, and only owners change
    assert command.read_only or command.role >= Role.TRADER or looks_too


@pytest.mark.parametrize("command", list(catalogue()), ids=lambda command: command.name)
async def test_every_example_works(chat: Chat, command: Command) -> None:
    assert (await chat.ask(command.example)).ok


def test_a_name_declared_twice_is_refused() -> None:
    command = next(iter(catalogue()))
    with pytest.raises(ValueError, match="declared twice"):
        Registry([command, command])


async def test_buying_previews_with_confirm_and_cancel(chat: Chat) -> None:
    reply = await chat.ask("/buy 0.01 eth")
    assert amount_of(chat.desk) == (facts.D("0.01"), "base", "ETH/USD")
    assert [button.label for button in reply.buttons] == ["Confirm", "Cancel", "Details"]
    assert "Read as: buy 0.01 ETH." in reply.text


async def test_the_unit_of_a_bare_number_is_said(chat: Chat) -> None:
    assert "Read as: buy $50.00 of BTC." in (await chat.ask("/buy 50 btc")).text
    assert "Read as: sell SOL for 100.0 % of the SOL position." in (await chat.ask("/sell all sol")).text
    assert "Read as: buy BTC for 10.0 % of free cash." in (await chat.ask("/buy btc 10%")).text


async def test_nothing_but_a_preview_is_asked_of_the_desk(chat: Chat) -> None:
    for text in ("/buy 50 btc", "/sell all sol", "/close eth", "/flatten", "/rebalance"):
        await chat.ask(text)
    assert {str(call[0]).partition("_")[0] for call in chat.desk.calls} == {"preview"}


async def test_a_rebalance_that_holds_says_so_and_who_decided(chat: Chat) -> None:
    chat.desk.answers = facts.cycle(CycleOutcome.HELD, "Every weight is within its band.", plan=None)
    reply = await chat.ask("/rebalance")
    assert "Held by choice" in reply.text and "Decided by gpt-4o" in reply.text and reply.buttons == ()


async def test_no_card_waits(chat: Chat) -> None:
    assert "No card waits" in (await chat.ask("/pending")).text


async def test_the_only_card_is_shown_with_its_buttons(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    labels = [button.label for button in (await chat.ask("/pending")).buttons]
    assert labels == ["Approve", "Reject", "Details", "☑ SELL ETH", "☑ BUY BTC"]


async def test_several_cards_are_listed_and_opened_by_button(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    other = replace(facts.card(), approval=replace(facts.card().approval, id="b" * 32))
    chat.desk.cards[other.approval.id] = other
    listed = await chat.ask("/pending")
    assert "2 cards wait" in listed.text
    opened = await chat.press(listed.buttons[1].id)
    assert opened.send is not None and opened.send.buttons[0].id == "ok:" + "b" * 32


async def test_performance_comes_with_its_picture(chat: Chat) -> None:
    reply = await chat.ask("/performance")
    assert "Ahead of BTC by 1.9 points" in reply.text
    assert [picture.name for picture in reply.pictures] == ["equity.png"]


async def test_performance_before_two_readings_says_so(chat: Chat) -> None:
    chat.desk.now_performance = None
    assert "No performance yet" in (await chat.ask("/performance")).text
    assert "No performance yet" in (await chat.ask("/chart")).text


@pytest.mark.parametrize(
    ("text", "drawn"), [("/chart", "equity"), ("/chart allocation", "allocation"), ("/chart btc", "BTC/USD")]
)
async def test_each_chart_is_drawn(chat: Chat, text: str, drawn: str) -> None:
    reply = await chat.ask(text)
    assert chat.charts.drawn == [drawn] and len(reply.pictures) == 1


async def test_help_begins_with_subjects_that_fit_a_phone_and_opens_each(chat: Chat) -> None:
    reply = await chat.ask("/help")
    assert len(reply.plain().splitlines()) <= 16 and all(columns(line) <= 36 for line in reply.card.splitlines())
    opened = [await chat.ask(button.id.removeprefix("do:")) for button in reply.buttons]
    assert {name for name in NAMES if any(f"/{name} ·" in each.text for each in opened)} == NAMES
    assert all(len(each.text.splitlines()) <= 12 and each.buttons for each in opened)


async def test_help_lists_what_the_role_may_use(chat: Chat) -> None:
    everything = (await chat.ask("/help all")).text
    assert all(f"/{name} ·" in everything for name in NAMES)
    viewer = Actor("discord", "2", "member"), Channel("discord", "7")
    assert "/buy ·" not in (await chat.ask("/help all", *viewer)).text
    assert "Emergency" not in (await chat.ask("/help", *viewer)).card
    shown = (await chat.ask("/help protection", *viewer)).text
    assert "/risk ·" in shown and "/unalert ·" not in shown


def test_every_command_has_one_subject_and_no_subject_is_called_like_a_command() -> None:
    assert sorted(name for subject in SUBJECTS for name in subject.commands) == sorted(NAMES)
    assert not NAMES & {subject.name for subject in SUBJECTS}


async def test_help_tells_nobody_to_type_what_a_button_adds(chat: Chat) -> None:
    for name in ("stop", "threshold", "resume"):
        assert "confirm: " not in (text := (await chat.ask(f"/help {name}")).text) and ", confirm" not in text
    assert (await chat.ask("/threshold lots")).text.splitlines()[0].endswith("Choices: default.")


async def test_help_on_one_command_names_its_parameters(chat: Chat) -> None:
    text = (await chat.ask("/help buy")).text
    assert "amount: how much" in text and "Example: /buy 50 btc" in text


def test_typed_commands_offer_coins_and_spans() -> None:
    commands = {command.name: command for command in slash_commands(catalogue(), (facts.BTC, facts.ETH))}
    symbol = next(parameter for parameter in commands["buy"].parameters if parameter.name == "symbol")
    assert symbol.required and symbol.autocomplete is not None and list(symbol.autocomplete("b")) == ["BTC"]
    chart = next(parameter for parameter in commands["chart"].parameters if parameter.name == "chart")
    assert chart.choices == ("equity", "allocation")
    assert len(commands) == len(NAMES)
