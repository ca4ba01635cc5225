"""A press that takes long shows how far it is in one message, which its reply takes over; a quick one shows none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatbot.message import Incoming, Press, PressReply, Reply
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CARD, CHAT, NOTICES, OWNER, WatchedClock, running, transport_to

FLATTEN = Reply("⏳ Flatten · PAPER")
CLOSED = Reply("✅ Approved by @ana")


class LongPress:
    """Shows one step and works until told to stop."""

    def __init__(self, brings: PressReply) -> None:
        self.brings = brings
        self.goes_on = asyncio.Event()

    async def on_message(self, message: Incoming) -> Reply | None:
        raise AssertionError("nobody writes here")

    async def on_press(self, press: Press) -> PressReply:
        assert press.progress is not None
        await press.progress(Reply("⏳ 5 orders."))
        await self.goes_on.wait()
        return self.brings


@asynccontextmanager
async def begun(api: BotApiServer, clock: WatchedClock, work: LongPress) -> AsyncIterator[None]:
    """A press at work for so long that it shows how far it is."""
    transport = transport_to(api, clock)
    async with running(api, transport, work):
        card = await transport.send(NOTICES, CARD)
        api.press(int(card.id), "Approve", OWNER)
        for _ in ("until the press is acknowledged", "until the first step is shown"):
            await clock.until_asleep_for(1.0)
        assert len(api.messages(CHAT)) == 1
        clock.advance(1.0)
        await api.wait_for_message(lambda m: m.text == "⏳ 5 orders.")
        work.goes_on.set()
        yield


async def test_the_reply_takes_its_place(api: BotApiServer, clock: WatchedClock) -> None:
    async with begun(api, clock, LongPress(PressReply("", send=FLATTEN))):
        await api.wait_for(lambda: [m.text for m in api.messages(CHAT)] == [CARD.text, FLATTEN.text])
        assert api.messages(CHAT)[1].edits == 1


async def test_it_goes_away_where_the_card_says_it_all(api: BotApiServer, clock: WatchedClock) -> None:
    async with begun(api, clock, LongPress(PressReply("Approved.", edit=CLOSED))):
        await api.wait_for(lambda: [m.text for m in api.messages(CHAT)] == [CLOSED.text])


async def test_a_quick_press_shows_none(api: BotApiServer, clock: WatchedClock) -> None:
    work, transport = LongPress(PressReply("Approved.", edit=CLOSED)), transport_to(api, clock)
    work.goes_on.set()
    async with running(api, transport, work):
        card = await transport.send(NOTICES, CARD)
        api.press(int(card.id), "Approve", OWNER)
        await api.wait_for_message(lambda m: m.text == CLOSED.text)
    assert api.methods().count("sendmessage") == 1
