"""How surely the inbox must know a message before anything comes of it."""

from __future__ import annotations

import pytest

from tests.unit.chatbot.conftest import build_chat
from tests.unit.chatbot.memory_store import MemoryChatStore


class Witness(MemoryChatStore):
    """Notes which updates had to be on the disk before they were acted on."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed: list[str] = []

    async def first_time(self, platform: str, update_id: str) -> bool:
        self.flushed.append(update_id)
        return await super().first_time(platform, update_id)

    async def first_reading(self, platform: str, update_id: str) -> bool:
        return await MemoryChatStore.first_time(self, platform, update_id)


@pytest.mark.parametrize("text", ["/halt", " /buy 50 btc", "/pause@purser_bot", "/BUY 50 btc"])
async def test_what_acts_is_on_the_disk_first(text: str) -> None:
    store = Witness()
    await build_chat(store=store).say(text, update_id="7")
    assert store.flushed == ["7"]


@pytest.mark.parametrize("text", ["/status", "what do we hold?", "pending", "/nonsense", ""])
async def test_a_question_waits_for_no_disk(text: str) -> None:
    store = Witness()
    await build_chat(store=store).say(text, update_id="7")
    assert store.flushed == []


async def test_every_press_is_on_the_disk_first() -> None:
    store = Witness()
    await build_chat(store=store).press("do:/status", update_id="7")
    assert store.flushed == ["7"]


async def test_a_repeat_is_a_repeat_however_it_was_kept() -> None:
    chat = build_chat()
    assert await chat.say("/status", update_id="7") is not None
    assert await chat.say("/halt", update_id="7") is None
    assert ("halt", "@owner") not in chat.desk.calls
