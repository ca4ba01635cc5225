"""What the notifier is told when a message does not arrive, or may not have."""

from __future__ import annotations

import asyncio

import pytest

from chatbot.message import Channel, MaybeSent, Reply, Undeliverable, Unsent
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage
from tests.chat.telegram.rig import CARD, CHAT, NOTICES, Person, WatchedClock, running, transport_to


async def test_a_flood_refusal_says_how_long_to_wait(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.fail_next("sendMessage", Breakage.FLOOD, 17)
    with pytest.raises(Unsent) as refused:
        await telegram.send(NOTICES, Reply("news"))
    assert refused.value.retry_after == 17
    assert api.messages(CHAT) == []


async def test_a_flood_refusal_in_the_middle_is_waited_out(
    api: BotApiServer, telegram: TelegramTransport, clock: WatchedClock
) -> None:
    api.fail_next("sendMessage", Breakage.FLOOD, 3, after=1)
    sending = asyncio.create_task(telegram.send(NOTICES, Reply("z" * 6000)))
    await clock.until_asleep_for(3.0)
    assert len(api.messages(CHAT)) == 1
    clock.advance(3.0)
    await sending
    assert "".join(message.text for message in api.messages(CHAT)) == "z" * 6000


async def test_a_long_flood_refusal_in_the_middle_may_be_sent(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.fail_next("sendMessage", Breakage.FLOOD, 600, after=1)
    with pytest.raises(MaybeSent, match="part"):
        await telegram.send(NOTICES, Reply("z" * 6000))


async def test_blocked_is_undeliverable(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.block(CHAT)
    with pytest.raises(Undeliverable, match="blocked"):
        await telegram.send(NOTICES, Reply("news"))


async def test_an_unknown_chat_is_undeliverable(api: BotApiServer, telegram: TelegramTransport) -> None:
    with pytest.raises(Undeliverable, match="hat not found"):
        await telegram.send(Channel("telegram", "31337"), Reply("news"))


async def test_silence_after_delivery_may_be_sent(api: BotApiServer, clock: WatchedClock, person: Person) -> None:
    transport = transport_to(api, clock, timeout=0.2)
    async with running(api, transport, person):
        api.fail_next("sendMessage", Breakage.SILENT_AFTER)
        with pytest.raises(MaybeSent):
            await transport.send(NOTICES, Reply("news"))
        assert len(api.messages(CHAT)) == 1


async def test_a_connection_cut_after_delivery_may_be_sent(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.fail_next("sendMessage", Breakage.CUT_AFTER)
    with pytest.raises(MaybeSent):
        await telegram.send(NOTICES, Reply("news"))
    assert len(api.messages(CHAT)) == 1


async def test_a_connection_cut_before_delivery_looks_the_same_and_may_be_sent(
    api: BotApiServer, telegram: TelegramTransport
) -> None:
    api.fail_next("sendMessage", Breakage.CUT_BEFORE)
    with pytest.raises(MaybeSent):
        await telegram.send(NOTICES, Reply("news"))
    assert api.messages(CHAT) == []


@pytest.mark.parametrize("status", [500, 502])
async def test_a_server_error_may_be_sent(api: BotApiServer, telegram: TelegramTransport, status: int) -> None:
    api.fail_next("sendMessage", Breakage.ERROR, status)
    with pytest.raises(MaybeSent):
        await telegram.send(NOTICES, Reply("news"))


async def test_no_server_is_unsent(api: BotApiServer, telegram: TelegramTransport) -> None:
    await api.refuse_connections()
    with pytest.raises(Unsent):
        await telegram.send(NOTICES, Reply("news"))


async def test_before_the_connection_stands_everything_is_unsent(api: BotApiServer, clock: WatchedClock) -> None:
    with pytest.raises(Unsent):
        await transport_to(api, clock).send(NOTICES, Reply("news"))


async def test_an_edit_to_the_same_text_succeeds(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, CARD)
    await telegram.edit(ref, CARD)
    assert api.messages(CHAT)[0].edits == 0


async def test_an_edit_that_changes_nothing_is_no_call(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, CARD)
    await asyncio.gather(telegram.edit(ref, Reply("approved")), telegram.edit(ref, Reply("approved")))
    await telegram.edit(ref, Reply("approved"))
    assert api.methods().count("editmessagetext") == 1
    await telegram.edit(ref, CARD)
    assert api.messages(CHAT)[0].text != "approved" and api.methods().count("editmessagetext") == 2


async def test_an_edit_that_failed_is_sent_again(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, Reply("waits"))
    api.fail_next("editMessageText", Breakage.CUT_BEFORE)
    with pytest.raises(MaybeSent):
        await telegram.edit(ref, Reply("approved"))
    await telegram.edit(ref, Reply("approved"))
    assert api.messages(CHAT)[0].text == "approved"


async def test_an_edit_of_a_message_too_old_is_undeliverable(api: BotApiServer, telegram: TelegramTransport) -> None:
    ref = await telegram.send(NOTICES, CARD)
    api.forget(int(ref.id))
    with pytest.raises(Undeliverable):
        await telegram.edit(ref, Reply("later"))
