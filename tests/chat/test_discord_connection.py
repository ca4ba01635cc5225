"""The real discord.py client against a loopback Discord that fails: nothing is lost, doubled, or left behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from chatbot.message import (
    Channel,
    MaybeSent,
    MessageRef,
    Picture,
    Reply,
    Undeliverable,
    Unsent,
)
from chatbot.transports.discord_bot import DiscordTransport
from chatbot.transports.discord_client import Bot
from tests.chat.discord_http import rate_limited
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import (
    CARD,
    CHANNEL,
    COMMANDS,
    ELSEWHERE,
    GUILD,
    HOME,
    TOKEN,
    Router,
    at_once,
    running,
    transport_for,
)
from tests.chat.discord_world import Fault
from tests.chat.test_discord_text import png
from trading.clock import SimulatedClock
from trading.errors import Fatal, Retryable, SettingsError


class TestSending:
    async def test_posts_and_edits_in_the_configured_channel(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        assert list(transport.channels()) == [HOME]
        async with running(strict, transport, router):
            ref = await transport.send(
                HOME, Reply("a", card="b", pictures=(Picture(png(), "c"),), buttons=CARD.buttons)
            )
            await transport.edit(ref, Reply("d"))
            message = strict.world.messages[ref.id]
            assert (message.content, message.embeds, message.files, message.buttons) == ("d", [], {}, [])

    async def test_a_lost_answer_does_not_double_the_message(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            strict.fail(Fault("/messages", drop="after"))
            ref = await transport.send(HOME, Reply("🟢 Bought"))
            assert [message.id for message in strict.ours] == [ref.id]

    async def test_a_repetition_after_doubt_is_not_a_second_message(
        self, strict: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(strict)
        long = Reply("x\n" * 1500)
        async with running(strict, transport, router):
            strict.fail(Fault("/messages", drop="after", times=2))
            with pytest.raises(MaybeSent):
                await transport.send(HOME, long)
            ref = await transport.send(HOME, long)
            assert [message.id for message in strict.ours] == ref.id.split(",")
            assert len(strict.ours) == 2

    async def test_the_same_words_again_are_another_message(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            refs = [await transport.send(HOME, Reply("🛑 Stop hit")) for _ in range(2)]
        assert len({ref.id for ref in refs}) == 2

    async def test_the_same_words_long_after_a_failure_are_another_message(
        self, strict: DiscordServer, router: Router
    ) -> None:
        clock = SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
        transport = transport_for(strict, clock=clock)
        async with running(strict, transport, router):
            strict.fail(Fault("/messages", drop="after", times=2))
            with pytest.raises(MaybeSent):
                await transport.send(HOME, Reply("🛑 Stop hit"))
            clock.advance(3600)
            await transport.send(HOME, Reply("🛑 Stop hit"))
        assert len(strict.ours) == 2

    async def test_a_long_message_is_edited_as_a_whole(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ref = await transport.send(HOME, Reply("x\n" * 2500))
            assert len(strict.ours) == 3
            await transport.edit(ref, Reply("short"))
            assert [message.content for message in strict.ours] == ["short"]
            await transport.edit(MessageRef(HOME, strict.ours[0].id), Reply("y\n" * 1500))
            assert len(strict.ours) == 2

    @pytest.mark.parametrize("status", [403, 404])
    async def test_a_channel_that_refuses_is_undeliverable(
        self, strict: DiscordServer, router: Router, status: int
    ) -> None:
        transport = transport_for(strict)
        target = HOME if status == 403 else Channel("discord", ELSEWHERE)
        if status == 403:
            strict.world.closed_channels.add(CHANNEL)
        async with running(strict, transport, router):
            with pytest.raises(Undeliverable, match="DISCORD_CHANNEL_ID"):
                await transport.send(target, Reply("hello"))

    async def test_a_deleted_message_cannot_be_edited(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            with pytest.raises(Undeliverable):
                await transport.edit(MessageRef(HOME, "123"), Reply("late"))

    async def test_a_short_rate_limit_is_waited_for(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            strict.fail(rate_limited("/messages", 0.01))
            await transport.send(HOME, Reply("hello"))
        assert len(strict.ours) == 1

    async def test_a_long_rate_limit_is_the_callers_to_wait_for(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            strict.fail(rate_limited("/messages", 90.0))
            with pytest.raises(Unsent) as caught:
                await transport.send(HOME, Reply("hello"))
        assert caught.value.retry_after == 90.0

    async def test_before_the_connection_nothing_is_sent(self, strict: DiscordServer) -> None:
        with pytest.raises(Unsent):
            await transport_for(strict).send(HOME, Reply("hello"))


class TestTheConnection:
    async def test_without_an_address_the_gateway_is_asked_for(self, strict: DiscordServer, router: Router) -> None:
        clock = SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
        base = f"{strict.api_url}/api/v10/"
        async with running(strict, DiscordTransport(TOKEN, [CHANNEL], GUILD, base, None, COMMANDS, clock), router):
            assert "GET /gateway/bot" in strict.world.requests

    async def test_no_privileged_intent_is_asked_for(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            assert strict.gateway.session is not None
            assert strict.gateway.session.intents == 1 << 0 | 1 << 9

    async def test_a_drop_is_resumed_and_what_happened_meanwhile_arrives(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict), router):
            await strict.drop_gateway()
            await strict.mention("anna", "said during the drop")
            await router.heard()
            assert (strict.gateway.identifies, strict.gateway.resumes) == (1, 1)
        assert [incoming.text for incoming in router.incoming] == ["said during the drop"]

    async def test_discords_wish_to_reconnect_is_followed(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            await strict.ask_to_reconnect()
            await strict.wait_until_connected()
            assert strict.gateway.resumes == 1

    async def test_an_invalid_session_is_begun_anew(
        self, strict: DiscordServer, router: Router, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Discord allows one IDENTIFY in five seconds, which the library sits out; this server does not mind.
        monkeypatch.setattr(Bot, "before_identify_hook", at_once)
        async with running(strict, transport_for(strict), router):
            await strict.drop_gateway(resumable=False)
            await strict.wait_until_connected()
            assert strict.gateway.identifies == 2
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "Ahead" in message.text)

    async def test_a_wrong_token_is_fatal_and_names_the_setting(self, strict: DiscordServer, router: Router) -> None:
        with pytest.raises(Fatal, match="DISCORD_BOT_TOKEN"):
            await transport_for(strict, token="wrong").run(router.on_message, router.on_press)

    @pytest.mark.parametrize(("code", "names"), [(4004, "DISCORD_BOT_TOKEN"), (4014, "intents")])
    async def test_a_refusal_by_the_gateway_is_fatal(
        self, strict: DiscordServer, router: Router, code: int, names: str
    ) -> None:
        strict.gateway.close_identify_with = code
        with pytest.raises(Fatal, match=names):
            await transport_for(strict).run(router.on_message, router.on_press)

    async def test_an_absent_discord_is_retryable(self, strict: DiscordServer, router: Router) -> None:
        clock = SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
        nowhere = DiscordTransport(TOKEN, [CHANNEL], GUILD, "http://127.0.0.1:1", "ws://127.0.0.1:1", COMMANDS, clock)
        with pytest.raises(Retryable):
            await nowhere.run(router.on_message, router.on_press)

    async def test_an_absent_gateway_is_retryable(
        self, strict: DiscordServer, router: Router, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _: 0.0)
        clock = SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
        half = DiscordTransport(TOKEN, [CHANNEL], GUILD, strict.api_url, "ws://127.0.0.1:1", COMMANDS, clock)
        with pytest.raises(Retryable, match="gateway"):
            await half.run(router.on_message, router.on_press)

    async def test_it_can_be_run_again(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        for _ in range(2):
            async with running(strict, transport, router):
                await transport.send(HOME, Reply("hello"))
        assert len(strict.ours) == 2

    @pytest.mark.parametrize("setting", ["DISCORD_CHANNEL_ID", "DISCORD_GUILD_ID"])
    def test_ids_are_numbers(self, setting: str) -> None:
        channel, guild = ("general", GUILD) if setting == "DISCORD_CHANNEL_ID" else (CHANNEL, "my server")
        with pytest.raises(SettingsError, match=setting):
            DiscordTransport(TOKEN, [channel], guild, None, None, (), SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC)))


def left_behind(before: set[asyncio.Task[object]]) -> list[str]:
    """Code of ours or of the library that still runs in this loop."""
    files = [getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks() - before]
    names = [code.co_filename for code in files if code is not None]
    return [name for name in names if "/discord/" in name or "/chatbot/" in name]


def keep_alive_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("keep-alive-handler")]


class TestStopping:
    async def test_leaves_no_task_no_thread_and_no_open_session(
        self, strict: DiscordServer, router: Router, recwarn: pytest.WarningsRecorder
    ) -> None:
        before = asyncio.all_tasks()
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
            threads = keep_alive_threads()
        for thread in threads:
            thread.join(2)
        await strict.wait_for(lambda: not strict.gateway.connected)
        gc.collect()
        assert left_behind(before) == []
        assert [thread for thread in threads if thread.is_alive()] == []
        assert [str(each.message) for each in recwarn if "nclosed" in str(each.message)] == []

    async def test_does_not_wait_for_a_handler_that_never_ends(self, strict: DiscordServer, router: Router) -> None:
        router.hold = asyncio.Event()
        before = asyncio.all_tasks()
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            await router.heard()
        assert left_behind(before) == []

    async def test_does_not_wait_for_a_silent_gateway(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            strict.gateway.stop_reading()

    async def test_works_at_every_moment_of_the_connection(self, strict: DiscordServer, router: Router) -> None:
        before = asyncio.all_tasks()
        for steps in range(0, 120, 3):
            task = asyncio.create_task(transport_for(strict).run(router.on_message, router.on_press))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(task, 4)
        assert left_behind(before) == []
