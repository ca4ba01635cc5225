"""The chat's edge: services restart with growing pauses and hurt nobody."""

from __future__ import annotations

import asyncio
import inspect

from chatbot.app import ChatApp
from chatbot.message import MessageHandler, PressHandler
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from chatbot.supervision import keep_running
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import EchoAgent, build_chat
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts, FakeTransport
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.unit.chatbot.notifier.test_notifier import RECOVERED, settled
from trading.clock import SimulatedClock
from trading.errors import Fatal


class Failing:
    """A service that fails so often, then serves."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.starts = 0

    async def serve(self) -> None:
        self.starts += 1
        if self.failures:
            raise self.failures.pop(0)
        await asyncio.Event().wait()


async def starts_within(service: Failing, seconds: int) -> int:
    clock = SimulatedClock(facts.NOW)
    task = asyncio.create_task(keep_running("test", service.serve, clock))
    for _ in range(seconds):
        await settled()
        clock.advance(1)
    await settled()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return service.starts


async def test_a_failed_service_starts_again_with_growing_pauses() -> None:
    assert await starts_within(Failing(*[OSError("down")] * 99), 3) == 3
    assert 8 <= await starts_within(Failing(*[OSError("down")] * 99), 240) <= 10


async def test_a_service_that_needs_a_person_is_tried_every_five_minutes() -> None:
    assert await starts_within(Failing(*[Fatal("TELEGRAM_BOT_TOKEN is wrong.")] * 99), 299) == 1
    assert await starts_within(Failing(*[Fatal("TELEGRAM_BOT_TOKEN is wrong.")] * 99), 601) == 3


async def test_a_service_that_ends_by_itself_is_not_restarted() -> None:
    async def ended() -> None: ...

    await keep_running("test", ended, SimulatedClock(facts.NOW))


class LostTransport(FakeTransport):
    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        raise Fatal("DISCORD_BOT_TOKEN is wrong.")


async def test_a_lost_platform_leaves_the_others_serving_and_stop_ends_all() -> None:
    lost, up, desk = LostTransport("discord"), FakeTransport("telegram"), FakeDesk()
    store = ChatStore("sqlite+aiosqlite:///:memory:")
    await store.open()
    await store.set_cursor("telegram:1", 0)
    app = ChatApp(
        desk,
        (lost, up),
        store,
        ChatSettings(),
        EchoAgent(),
        CountingCharts(),
        SimulatedClock(facts.NOW),  # type: ignore[arg-type]
    )
    stop = asyncio.Event()
    running = asyncio.create_task(app.run(stop))
    desk.happens(RECOVERED)
    await up.until(1)
    before = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
    stop.set()
    async with asyncio.timeout(5):
        await running
    await app.close()
    assert all(task.done() for task in before)


async def test_a_conversation_over_the_real_store() -> None:
    store = ChatStore("sqlite+aiosqlite:///:memory:")
    await store.open()
    chat = build_chat(store=store)
    assert await chat.say("/status", update_id="1") is not None
    assert await chat.say("/status", update_id="1") is None
    chat.desk.cards[facts.CARD_ID] = facts.card()
    await chat.press(f"ok:{facts.CARD_ID}")
    assert [ref.id for ref in await store.cards(facts.CARD_ID)] == ["77"]
    assert [entry.action for entry in await store.audit(10)] == ["/status", f"ok:{facts.CARD_ID}"]
    await store.close()


def test_the_store_in_memory_offers_what_the_real_one_offers() -> None:
    for name, method in inspect.getmembers(MemoryChatStore, inspect.isfunction):
        if not name.startswith("_"):
            ours, real = inspect.signature(method), inspect.signature(getattr(ChatStore, name))
            assert len(ours.parameters) <= len(real.parameters) and ours.return_annotation == real.return_annotation
