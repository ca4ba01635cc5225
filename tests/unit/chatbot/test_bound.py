"""Where a card's buttons count: under its messages, where an answer brought it, and where it is just arriving."""

from __future__ import annotations

import pytest

from chatbot.bound import Bound, card_of
from chatbot.message import Actor, Button, Channel, MessageRef, Press, PressReply, Reply
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.memory_store import MemoryChatStore

OWNER, HOME = Actor("telegram", "42", "owner"), Channel("telegram", "42")
GROUP = Channel("telegram", "-5")
OTHER = "0" * 32


class Scene:
    def __init__(self) -> None:
        self.desk, self.store = FakeDesk(), MemoryChatStore()
        self.desk.cards[facts.CARD_ID] = facts.card()
        self.bound = Bound(self.desk, self.store, [GROUP.key])  # type: ignore[arg-type]

    async def counts(self, channel: Channel, message: str | None = "77", card: str = facts.CARD_ID) -> bool:
        ref = MessageRef(channel, message) if message else None
        actor = Actor(channel.platform, "42", "owner")
        return await self.bound.belongs(Press(actor, channel, f"ok:{card}:3", "1", ref))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def brings(card: str) -> Reply:
    return Reply("A card.", buttons=(Button("Approve", f"ok:{card}"), Button("Status", "do:/status")))


async def test_under_its_own_message(scene: Scene) -> None:
    await scene.store.remember_card(facts.CARD_ID, MessageRef(HOME, "77"))
    assert await scene.counts(HOME, "77")
    assert not await scene.counts(HOME, "78")


async def test_where_an_answer_to_a_word_or_to_a_press_brought_it(scene: Scene) -> None:
    assert not await scene.counts(HOME)
    await scene.bound.note(brings(facts.CARD_ID), HOME)
    assert await scene.counts(HOME)
    await scene.bound.note(PressReply("", send=brings(OTHER)), HOME)
    assert await scene.counts(HOME, card=OTHER)
    assert not await scene.counts(Channel("discord", "42"), card=OTHER)


async def test_where_notices_come_it_may_be_pressed_before_we_know_its_message(scene: Scene) -> None:
    assert await scene.counts(GROUP)
    assert await scene.counts(GROUP, None)


async def test_not_under_a_notice_of_another_card(scene: Scene) -> None:
    await scene.store.remember_card(OTHER, MessageRef(GROUP, "77"))
    assert not await scene.counts(GROUP)


async def test_a_preview_is_not_on_its_way_anywhere(scene: Scene) -> None:
    scene.desk.cards[facts.CARD_ID] = facts.preview()
    assert not await scene.counts(GROUP)
    await scene.bound.note(brings(facts.CARD_ID), GROUP)
    assert await scene.counts(GROUP)


async def test_on_this_machine_everywhere(scene: Scene) -> None:
    assert await scene.counts(Channel("web", "page")) and await scene.counts(Channel("terminal", "tty"), None)


async def test_an_answer_that_brings_it_again_is_remembered_once(scene: Scene) -> None:
    for _ in range(3):
        await scene.bound.note(brings(facts.CARD_ID), HOME)
    assert list(scene.store.values.values()) == [f'["{HOME.key}"]']


@pytest.mark.parametrize(
    ("button", "card"),
    [("ok:abc", "abc"), ("tog:abc:1:2", "abc"), ("adopt:abc", "abc"), ("do:/status", ""), ("", ""), ("ok", "")],
)
def test_which_card_a_button_is_about(button: str, card: str) -> None:
    assert card_of(button) == card
