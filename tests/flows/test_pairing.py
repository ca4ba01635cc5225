"""From a token to an owner: the code that the terminal prints, sent once, on either platform."""

from __future__ import annotations

import re
from pathlib import Path

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from tests.chat.discord_server import DiscordServer
from tests.flows.program import Bot, command, running

TOKEN = "123456:loopback-secret"
GUILD = "800000000000000001"
CHANNEL = "800000000000000002"
ANNA, BEN = User(1001, "anna"), User(2002, "ben")
CODE = r"(\w{4}-\w{4})"
WITHIN = 20.0


async def printed_code(bot: Bot, platform: str) -> str:
    line = re.compile(rf"{platform}: send  /pair {CODE}  to the bot to become its owner\.")
    return (await bot.program.printed(line))[1]


async def test_whoever_has_the_terminal_becomes_the_owner_and_lets_others_in(tmp_path: Path) -> None:
    async with BotApiServer(TOKEN) as telegram, DiscordServer("loopback-token", GUILD, CHANNEL) as discord:
        for user in (ANNA, BEN):
            telegram.open_chat(user.id)
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": telegram.url,
            "DISCORD_BOT_TOKEN": "loopback-token",
            "DISCORD_API_BASE_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        async with running(tmp_path, "demo", "--day", "60", **settings) as bot:
            code = await printed_code(bot, "Telegram")

            telegram.say(BEN.id, BEN, "/status")
            refused = await telegram.wait_for_message(lambda m: m.chat.id == BEN.id, WITHIN)
            assert "only people it knows" in refused.text

            telegram.say(ANNA.id, ANNA, f"/pair {code}")
            await telegram.wait_for_message(lambda m: "You are an owner now" in m.text, WITHIN)
            telegram.say(BEN.id, BEN, f"/pair {code}")
            await telegram.wait_for_message(lambda m: m.chat.id == BEN.id and "wrong, used" in m.text, WITHIN)
            # The chat gets the notices from then on, without a restart.
            await telegram.wait_for_message(
                lambda m: m.chat.id == ANNA.id and any(b.label == "Approve" for b in m.buttons), WITHIN
            )

            await discord.slash("anna", "pair", {"code": await printed_code(bot, "Discord")})
            await discord.wait_for_message(lambda m: "You are an owner now" in m.text, WITHIN)
            card = await discord.wait_for_message(lambda m: "Approve" in str(m.buttons), WITHIN)
            approve = next(b["custom_id"] for b in card.buttons if b["label"] == "Approve")
            await discord.press(card.id, approve, "anna")
            await telegram.wait_for_message(
                lambda m: m.chat.id == ANNA.id and "Approved by @anna on Discord" in m.text, WITHIN
            )

            done, invitation, _ = await command(tmp_path, "pair", "trader")
            assert done == 0 and "makes one person a trader" in invitation
            found = re.search(rf"/pair {CODE}", invitation)
            assert found is not None
            telegram.say(BEN.id, BEN, found[0])
            await telegram.wait_for_message(lambda m: m.chat.id == BEN.id and "You are a trader now" in m.text, WITHIN)

        async with running(tmp_path, "demo", "--day", "60", **settings) as bot:
            telegram.say(BEN.id, BEN, "/whoami")
            await telegram.wait_for_message(lambda m: m.chat.id == BEN.id and "trader, let in here" in m.text, WITHIN)
            assert "become its owner" not in bot.program.output
        assert telegram.violations == []
        assert discord.violations == []
