"""What Discord refuses, delays or forgets: told apart, so that nothing is lost, doubled, or insisted on in vain."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime

import pytest

from chatbot.message import (
    Attachment,
    Channel,
    Gone,
    Incoming,
    MaybeSent,
    MessageRef,
    PressReply,
    Reply,
    Undeliverable,
    Unsent,
)
from tests.chat.discord_http import rate_limited
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import CARD, CHANNEL, ELSEWHERE, HOME, Router, WatchedClock, running, transport_for
from tests.chat.discord_world import Fault
from trading.clock import SimulatedClock
from trading.errors import Fatal

SILENT = 1 << 12
THERE = Channel("discord", ELSEWHERE)


class TestALostChannel:
    async def test_that_was_deleted_is_gone(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            with pytest.raises(Gone, match="does not exist any more"):
                await transport.send(THERE, Reply("hello"))

    async def test_that_the_bot_may_not_see_is_gone(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ref = await transport.send(HOME, Reply("hello"))
            strict.world.closed_channels.add(CHANNEL)
            with pytest.raises(Gone, match="may not see"):
                await transport.edit(ref, Reply("hello again"))

    async def test_in_which_it_may_not_write_is_gone(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        strict.world.muted_channels.add(CHANNEL)
        async with running(strict, transport, router):
            with pytest.raises(Gone, match="DISCORD_CHANNEL_ID"):
                await transport.send(HOME, Reply("hello"))

    async def test_is_not_confused_with_a_deleted_message(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            with pytest.raises(Undeliverable) as caught:
                await transport.edit(MessageRef(HOME, "123"), Reply("late"))
        assert not isinstance(caught.value, Gone)

    async def test_too_many_edits_of_an_old_message_are_no_reason_to_wait(
        self, server: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(server)
        async with running(server, transport, router):
            ref = await transport.send(HOME, Reply("hello"))
            server.fail(Fault("PATCH /channels", 429, {"message": "too many edits", "code": 30046}))
            with pytest.raises(Undeliverable):
                await transport.edit(ref, Reply("again"))

    async def test_a_token_that_is_renewed_meanwhile_loses_no_message(
        self, server: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(server)
        async with running(server, transport, router):
            server.fail(Fault("POST /channels", 401, {"message": "401: Unauthorized", "code": 0}))
            with pytest.raises(Unsent):
                await transport.send(HOME, Reply("hello"))


class TestADelay:
    async def test_of_one_channel_does_not_hold_another(self, strict: DiscordServer, router: Router) -> None:
        strict.world.channels[ELSEWHERE] = None
        transport = transport_for(strict, channels=[CHANNEL, ELSEWHERE])
        async with running(strict, transport, router):
            strict.fail(rate_limited(f"/channels/{CHANNEL}/messages", 20.0))
            waiting = asyncio.create_task(transport.send(HOME, Reply("later")))
            await strict.wait_for(lambda: any("POST /channels" in name for name in strict.world.requests))
            await transport.send(THERE, Reply("at once"))
            assert not waiting.done()
            waiting.cancel()
        assert [message.content for message in strict.ours] == ["at once"]

    async def test_without_end_leaves_it_open_whether_the_message_arrived(
        self, strict: DiscordServer, router: Router, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatbot.transports.discord_errors.CALL_SECONDS", 0.05)
        transport = transport_for(strict)
        async with running(strict, transport, router):
            strict.fail(Fault("POST /channels", drop="never", times=2))
            with pytest.raises(MaybeSent):
                await asyncio.wait_for(transport.send(HOME, Reply("hello")), 5)

    async def test_of_the_acknowledgement_is_not_waited_for(
        self, strict: DiscordServer, router: Router, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatbot.transports.discord_interactions.ACKNOWLEDGE_SECONDS", 0.05)
        async with running(strict, transport_for(strict), router):
            strict.fail(Fault("/callback", drop="never"))
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "Ahead" in message.text)

    async def test_asked_for_by_discord_does_not_lose_an_answer(self, strict: DiscordServer, router: Router) -> None:
        clock = WatchedClock()
        async with running(strict, transport_for(strict, clock=clock), router):
            strict.fail(rate_limited("POST /channels", 90.0))
            await strict.mention("anna", "status")
            await clock.until_asleep()
            clock.advance(90.0)
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
        assert len(router.incoming) == 1


class TestARepetition:
    async def test_of_a_command_is_handed_on_for_the_inbox_to_know_and_spares_the_answer(
        self, strict: DiscordServer
    ) -> None:
        inbox = Inbox()
        async with running(strict, transport_for(strict), Router(), on_message=inbox.on_message):
            used = await strict.slash("anna", "status")
            answer = await strict.wait_for_message(lambda message: "Ahead" in message.text)
            await strict.again(used)
            await strict.mention("anna", "afterwards")
            await strict.wait_for(lambda: len(inbox.seen) == 3)
        assert inbox.seen.count(used.id) == 2
        assert answer.id in strict.world.messages

    async def test_of_a_press_after_a_lost_acknowledgement_is_carried_out(
        self, server: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(server)
        router.press_reply = PressReply("", edit=Reply("✅ Approved"))
        async with running(server, transport, router):
            ref = await transport.send(HOME, CARD)
            server.fail(Fault("/callback", 400, {"message": "already acknowledged", "code": 40060}))
            await server.press(ref.id, "approve:7f3a", "anna")
            await router.pressed()


class Inbox:
    """Answers an update once, as the router does."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def on_message(self, message: Incoming) -> Reply | None:
        self.seen.append(message.update_id)
        return None if self.seen.count(message.update_id) > 1 else Reply("Ahead of BTC.")


