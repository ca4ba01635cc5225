"""Wishes in free words: what only previews is shown at once, what switches waits for a press, by people who may."""

from __future__ import annotations

import pytest

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.agent.agent import Agent
from chatbot.commands.catalogue import catalogue
from chatbot.message import Tone
from chatbot.router import Router
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import SETTINGS, Chat
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.unit.chatbot.test_router import GUILD, MEMBER
from trading.clock import SimulatedClock
from trading.domain.order import Side


@pytest.fixture
def chat() -> Chat:
    """The router with the agent that ships, over a desk that remembers what it was asked to do."""
    desk, clock, charts, store = FakeDesk(), SimulatedClock(facts.NOW), CountingCharts(), MemoryChatStore()
    access = Access(SETTINGS, People(store))
    agent = Agent(desk, charts)
    router = Router(desk, access, store, catalogue(), agent, charts, clock)  # type: ignore[arg-type]
    return Chat(desk, store, clock, router, charts)


def deeds(chat: Chat) -> list[tuple[object, ...]]:
    """What the desk was asked to do; looking is no deed."""
    return [call for call in chat.desk.calls if call[0] not in ("status", "trades", "pnl")]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("buy 50 dollars of bitcoin", ("preview_order", Side.BUY)),
        ("please sell half my eth", ("preview_order", Side.SELL)),
        ("close my btc position", ("preview_close", "BTC/USD")),
        ("sell everything", ("preview_flatten",)),
        ("can you rebalance now", ("preview_rebalance",)),
    ],
)
async def test_a_wish_to_trade_shows_its_preview_at_once(chat: Chat, text: str, call: tuple[object, ...]) -> None:
    reply = await chat.ask(text)
    assert [made[: len(call)] for made in deeds(chat)] == [call]
    assert reply.tone is Tone.WAITING and "order b1" in reply.text


@pytest.mark.parametrize("text", ["halt", "stop the bot", "resume trading", "cancel all open orders", "pause please"])
async def test_a_wish_to_switch_does_nothing_before_a_press(chat: Chat, text: str) -> None:
    reply = await chat.ask(text)
    assert deeds(chat) == []
    assert "Nothing is done yet" in reply.text and len(reply.buttons) == 1


async def test_the_press_runs_the_command_that_was_shown(chat: Chat) -> None:
    reply = await chat.ask("stop the bot")
    assert [button.id for button in reply.buttons] == ["do:/halt"]
    await chat.press("do:/halt")
    assert [call[0] for call in deeds(chat)] == ["switch"]


async def test_an_old_wish_is_not_carried_out(chat: Chat) -> None:
    reply = await chat.say("buy 50 dollars of bitcoin", age=61)
    assert reply is not None and "nothing was done" in reply.text
    assert deeds(chat) == []


async def test_a_wish_that_comes_twice_is_previewed_once(chat: Chat) -> None:
    for _ in range(2):
        await chat.say("buy 50 dollars of bitcoin", update_id="the same")
    assert len(deeds(chat)) == 1


async def test_a_question_that_a_card_answers_shows_the_card(chat: Chat) -> None:
    assert (await chat.ask("what alerts do I have")).plain() == (await chat.ask("/alerts")).plain()


async def test_what_leaves_something_open_is_asked_back_with_buttons(chat: Chat) -> None:
    reply = await chat.ask("buy more")
    assert [button.id for button in reply.buttons][:1] == ["do:/buy BTC"]
    amounts = (await chat.press("do:/buy BTC")).send
    assert amounts is not None and "do:/buy BTC 10%" in [button.id for button in amounts.buttons]
    assert deeds(chat) == []


async def test_stops_for_all_positions_are_a_button_each(chat: Chat) -> None:
    reply = await chat.ask("Set stop-loss at -5% on all positions")
    assert "do:/stop BTC -5%" in [button.id for button in reply.buttons]
    assert deeds(chat) == []


async def test_a_viewers_wish_is_refused_by_the_same_rule_as_the_command(chat: Chat) -> None:
    for text in ("buy 50 dollars of bitcoin", "/buy $50 BTC"):
        refused = await chat.ask(text, MEMBER, GUILD)
        assert not refused.ok and "is for a trader; you are a viewer" in refused.text
    assert deeds(chat) == []


async def test_one_press_sets_the_stop_of_every_position(chat: Chat) -> None:
    reply = await chat.ask("Set stop-loss at -5% on all positions")
    assert reply.buttons[0].id == "do:/stop all -5%"
    done = (await chat.press("do:/stop all -5%")).send
    assert done is not None and "Stop set for 2 of 2 positions" in done.text
    assert [call[:3] for call in chat.desk.controls.asked] == [
        ("set_level", "stop", holding.symbol) for holding in (await chat.desk.status()).holdings
    ]


async def test_asking_by_the_command_is_the_same_as_saying_it(chat: Chat) -> None:
    said, asked = await chat.ask("buy 50 dollars of bitcoin"), await chat.ask("/ask buy 50 dollars of bitcoin")
    assert asked.plain() == said.plain()
    assert [call[:2] for call in deeds(chat)] == [("preview_order", Side.BUY)] * 2


async def test_a_viewers_wish_by_the_command_is_refused_too(chat: Chat) -> None:
    refused = await chat.ask("/ask buy 50 dollars of bitcoin", MEMBER, GUILD)
    assert not refused.ok and "is for a trader; you are a viewer" in refused.text
    assert deeds(chat) == []


async def test_a_question_by_the_command_is_answered(chat: Chat) -> None:
    assert "?" not in (await chat.ask("/ask how much btc do i have")).text
