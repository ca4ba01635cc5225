"""How far a long command or press is, on the page: one message that changes, and that the answer takes over."""

from __future__ import annotations

import asyncio

from chatbot.message import Incoming, MessageRef, Press, PressReply, Reply
from chatbot.transports.web_conversation import PAGE, Conversation
from chatbot.transports.web_feed import Author, Feed
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.clock import SimulatedClock

DONE = Reply("✅ Done", card="2 of 2 filled")


class Worker:
    """Shows one step and works until told to stop."""

    def __init__(self) -> None:
        self.brought = PressReply("", send=DONE)
        self.working = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.told: list[MessageRef] = []

    async def on_message(self, message: Incoming) -> Reply | None:
        assert message.progress is not None
        await message.progress(Reply("⏳ Reading the market."))
        await self._work()
        return DONE.and_told(self.hears)

    async def on_press(self, press: Press) -> PressReply:
        assert press.progress is not None
        await press.progress(Reply("⏳ 5 orders."))
        await self._work()
        return self.brought

    async def hears(self, message: MessageRef) -> None:
        self.told.append(message)

    async def _work(self) -> None:
        self.working.set()
        await self.goes_on.wait()


class Page:
    def __init__(self, worker: Worker) -> None:
        self.feed = Feed()
        self.clock = SimulatedClock(facts.NOW)
        self.worker = worker
        self.talk = Conversation(self.feed, worker.on_message, worker.on_press, FakeDesk(), self.clock)

    def texts(self) -> list[str]:
        return [posted.reply.text for posted in self.feed.after(0).messages if posted.author is Author.PURSER]

    async def settled(self, seconds: float = 0.0) -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        self.clock.advance(seconds)
        for _ in range(10):
            await asyncio.sleep(0)


async def test_an_answer_takes_the_place_of_its_progress() -> None:
    page = Page(Worker())
    asked = asyncio.create_task(page.talk.ask("/rebalance"))
    await page.worker.working.wait()
    await page.settled()
    assert page.texts() == ["⏳ Reading the market."]
    page.worker.goes_on.set()
    await asked
    assert page.texts() == ["✅ Done"]
    assert [ref.channel for ref in page.worker.told] == [PAGE]


async def test_a_long_press_shows_how_far_it_is() -> None:
    page = Page(Worker())
    pressed = asyncio.create_task(page.talk.press("do:/rebalance", None))
    await page.worker.working.wait()
    await page.settled()
    assert page.texts() == []
    await page.settled(1.0)
    assert page.texts() == ["⏳ 5 orders."]
    page.worker.goes_on.set()
    await pressed
    assert page.texts() == ["✅ Done"]


async def test_where_the_card_says_it_all_the_progress_says_what_came_of_it() -> None:
    page = Page(Worker())
    card = page.feed.post(Author.PURSER, Reply("⏳ Rebalance"), facts.NOW)
    page.worker.brought = PressReply("Approved by owner.", edit=Reply("✅ Rebalance"))
    pressed = asyncio.create_task(page.talk.press("ok:7f3a", card.id))
    await page.worker.working.wait()
    await page.settled(1.0)
    page.worker.goes_on.set()
    await pressed
    assert page.texts() == ["✅ Rebalance", "Approved by owner."]


async def test_what_follows_a_press_is_told_where_it_stands() -> None:
    worker = Worker()
    worker.brought = PressReply("", send=DONE.and_told(worker.hears))
    worker.goes_on.set()
    page = Page(worker)
    await page.talk.press("do:/resume confirm", None)
    assert page.texts() == ["✅ Done"]
    (posted,) = page.feed.after(0).messages
    assert worker.told == [MessageRef(PAGE, posted.id)]
