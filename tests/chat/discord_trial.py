"""The transport under test, running against a loopback Discord, with a router that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chatbot.message import (
    Button,
    Channel,
    Incoming,
    Press,
    PressReply,
    Reply,
    Style,
    Tone,
)
from chatbot.transports.discord_bot import DiscordTransport
from chatbot.transports.discord_client import Bot
from chatbot.transports.slash import SlashCommand, SlashParameter
from tests.chat.discord_server import DiscordServer
from trading.clock import SimulatedClock

TOKEN = "loopback-token"
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
ELSEWHERE = "800000000000000003"
HOME = Channel("discord", CHANNEL)
COMMANDS = (
    SlashCommand("status", "The portfolio at a glance."),
    SlashCommand("pnl", "Profit over a window.", (SlashParameter("window", "Which days.", choices=("today", "week")),)),
    SlashCommand(
        "buy",
        "Preview a purchase. " * 20,
        (
            SlashParameter("symbol", "What to buy.", True, autocomplete=lambda typed: [f"{typed.upper()}/USD"] * 40),
            SlashParameter("amount", "How much.", True),
            SlashParameter("note", "A remark."),
        ),
    ),
)
CARD = Reply(
    "⏳ Rebalance",
    card="BUY BTC 0.0069",
    buttons=(Button("Approve", "approve:7f3a", Style.PRIMARY), Button("Reject", "reject:7f3a", Style.DANGER)),
    tone=Tone.WAITING,
)


@dataclass
class Router:
    """Stands for the bot behind the transport: remembers what came, answers as told."""

    reply: Reply | None = field(default_factory=lambda: Reply("💬 Ahead of BTC by 1.9 points."))
    press_reply: PressReply = field(default_factory=lambda: PressReply("Done."))
    incoming: list[Incoming] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    hold: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def on_message(self, message: Incoming) -> Reply | None:
        self.incoming.append(message)
        self.arrived.set()
        if self.hold is not None:
            await self.hold.wait()
        return self.reply

    async def on_press(self, press: Press) -> PressReply:
        self.presses.append(press)
        self.arrived.set()
        return self.press_reply

    async def heard(self, count: int = 1) -> None:
        await self._until(lambda: len(self.incoming) >= count)

    async def pressed(self, count: int = 1) -> None:
        await self._until(lambda: len(self.presses) >= count)

    async def _until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not done():
                self.arrived.clear()
                await self.arrived.wait()


class WatchedClock(SimulatedClock):
    """A simulated clock that tells when somebody has gone to sleep on it."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        super().__init__(start)
        self._asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self._asleep.set()
        await super().sleep(seconds)

    async def until_asleep(self) -> None:
        async with asyncio.timeout(5):
            await self._asleep.wait()
        self._asleep.clear()
        # The sleeper lies down within this turn of the loop.
        await asyncio.sleep(0)


async def fails(message: Incoming) -> Reply | None:
    raise RuntimeError("a defect in a handler")


async def at_once(bot: Bot, shard_id: int | None, *, initial: bool = False) -> None:
    return None


def transport_for(
    server: DiscordServer,
    token: str = TOKEN,
    commands: Sequence[SlashCommand] = COMMANDS,
    guild: str | None = GUILD,
    clock: SimulatedClock | None = None,
    channels: Sequence[str] = (CHANNEL,),
    direct_messages: bool = False,
) -> DiscordTransport:
    clock = clock or SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
    return DiscordTransport(
        token, channels, guild, server.api_url, server.gateway_url, commands, clock, direct_messages
    )


@asynccontextmanager
async def running(
    server: DiscordServer,
    transport: DiscordTransport,
    router: Router,
    on_message: Callable[[Incoming], Awaitable[Reply | None]] | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(transport.run(on_message or router.on_message, router.on_press))
    try:
        await server.wait_until_connected()
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 4)
