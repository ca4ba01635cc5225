"""One bot on Telegram and Discord at once: whatever is decided on one is known on the other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from tests.chat.discord_server import DiscordServer
from tests.flows.program import running

TOKEN = "123456:loopback-secret"
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
OWNER = User(1001, "owner")
WITHIN = 20.0


async def test_a_card_approved_on_discord_is_edited_on_telegram_and_trades_once(tmp_path: Path) -> None:
    async with BotApiServer(TOKEN) as telegram, DiscordServer("loopback-token", GUILD, CHANNEL) as discord:
        telegram.open_chat(OWNER.id)
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_CHAT_ID": str(OWNER.id),
            "TELEGRAM_API_BASE_URL": telegram.url,
            "DISCORD_BOT_TOKEN": "loopback-token",
            "DISCORD_GUILD_ID": GUILD,
            "DISCORD_CHANNEL_ID": CHANNEL,
            "DISCORD_USER_IDS": discord.world.user("anna").id,
            "DISCORD_API_BASE_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        async with running(tmp_path, "demo", "--day", "60", **settings) as bot:
            here = await discord.wait_for_message(lambda m: "Approve" in str(m.buttons), WITHIN)
            there = await telegram.wait_for_message(lambda m: any(b.label == "Approve" for b in m.buttons), WITHIN)
            approve = next(b["custom_id"] for b in here.buttons if b["label"] == "Approve")
            assert approve in [b.data for b in there.buttons], "the same card"

            await discord.press(here.id, approve, "anna")
            edited = await telegram.wait_for_message(
                lambda m: m.id == there.id and "Approved by @anna on Discord" in m.text and "filled" in m.text, WITHIN
            )
            fills = bot.books.fills
            assert fills
            assert all(re.search(fill["symbol"].split("/")[0], edited.text) for fill in fills)
            await bot.page.message("Approved by @anna on Discord")
            assert [e["status"] for e in bot.books.events("approval_closed")] == ["APPROVED"]
        assert telegram.violations == []
        assert discord.violations == []
