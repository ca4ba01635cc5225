"""What the tests of Telegram stand on: a watched clock, a person in place of the router, a running transport."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol

from chatbot.message import Button, Channel, Incoming, Picture, Press, PressReply, Reply
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from trading.clock import SimulatedClock

TOKEN = "123456:loopback-secret"
CHAT = 1001
GROUP = -100_500
OWNER = User(1001, "owner")
STRANGER = User(2002, "stranger")
NOTICES = Channel("telegram", str(CHAT))
COMMANDS = (
    ("status", "The portfolio at a glance"),
    ("help", "What can be asked"),
    ("rebalance", "Decide now"),
    ("flatten", "Sell everything"),
)
HOSTILE = "<b>5 < 6 & 7 > 2</b> &amp; </pre> <script> \"quoted\" 'x' @PurserTestBot _*[]()~`"


def png(width: int = 8, height: int = 4) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\x7f" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


CHART = Picture(png(), "Ahead of BTC by 1.9 points since 30 Jul")


class WatchedClock(SimulatedClock):
    """A simulated clock that tells when somebody has gone to sleep on it."""

    def __init__(self) -> None:
        super().__init__(datetime(2025, 6, 1, 12, 0, tzinfo=UTC))
        self._asked: list[float] = []
        self._changed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self._asked.append(seconds)
        self._changed.set()
        await super().sleep(seconds)

    def forget(self) -> None:
        """Only who goes to sleep from now on counts."""
        self._asked.clear()

    async def until_asleep_for(self, seconds: float) -> None:
        async with asyncio.timeout(20):
            while seconds not in self._asked:
                self._changed.clear()
                await self._changed.wait()
        self._asked.remove(seconds)
        await asyncio.sleep(0)


class Listener(Protocol):
    """Whoever stands where the router stands."""

    async def on_message(self, message: Incoming, /) -> Reply | None: ...

    async def on_press(self, press: Press, /) -> PressReply: ...


class Person:
    """Stands where the router stands: remembers what arrives, and answers as told."""

    def __init__(self) -> None:
        self.messages: list[Incoming] = []
        self.presses: list[Press] = []
        self.reply: Reply | None = Reply("💬 Heard.")
        self.press_reply = PressReply("Done")
        self.waits_for: dict[str, asyncio.Event] = {}
        self.seen = asyncio.Event()

    async def on_message(self, message: Incoming) -> Reply | None:
        self.messages.append(message)
        self.seen.set()
        await self._wait(message.text)
        return self.reply

    async def on_press(self, press: Press) -> PressReply:
        self.presses.append(press)
        self.seen.set()
        await self._wait(press.button_id)
        return self.press_reply

    async def _wait(self, words: str) -> None:
        if words in self.waits_for:
            await self.waits_for[words].wait()


def transport_to(api: BotApiServer, clock: SimulatedClock, timeout: float = 5.0) -> TelegramTransport:
    return TelegramTransport(TOKEN, [str(CHAT)], api.url, COMMANDS, clock, timeout)


@asynccontextmanager
async def running(
    api: BotApiServer, transport: TelegramTransport, person: Listener
) -> AsyncIterator[asyncio.Task[None]]:
    polls = api.updates.polls
    task = asyncio.create_task(transport.run(person.on_message, person.on_press))
    try:
        await api.wait_for(lambda: task.done() or api.updates.polls > polls)
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


CARD = Reply("⏳ Rebalance · PAPER", buttons=(Button("Approve", "ap:7f3a"), Button("Reject", "rj:7f3a")))
