"""Telegram and Discord at once, over one real core: what is decided on one shows on the other, and happens once."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from chatbot.app import ChatApp
from chatbot.message import Reply
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from chatbot.transports.discord_bot import DiscordTransport
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api import serving as telegram_server
from tests.chat.bot_api_world import Sent
from tests.chat.bot_api_world import User as TelegramUser
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import CHANNEL, GUILD
from tests.chat.discord_trial import TOKEN as DISCORD_TOKEN
from tests.chat.discord_world import Message
from tests.proof import Proof
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.world import SmallWorld, limits, rules, started
from trading.clock import Clock, SystemClock
from trading.domain.order import Side
from trading.orders.intake import Waiting

TELEGRAM_TOKEN = "123456:loopback-secret"
OWNER = TelegramUser(1001, "owner")
WITHIN = 2.0
"""Seconds after a press within which every other platform shows it."""
PACED = 20.0
"""Seconds that a message may take while a platform is asked for many."""
ROUNDS = 15
SIZE = Decimal("0.6")


class Hurried(SystemClock):
    """Pauses between messages are short here; the time of day is true."""

    HASTE = 20.0

    def monotonic(self) -> float:
        return super().monotonic() * self.HASTE

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self.HASTE)


class Nobody:
    """Answers no questions."""

    async def answer(self, channel_key: str, text: str) -> Reply:
        return Reply("")

    def wished(self, text: str) -> str | None:
        return None


@dataclass
class Both:
    """A core that asks for every order, with the owner in front of it on both platforms."""

    world: SmallWorld
    telegram: BotApiServer
    discord: DiscordServer
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def card(self) -> tuple[Sent, Message]:
        """A new card, as it stands on Telegram and on Discord."""
        waiting = await self.world.submit(self.world.intent(Side.BUY, str(SIZE)))
        assert isinstance(waiting, Waiting), waiting
        approve = f"ok:{waiting.approval.id}"
        there = await self.telegram.wait_for_message(lambda m: approve in {b.data for b in m.buttons}, PACED)
        here = await self.discord.wait_for_message(lambda m: approve in {b["custom_id"] for b in m.buttons}, PACED)
        return there, here

    async def decided_on_both(self, there: Sent, here: Message, words: str) -> float:
        """Seconds until both copies contain `words` and what came of it."""
        began = time.monotonic()
        await asyncio.gather(
            self.telegram.wait_for_message(
                lambda m: m.id == there.id and words in m.text and "filled" in m.text, PACED
            ),
            self.discord.wait_for_message(lambda m: m.id == here.id and words in m.text and "filled" in m.text, PACED),
        )
        return time.monotonic() - began

    @property
    def executed(self) -> int:
        """How many cards' orders the account has seen."""
        return int(self.world.held() / SIZE)


@asynccontextmanager
async def both_up(clock: Clock) -> AsyncIterator[Both]:
    world = await started(told=rules(limits=limits(approval_threshold=Decimal(50))))
    store = ChatStore("sqlite+aiosqlite:///:memory:")
    await store.open()
    async with telegram_server(TELEGRAM_TOKEN) as telegram, DiscordServer(DISCORD_TOKEN, GUILD, CHANNEL) as discord:
        telegram.open_chat(OWNER.id)
        app = app_for(world, store, telegram, discord, clock)
        stop = asyncio.Event()
        running = asyncio.create_task(app.run(stop))
        try:
            await discord.wait_until_connected()
            await telegram.wait_for(lambda: telegram.updates.polls > 0)
            yield Both(world, telegram, discord)
        finally:
            stop.set()
            await running
            await app.close()
        assert (telegram.violations, discord.violations) == ([], [])


def app_for(
    world: SmallWorld, store: ChatStore, telegram: BotApiServer, discord: DiscordServer, clock: Clock
) -> ChatApp:
    settings = ChatSettings.model_validate(
        {
            "telegram_chat_id": str(OWNER.id),
            "discord_channel_id": CHANNEL,
            "discord_guild_id": GUILD,
            "discord_user_ids": discord.world.user("anna").id,
        }
    )
    transports = (
        TelegramTransport(TELEGRAM_TOKEN, [str(OWNER.id)], telegram.url, (), clock),
        DiscordTransport(DISCORD_TOKEN, [CHANNEL], GUILD, discord.api_url, discord.gateway_url, (), clock),
    )
    return ChatApp(world.desk, transports, store, settings, Nobody(), CountingCharts(), clock)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


async def test_a_card_approved_on_discord_is_edited_on_telegram_within_two_seconds() -> None:
    async with both_up(SystemClock()) as both:
        there, here = await both.card()
        approve = next(b["custom_id"] for b in here.buttons if b["custom_id"].startswith("ok:"))
        await both.discord.press(here.id, approve, "anna")
        assert await both.decided_on_both(there, here, "Approved by @anna on Discord") < WITHIN
        assert both.executed == 1


async def test_a_card_approved_on_telegram_is_edited_on_discord_within_two_seconds() -> None:
    async with both_up(SystemClock()) as both:
        there, here = await both.card()
        approve = next(b.data for b in there.buttons if b.data.startswith("ok:"))
        both.telegram.press(there.id, approve, OWNER)
        assert await both.decided_on_both(there, here, "Approved by @owner on Telegram") < WITHIN
        assert both.executed == 1


async def test_presses_on_both_at_the_same_moment_execute_once_and_both_say_the_same(proof: Proof, scale: int) -> None:
    async with both_up(Hurried()) as both:
        for done in range(ROUNDS * scale):
            there, here = await both.card()
            approve = next(b.data for b in there.buttons if b.data.startswith("ok:"))
            for _ in range(3):
                both.telegram.press(there.id, approve, OWNER)
                await both.discord.press(here.id, approve, "anna")
            await both.decided_on_both(there, here, "Approved by ")
            decided = await both.world.desk.approval(approve.removeprefix("ok:"))
            edited = both.telegram.message(there.id)
            assert decided is not None
            assert edited is not None
            words = f"Approved by {decided.approval.decided_by} on {decided.approval.decided_on.title()}"
            assert words in edited.text
            assert words in both.discord.world.messages[here.id].text
            assert both.executed == done + 1
        proof(17, cases=ROUNDS * scale)
