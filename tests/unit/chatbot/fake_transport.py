"""A platform in memory that can be taken down, and charts that cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.message import Channel, MessageHandler, MessageRef, PressHandler, Reply

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class FakeTransport:
    """Messages land in `sent` and `shown`. `troubles` are raised first, one per attempt; `broken` while it is set."""

    platform: str = "telegram"
    troubles: list[Exception] = field(default_factory=list)
    broken: Exception | None = None
    sent: list[Reply] = field(default_factory=list)
    edits: list[tuple[str, Reply]] = field(default_factory=list)
    shown: dict[str, Reply] = field(default_factory=dict)
    refs: list[MessageRef] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    attempts: int = 0

    def channels(self) -> Sequence[Channel]:
        return (Channel(self.platform, "1"),)

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        await asyncio.Event().wait()

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        self._trouble()
        ref = MessageRef(channel, str(len(self.sent) + 1))
        self.sent.append(reply)
        self.refs.append(ref)
        self.shown[ref.id] = reply
        self.changed.set()
        return ref

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        self._trouble()
        self.edits.append((message.id, reply))
        self.shown[message.id] = reply
        self.changed.set()

    async def until(self, count: int, edits: int = 0) -> list[Reply]:
        """Wait until so many messages were sent and so many edits made."""
        async with asyncio.timeout(5):
            while len(self.sent) < count or len(self.edits) < edits:
                self.changed.clear()
                await self.changed.wait()
        return self.sent

    def _trouble(self) -> None:
        self.attempts += 1
        trouble = self.broken or (self.troubles.pop(0) if self.troubles else None)
        if trouble is not None:
            self.changed.set()
            raise trouble


class CountingCharts:
    """Charts that are one pixel of nothing, and counted."""

    def __init__(self) -> None:
        self.drawn: list[str] = []

    async def equity(self, performance: object) -> bytes:
        self.drawn.append("equity")
        return PNG

    async def allocation(self, status: object) -> bytes:
        self.drawn.append("allocation")
        return PNG

    async def comparison(self, performance: object) -> bytes:
        self.drawn.append("comparison")
        return PNG

    async def profit(self, profit: object) -> bytes:
        self.drawn.append("profit")
        return PNG

    async def risk_map(self, found: object) -> bytes:
        self.drawn.append("risk map")
        return PNG

    async def price(self, symbol: str, *rest: object, world: object) -> bytes:
        self.drawn.append(symbol)
        return PNG

    def close(self) -> None: ...