class TestALateInteraction:
    async def test_is_handed_on_once_it_is_so_old_that_trading_is_refused_with_words(
        self, server: DiscordServer, router: Router
    ) -> None:
        clock = SimulatedClock(datetime.now(UTC))
        clock.advance(61.0)
        router.reply = Reply("❌ /buy was written 1 min ago; nothing was done.", ok=False)
        async with running(server, transport_for(server, clock=clock), router):
            server.fail(Fault("/callback", 404, {"message": "Unknown interaction", "code": 10062}))
            await server.slash("anna", "buy", {"symbol": "BTC/USD", "amount": "50"})
            told = await server.wait_for_message(lambda message: "nothing was done" in message.text)
        assert told.nonce, "the interaction is lost: the bot itself says it in the channel"

    async def test_press_is_never_carried_out(self, server: DiscordServer, router: Router) -> None:
        transport = transport_for(server)
        async with running(server, transport, router):
            card = await transport.send(HOME, CARD)
            server.pass_time(0.0)
            server.fail(Fault("/callback", 404, {"message": "Unknown interaction", "code": 10062}))
            await server.press(card.id, "approve:7f3a", "anna")
            await server.press(card.id, "reject:7f3a", "anna")
            await router.pressed()
        assert [press.button_id for press in router.presses] == ["reject:7f3a"]


class TestManyAtOnce:
    async def test_are_all_acknowledged_in_time_while_the_answers_hang(
        self, strict: DiscordServer, router: Router
    ) -> None:
        router.hold = asyncio.Event()
        async with running(strict, transport_for(strict), router):
            used = [await strict.slash(f"user{number}", "status") for number in range(64)]
            await strict.wait_for(lambda: all(each.callback for each in used))
            late = [each for each in used if strict.world.now() - each.born > 3.0]
            router.hold.set()
            await strict.wait_for(lambda: not any(message.thinking for message in strict.ours))
        assert late == []


class TestWhatIsSent:
    async def test_silently_makes_no_sound(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            for silent in (True, False):
                await transport.send(HOME, Reply("🟢 Bought", silent=silent))
        assert [bool(message.flags & SILENT) for message in strict.ours] == [True, False]

    async def test_with_files_has_them_attached(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        files = tuple(Attachment(b"day,equity\n", f"equity-{number}.csv", "Daily equity") for number in range(12))
        async with running(strict, transport, router):
            await transport.send(HOME, Reply("Here is everything.", files=files))
        sent = itertools.chain.from_iterable(message.files for message in strict.ours)
        assert len(list(sent)) == 12
        assert [len(message.files) for message in strict.ours] == [10, 2]

    async def test_edited_longer_twice_is_not_posted_twice(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ref = await transport.send(HOME, Reply("short"))
            for letter in "ab":
                await transport.edit(ref, Reply(f"{letter}\n" * 1500))
        assert [message.content[0] for message in strict.ours] == ["b", "b"]

    async def test_part_of_it_deleted_by_somebody_is_no_failure_when_it_gets_shorter(
        self, strict: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ref = await transport.send(HOME, Reply("x\n" * 1500))
            del strict.world.messages[ref.id.split(",")[1]]
            await transport.edit(ref, Reply("short"))
        assert [message.content for message in strict.ours] == ["short"]


class TestTheGateway:
    async def test_that_falls_silent_is_left_and_resumed(
        self, strict: DiscordServer, router: Router, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chatbot.transports.discord_client.SILENT_SECONDS", 0.2)
        strict.gateway.heartbeat_ms = 50
        async with running(strict, transport_for(strict), router):
            strict.gateway.acknowledging = False
            await strict.wait_for(lambda: strict.gateway.resumes)
            strict.gateway.acknowledging = True
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
        assert strict.gateway.identifies == 1
        assert len(router.incoming) == 1

    async def test_that_refuses_the_token_in_the_middle_ends_with_one_sentence(
        self, strict: DiscordServer, router: Router
    ) -> None:
        with pytest.raises(Fatal, match="DISCORD_BOT_TOKEN"):
            async with running(strict, transport_for(strict), router) as serving:
                await strict.gateway.close(4004)
                await asyncio.wait([serving], timeout=5)

    async def test_hands_over_once_what_was_used_during_a_drop(self, server: DiscordServer, router: Router) -> None:
        async with running(server, transport_for(server), router):
            await server.drop_gateway()
            used = [await server.slash("anna", "status") for _ in range(3)]
            await router.heard(3)
            assert server.gateway.resumes == 1
        assert sorted(incoming.update_id for incoming in router.incoming) == sorted(each.id for each in used)
