"""The bot on Discord: the real client against a strict gateway and REST server, from first command to report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.chat.discord_server import DiscordServer
from tests.chat.discord_world import Message
from tests.flows.program import Bot, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "loopback-token"
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
PNG = b"\x89PNG\r\n\x1a\n"
WITHIN = 20.0


@dataclass(frozen=True)
class Chat:
    """A bot with its Discord channel."""

    bot: Bot
    server: DiscordServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    async with DiscordServer(TOKEN, GUILD, CHANNEL) as server:
        settings = {
            "DISCORD_BOT_TOKEN": TOKEN,
            "DISCORD_GUILD_ID": GUILD,
            "DISCORD_CHANNEL_ID": CHANNEL,
            "DISCORD_USER_IDS": server.world.user("anna").id,
            "DISCORD_API_BASE_URL": server.api_url,
            "DISCORD_GATEWAY_URL": server.gateway_url,
        }
        async with running(tmp_path_factory.mktemp("discord"), "demo", "--day", "3", **settings) as bot:
            await server.wait_until_connected(WITHIN)
            yield Chat(bot, server)
        assert server.violations == []


@dataclass(frozen=True)
class Approved:
    """The card as it came, and as it looked after the press."""

    approval: str
    asked: str
    decided: Message


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def approved(chat: Chat) -> Approved:
    card = await chat.server.wait_for_message(lambda m: "Approve" in labels(m), WITHIN)
    asked = card.text
    approve = next(b["custom_id"] for b in card.buttons if b["label"] == "Approve")
    await chat.server.press(card.id, approve, "anna")
    decided = await chat.server.wait_for_message(
        lambda m: m.id == card.id and "Approved by" in m.text and "filled" in m.text, WITHIN
    )
    return Approved(approve.removeprefix("ok:"), asked, decided)


def labels(message: Message) -> list[str]:
    return [button.get("label", "") for button in message.buttons]


def pictures(message: Message) -> list[bytes]:
    return [body for body in message.files.values() if body.startswith(PNG)]


class TestACommand:
    async def test_is_answered_in_the_channel(self, chat: Chat) -> None:
        await chat.server.slash("anna", "status")
        answer = await chat.server.wait_for_message(lambda m: "Equity" in m.text, WITHIN)
        assert "PAPER · SIMULATED" in answer.text

    async def test_previews_an_order_that_can_be_cancelled(self, chat: Chat) -> None:
        await chat.server.slash("anna", "buy", {"symbol": "BTC/USD", "amount": "60"})
        preview = await chat.server.wait_for_message(lambda m: "Confirm" in labels(m), WITHIN)
        cancel = next(b["custom_id"] for b in preview.buttons if b["label"] == "Cancel")
        await chat.server.press(preview.id, cancel, "anna")
        await chat.server.wait_for_message(lambda m: m.id == preview.id and "Cancelled by @anna" in m.text, WITHIN)


class TestAMention:
    async def test_with_a_question_is_answered_with_the_chart_attached(self, chat: Chat, approved: Approved) -> None:
        await chat.server.wait_for_message(lambda m: "Report" in m.text, WITHIN)
        await chat.server.mention("anna", "how did we do vs BTC?")
        answer = await chat.server.wait_for_message(
            lambda m: "BTC" in m.text and "Report" not in m.text and bool(m.files), WITHIN
        )
        assert pictures(answer)


class TestACard:
    async def test_comes_up_by_itself(self, approved: Approved) -> None:
        assert "Rebalance · PAPER · SIMULATED" in approved.asked

    async def test_is_edited_with_who_approved_and_the_fills(self, chat: Chat, approved: Approved) -> None:
        assert "Approved by @anna on Discord" in approved.decided.text
        assert "Approve" not in labels(approved.decided)
        fills = chat.bot.books.fills_of(approved.approval)
        assert fills
        assert all(fill["symbol"].split("/")[0] in approved.decided.text for fill in fills)


class TestNotices:
    async def test_the_daily_report_comes_by_itself_with_its_picture(self, chat: Chat, approved: Approved) -> None:
        report = await chat.server.wait_for_message(lambda m: "Report" in m.text and "Since 5 Jan" in m.text, WITHIN)
        assert pictures(report)
