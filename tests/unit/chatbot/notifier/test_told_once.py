"""Who changes something in a chat reads it there once; every other chat gets the notice, and none is ever lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.commands.catalogue import catalogue
from chatbot.message import Actor, Channel, Incoming, MessageRef, Press, Reply
from chatbot.notices.answered import PATIENCE, Answered
from chatbot.router import Router
from chatbot.settings import ChatSettings
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import EchoAgent
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts, FakeTransport
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.unit.chatbot.notifier.test_notifier import Notices, settled, texts
from trading.contract import StateView
from trading.domain.event import Event, ExitFailed, JournalEntry, SettingChanged, StateChanged
from trading.domain.risk import TradingState

ANA = Actor("telegram", "1", "ana")
HERE = Channel("telegram", "1")
SETTINGS = ChatSettings.model_validate({"telegram_chat_id": "1", "discord_channel_id": "1", "discord_user_ids": "1"})


class Switching(FakeDesk):
    """Writes its switches into the journal, as the core does."""

    breaks_after = False

    def _switch(self, new: TradingState, by: str) -> StateView:
        old = self.state
        view = super()._switch(new, by)
        self.happens(StateChanged(facts.NOW, old, new, f"Switched by {by}.", by))
        if self.breaks_after:
            raise RuntimeError("the books closed")
        return view


@dataclass
class Told:
    """A router and a notifier that share what was answered."""

    store: MemoryChatStore = field(default_factory=MemoryChatStore)
    desk: Switching = field(default_factory=Switching)

    def __post_init__(self) -> None:
        self.notices = Notices(FakeTransport("telegram"), FakeTransport("discord"), store=self.store)
        self.notices.desk = self.desk
        self.telegram, self.discord = self.notices.transports
        clock, store = self.notices.clock, self.store
        self.answered = self.notices.answered = Answered(self.desk, store, clock)  # type: ignore[arg-type]
        self.router = Router(
            self.desk,
            Access(SETTINGS, People(store)),
            store,  # type: ignore[arg-type]
            catalogue(),
            EchoAgent(),
            CountingCharts(),  # type: ignore[arg-type]
            clock,
            (),
            self.notices.preferences,
            self.answered,
        )

    async def types(self, text: str, update_id: str = "1") -> Reply:
        reply = await self.router.on_message(Incoming(ANA, HERE, text, update_id, self.notices.clock.now()))
        assert reply is not None
        return reply


async def delivered(reply: Reply) -> None:
    assert reply.told is not None
    await reply.told(MessageRef(HERE, "answer"))


async def until_read(told: Told, transport: FakeTransport) -> None:
    """Until the transport's channel has nothing left to tell."""
    key = f"{transport.platform}:1"
    await told.notices.passes(60, lambda: told.store.cursors.get(key) == len(told.desk.journal), step=0.5)
    assert told.store.cursors[key] == len(told.desk.journal)


@pytest.mark.parametrize("text", ["/pause", "/halt", "/resume confirm"])
async def test_the_chat_in_which_it_was_typed_gets_the_answer_alone_and_the_others_the_notice(text: str) -> None:
    told = Told()
    told.desk.state = TradingState.HALTED if text.startswith("/resume") else TradingState.ACTIVE
    told.notices.caught_up()
    async with told.notices.running():
        await delivered(await told.types(text))
        assert "@ana" in (await told.discord.until(1))[0].text
        await until_read(told, told.telegram)
    assert told.telegram.sent == []


async def test_an_answer_that_shows_a_card_as_well_is_noted_for_both() -> None:
    heard: list[str] = []

    async def card(_: MessageRef) -> None:
        heard.append("card")

    async def change(_: MessageRef) -> None:
        heard.append("change")

    await delivered(Reply("Halted.").and_told(card).and_told(change))
    assert heard == ["card", "change"]


async def test_a_pressed_button_counts_like_the_typed_command() -> None:
    told = Told()
    told.desk.state = TradingState.HALTED
    told.notices.caught_up()
    async with told.notices.running():
        brought = await told.router.on_press(Press(ANA, HERE, "do:/resume confirm", "p1", MessageRef(HERE, "77")))
        assert brought.send is not None
        await delivered(brought.send)
        await told.discord.until(1)
        await until_read(told, told.telegram)
    assert told.telegram.sent == []


