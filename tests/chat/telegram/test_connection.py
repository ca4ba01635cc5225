"""The life of the connection: menu, conflict, silence, stop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial

import pytest

from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Breakage, Sent
from tests.chat.telegram.rig import CHAT, COMMANDS, NOTICES, OWNER, TOKEN, Person, WatchedClock, running, transport_to
from trading.errors import Fatal, NeedsOperator, Retryable


def is_in(chat_id: int, sent: Sent) -> bool:
    return sent.chat.id == chat_id


async def test_the_menu_is_set_once_and_only_where_it_differs(
    api: BotApiServer, clock: WatchedClock, person: Person
) -> None:
    transport = transport_to(api, clock)
    async with running(api, transport, person):
        await api.wait_for(lambda: api.commands == list(COMMANDS))
    async with running(api, transport, person):
        pass
    async with running(api, transport_to(api, clock), person):
        await api.wait_for(lambda: api.methods().count("getmycommands") == 2)
    assert api.methods().count("setmycommands") == 1
    assert api.methods().count("getmycommands") == 2


@pytest.mark.parametrize("breakage", [Breakage.FLOOD, Breakage.HELD, Breakage.SILENT_BEFORE])
async def test_a_menu_that_is_refused_or_hangs_does_not_stop_the_bot(
    api: BotApiServer, clock: WatchedClock, person: Person, breakage: Breakage
) -> None:
    api.fail_next("setMyCommands", breakage, 600)
    async with running(api, transport_to(api, clock), person):
        api.say(CHAT, OWNER, "/status")
        await api.wait_for_message(lambda m: True)


async def test_notices_go_to_the_configured_chat_or_nowhere(api: BotApiServer, clock: WatchedClock) -> None:
    assert transport_to(api, clock).channels() == (NOTICES,)
    assert TelegramTransport(TOKEN, (), None, (), clock).channels() == ()


async def test_a_second_poller_ends_the_run_with_what_to_do(
    api: BotApiServer, clock: WatchedClock, person: Person
) -> None:
    async with running(api, transport_to(api, clock), person) as task:
        api.updates.end_poll()
        with pytest.raises(NeedsOperator, match="TELEGRAM_BOT_TOKEN"):
            async with asyncio.timeout(5):
                await task


@pytest.mark.parametrize("token", ["123456:wrong", ""])
async def test_a_refused_token_is_fatal_and_appears_nowhere(
    api: BotApiServer, clock: WatchedClock, person: Person, caplog: pytest.LogCaptureFixture, token: str
) -> None:
    caplog.set_level(logging.DEBUG)
    transport = TelegramTransport(token, (), api.url, (), clock)
    with pytest.raises(Fatal, match="TELEGRAM_BOT_TOKEN") as refused:
        await transport.run(person.on_message, person.on_press)
    assert refused.value.__cause__ is None and refused.value.__context__ is None
    assert "123456:wrong" not in caplog.text


async def test_no_server_is_retryable(api: BotApiServer, clock: WatchedClock, person: Person) -> None:
    await api.refuse_connections()
    with pytest.raises(Retryable):
        await transport_to(api, clock).run(person.on_message, person.on_press)


async def test_silence_ends_the_run(api: BotApiServer, clock: WatchedClock, person: Person) -> None:
    async with running(api, transport_to(api, clock), person) as task:
        await clock.until_asleep_for(75.0)
        clock.advance(74.0)
        assert not task.done()
        clock.advance(1.0)
        with pytest.raises(Retryable, match="75 s"):
            async with asyncio.timeout(5):
                await task


async def test_polls_that_succeed_put_the_end_off(api: BotApiServer, clock: WatchedClock, person: Person) -> None:
    async with running(api, transport_to(api, clock), person) as task:
        await clock.until_asleep_for(75.0)
        clock.advance(60.0)
        api.say(CHAT, OWNER, "/status")
        await api.wait_for_message(lambda m: True)
        clock.advance(15.0)
        await clock.until_asleep_for(60.0)
        assert not task.done()


async def test_a_polling_error_is_survived_and_tells_no_token(
    api: BotApiServer, clock: WatchedClock, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.fail_next("getUpdates", Breakage.ERROR, 502)
    async with running(api, transport_to(api, clock), person):
        api.say(CHAT, OWNER, "/status")
        await api.wait_for_message(lambda m: True)
    assert TOKEN not in caplog.text


async def test_it_can_run_again_after_it_was_stopped(api: BotApiServer, clock: WatchedClock, person: Person) -> None:
    transport = transport_to(api, clock)
    for chat in (CHAT, CHAT + 1):
        async with running(api, transport, person):
            api.say(chat, OWNER, "/status")
            await api.wait_for_message(partial(is_in, chat))
    assert len(person.messages) == 2


async def test_what_was_handled_is_confirmed_at_the_stop(
    api: BotApiServer, clock: WatchedClock, person: Person
) -> None:
    async with running(api, transport_to(api, clock), person):
        api.say(CHAT, OWNER, "/status")
        await api.wait_for_message(lambda m: True)
    assert api.updates.unconfirmed == 0


async def test_a_stop_with_a_handler_at_work_is_over_in_time_and_leaves_nothing(
    api: BotApiServer, clock: WatchedClock, person: Person
) -> None:
    before = asyncio.all_tasks()
    person.waits_for["slow"] = asyncio.Event()
    async with running(api, transport_to(api, clock), person) as task:
        api.say(CHAT, OWNER, "slow")
        await clock.until_asleep_for(1.0)
        task.cancel()
        async with asyncio.timeout(3):
            with suppress(asyncio.CancelledError):
                await task
    await asyncio.sleep(0)
    left = [repr(task) for task in asyncio.all_tasks() - before]
    assert [task for task in left if "RequestHandler" not in task] == []  # the server's own connections end later


async def test_a_stop_is_over_in_time_where_the_server_is_gone(
    api: BotApiServer, clock: WatchedClock, person: Person
) -> None:
    async with running(api, transport_to(api, clock), person) as task:
        await api.refuse_connections()
        task.cancel()
        async with asyncio.timeout(3):
            with suppress(asyncio.CancelledError):
                await task
