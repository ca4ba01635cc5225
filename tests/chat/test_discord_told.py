"""Where an answer stands on Discord: whoever gave it can edit it later, pressed or not."""

from __future__ import annotations

import asyncio

from chatbot.message import MessageRef, Reply
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import CARD, HOME, Router, running, transport_for

Told = asyncio.Queue[MessageRef]


async def test_a_slash_commands_answer_is_known_and_can_be_edited(strict: DiscordServer, router: Router) -> None:
    told: Told = asyncio.Queue()
    router.reply = Reply("⏳ Buy BTC", buttons=CARD.buttons, told=told.put)
    transport = transport_for(strict)
    async with running(strict, transport, router):
        used = await strict.slash("anna", "status")
        ref = await asyncio.wait_for(told.get(), 5)
        assert ref == MessageRef(HOME, str(used.original))
        await transport.edit(ref, Reply("❌ Expired"))
        await strict.wait_for_message(lambda message: "Expired" in message.text)


async def test_an_answer_to_a_mention_is_known(strict: DiscordServer, router: Router) -> None:
    told: Told = asyncio.Queue()
    router.reply = Reply("⏳ Buy BTC", buttons=CARD.buttons, told=told.put)
    async with running(strict, transport_for(strict), router):
        await strict.mention("anna", "buy")
        ref = await asyncio.wait_for(told.get(), 5)
        shown = await strict.wait_for_message(lambda message: "Buy BTC" in message.text)
        assert ref == MessageRef(HOME, str(shown.id))