async def test_an_answer_that_never_arrives_leaves_the_telling_to_the_notice() -> None:
    told = Told()
    told.notices.caught_up()
    async with told.notices.running():
        await told.types("/halt")
        await told.notices.passes(PATIENCE - 2, step=0.5)
        assert told.telegram.sent == []
        await told.notices.passes(4, lambda: bool(told.telegram.sent), step=0.5)
    assert "HALTED" in told.telegram.sent[0].text


async def test_a_change_whose_answer_failed_is_told() -> None:
    told = Told()
    told.notices.caught_up()
    told.desk.breaks_after = True
    async with told.notices.running():
        assert not (await told.types("/halt")).ok
        assert "HALTED" in (await told.telegram.until(1))[0].text


async def test_what_was_answered_is_not_told_after_a_restart_either() -> None:
    told = Told()
    told.notices.caught_up()
    await delivered(await told.types("/halt"))
    again = Told(told.store, told.desk)
    async with again.notices.running():
        await again.discord.until(1)
        await until_read(again, again.telegram)
    assert again.telegram.sent == []


async def test_after_a_restart_what_no_answer_is_known_to_have_told_is_told() -> None:
    told = Told()
    told.notices.caught_up()
    await told.types("/halt")
    again = Told(told.store, told.desk)
    async with again.notices.running():
        assert "HALTED" in (await again.telegram.until(1))[0].text


async def test_what_is_urgent_does_not_wait_for_an_answer() -> None:
    told = Told()
    told.notices.caught_up()
    async with told.notices.running():
        await told.types("/pause")
        await settled()
        told.desk.happens(ExitFailed(facts.NOW, "ETH/USD", 3, "The venue does not answer."))
        await told.notices.passes(2, lambda: bool(told.telegram.sent), step=0.5)
    assert "ETH" in told.telegram.sent[0].text and len(told.telegram.sent) == 1


async def test_what_others_and_the_machinery_changed_meanwhile_is_told() -> None:
    told = Told()
    told.notices.caught_up()
    async with told.notices.running():
        reply = await told.types("/pause")
        told.desk.happens(_zone("@bob"), _zone("schedule"))
        await delivered(reply)
        await told.telegram.until(2)
        await until_read(told, told.telegram)
    assert len(told.telegram.sent) == 2 and all("zone" in text for text in texts(told.telegram))


async def test_two_commands_of_one_name_at_once_claim_nothing_as_nobody_can_say_which_changed_what() -> None:
    told = Told()
    told.notices.caught_up()
    answered = told.answered
    async with told.notices.running(), answered.asking("@ana", HERE) as first, answered.asking("@ana", HERE) as second:
        told.desk.happens(_zone("@ana"))
        replies = [await answered.telling(asking, Reply("Done.")) for asking in (first, second)]
        assert [reply.told for reply in replies] == [None, None]
    async with told.notices.running():
        await told.telegram.until(1)


async def test_an_answer_that_only_one_person_sees_tells_nobody_else() -> None:
    told = Told()
    async with told.answered.asking("@ana", HERE) as asking:
        told.desk.happens(_zone("@ana"))
        assert (await told.answered.telling(asking, Reply("Done.", private=True))).told is None


async def test_the_same_place_in_another_journal_is_another_entry() -> None:
    told = Told()
    told.notices.caught_up()
    await delivered(await told.types("/halt"))
    (entry,) = told.desk.journal
    assert await told.answered.has_told(entry, HERE)
    later = JournalEntry(entry.seq, StateChanged(facts.NOW.replace(year=2027), *_switch(entry.event), "", "@ana"))
    assert not await told.answered.has_told(later, HERE)


async def test_whoever_halts_is_not_kept_from_it_by_a_journal_that_cannot_be_read() -> None:
    class Unreadable(Switching):
        async def last_event(self) -> int:
            raise OSError("disk I/O error")

    told = Told(desk=Unreadable())
    assert "HALTED" in (await told.types("/halt")).text


async def test_a_summary_after_an_outage_does_not_count_what_was_answered() -> None:
    told = Told()
    told.notices.caught_up()
    await delivered(await told.types("/halt"))
    told.desk.happens(*(_zone(f"@bob{number}") for number in range(5)))
    async with told.notices.running():
        await until_read(told, told.telegram)
        await asyncio.sleep(0)
    assert "missed" not in " ".join(texts(told.telegram)).lower()


def _zone(by: str) -> SettingChanged:
    return SettingChanged(facts.NOW, "Time zone", "UTC", "Europe/Berlin", by)


def _switch(event: Event) -> tuple[TradingState, TradingState]:
    assert isinstance(event, StateChanged)
    return event.old, event.new
