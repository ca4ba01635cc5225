"""Who speaks on Discord and where, as the rest of the bot gets to know it; and what only one person gets to see."""

from __future__ import annotations

import asyncio

import pytest

from chatbot.message import Channel, Incoming, MessageHandler, PressReply, Reply
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import CARD, CHANNEL, ELSEWHERE, GUILD, HOME, Router, running, transport_for
from tests.chat.discord_world import User

THREAD = "800000000000000009"
TRADERS = "850000000000000001"


class Told:
    """A watcher that writes down which channels take messages again."""

    def __init__(self) -> None:
        self.reopenings: list[str] = []
        self._changed = asyncio.Event()

    def moved(self, old: Channel, new: Channel) -> None:
        raise AssertionError(f"no channel of Discord moves, {old.key} neither")

    def reopened(self, channel: Channel) -> None:
        self.reopenings.append(channel.id)
        self._changed.set()

    async def of(self, channel: str) -> None:
        async with asyncio.timeout(5):
            while channel not in self.reopenings:
                self._changed.clear()
                await self._changed.wait()


class TestWhoSpeaks:
    async def test_is_known_with_guild_and_roles_at_a_command_a_press_and_a_message(
        self, strict: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(strict)
        strict.world.user("anna").roles.append(TRADERS)
        async with running(strict, transport, router):
            card = await transport.send(HOME, CARD)
            await strict.slash("anna", "status")
            await strict.mention("anna", "status")
            await strict.press(card.id, "approve:7f3a", "anna")
            await router.heard(2)
            await router.pressed()
        actors = [*(incoming.actor for incoming in router.incoming), router.presses[0].actor]
        assert [(actor.guild, actor.groups, actor.suspect) for actor in actors] == [(GUILD, (TRADERS,), "")] * 3

    async def test_has_the_roles_of_this_very_moment(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        anna = strict.world.user("anna")
        anna.roles.append(TRADERS)
        async with running(strict, transport, router):
            card = await transport.send(HOME, CARD)
            await strict.press(card.id, "approve:7f3a", "anna")
            await router.pressed()
            anna.roles.clear()
            await strict.press(card.id, "approve:7f3a", "anna")
            await router.pressed(2)
        assert [press.actor.groups for press in router.presses] == [(TRADERS,), ()]

    async def test_a_direct_message_has_no_guild(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status", guild=None)
            await router.heard()
        actor = router.incoming[0].actor
        assert (actor.guild, actor.groups, actor.suspect) == ("", (), "")

    async def test_another_guild_is_marked(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict, guild=GUILD)
        async with running(strict, transport, router):
            card = await transport.send(HOME, CARD)
            await strict.press(card.id, "approve:7f3a", "anna", guild=ELSEWHERE)
            await router.pressed()
        assert (router.presses[0].actor.suspect, router.presses[0].actor.guild) == ("other guild", ELSEWHERE)

    async def test_without_a_guild_of_ours_another_one_is_only_named(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict, guild=None), router):
            await strict.slash("anna", "status", guild=ELSEWHERE)
            await router.heard()
        assert (router.incoming[0].actor.suspect, router.incoming[0].actor.guild) == ("", ELSEWHERE)

    async def test_bots_and_webhooks_are_not_heard(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            me = f"<@{strict.world.bot.id}>"
            await strict.write(User("1", "robot", bot=True), f"{me} status")
            await strict.write(strict.world.user("hook"), f"{me} status", webhook=True)
            await strict.write(strict.world.user("anna"), "a word among friends")
            await strict.mention("anna", "status")
            await router.heard()
        assert [(incoming.actor.name, incoming.text) for incoming in router.incoming] == [("anna", "status")]

    async def test_what_is_written_into_a_message_afterwards_is_not_read(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict), router):
            asked = await strict.mention("anna", "status")
            await router.heard()
            await strict.rewrite(asked, f"<@{strict.world.bot.id}> /buy BTC 50")
            await strict.mention("anna", "pnl")
            await router.heard(2)
        assert [incoming.text for incoming in router.incoming] == ["status", "pnl"]


class TestPrivateChats:
    async def test_are_not_even_heard_unless_enabled(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            await strict.write(strict.world.user("anna"), "status", direct=True)
            await strict.mention("ben", "status")
            await router.heard()
        assert [incoming.actor.name for incoming in router.incoming] == ["ben"]

    async def test_need_no_mention_when_enabled(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict, direct_messages=True), router):
            await strict.write(strict.world.user("anna"), "how did we do?", direct=True)
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
        assert [(incoming.text, incoming.actor.guild) for incoming in router.incoming] == [("how did we do?", "")]

    async def test_are_offered_global_commands_when_enabled(self, strict: DiscordServer, router: Router) -> None:
        for enabled, contexts in ((False, (0,)), (True, (0, 1)), (True, (0, 1))):
            async with running(strict, transport_for(strict, guild=None, direct_messages=enabled), router):
                assert {tuple(command["contexts"]) for command in strict.world.commands[None]} == {contexts}
        assert strict.world.registrations == 2


class TestChannels:
    async def test_there_may_be_several_and_threads_among_them(self, strict: DiscordServer, router: Router) -> None:
        strict.world.channels |= {ELSEWHERE: None, THREAD: CHANNEL}
        transport = transport_for(strict, channels=[CHANNEL, ELSEWHERE, THREAD])
        assert [channel.id for channel in transport.channels()] == [CHANNEL, ELSEWHERE, THREAD]
        async with running(strict, transport, router):
            for channel in transport.channels():
                await transport.send(channel, Reply(f"notice for {channel.id}"))
            await strict.slash("anna", "status", channel=THREAD)
            await strict.mention("ben", "status", channel=ELSEWHERE)
            await router.heard(2)
            answers = await strict.wait_for(lambda: answered if len(answered := _answers(strict)) == 2 else None)
        assert sorted(incoming.channel.id for incoming in router.incoming) == [ELSEWHERE, THREAD]
        assert sorted(answers) == [ELSEWHERE, THREAD]
        notices = {message.channel_id: message.content for message in strict.ours if "notice" in message.content}
        assert notices == {channel: f"notice for {channel}" for channel in (CHANNEL, ELSEWHERE, THREAD)}

    async def test_one_that_is_deleted_or_left_is_told_in_the_log(
        self, strict: DiscordServer, router: Router, caplog: pytest.LogCaptureFixture
    ) -> None:
        strict.world.channels |= {ELSEWHERE: None, THREAD: CHANNEL}
        async with running(strict, transport_for(strict, channels=[CHANNEL, ELSEWHERE, THREAD]), router):
            await strict.remove_channel(THREAD)
            await strict.remove_channel(ELSEWHERE)
            await strict.put_out()
            await strict.mention("anna", "afterwards")
            await router.heard()
        told = [record.getMessage() for record in caplog.records if "Nothing more can be posted" in record.getMessage()]
        assert [next(id for id in (CHANNEL, ELSEWHERE, THREAD) if id in line) for line in told] == [
            THREAD,
            ELSEWHERE,
            CHANNEL,
        ]

    async def test_one_where_the_bot_may_write_again_is_tried_at_once(
        self, strict: DiscordServer, router: Router
    ) -> None:
        strict.world.channels |= {ELSEWHERE: None, THREAD: CHANNEL}
        transport, told = transport_for(strict, channels=[CHANNEL, ELSEWHERE, THREAD]), Told()
        transport.watch(told)
        async with running(strict, transport, router):
            told.reopenings.clear()
            await strict.allow(ELSEWHERE)
            await told.of(ELSEWHERE)
            await strict.put_out()
            await strict.take_back()
            await told.of(CHANNEL)
        assert told.reopenings[0] == ELSEWHERE and {CHANNEL, ELSEWHERE} <= set(told.reopenings[1:])


class TestAPrivateReply:
    async def test_to_a_command_is_seen_by_nobody_else(self, strict: DiscordServer, router: Router) -> None:
        router.reply = Reply("This bot answers only the people it is configured for.", ok=False, private=True)
        async with running(strict, transport_for(strict), router):
            await strict.slash("eve", "status")
            await strict.wait_for(lambda: strict.world.whispers and not strict.messages)
        assert [notice.content for notice in strict.world.whispers] == [router.reply.text]

    async def test_below_a_pressed_button_too(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        router.press_reply = PressReply("", send=Reply("Your code is 123456.", private=True))
        async with running(strict, transport, router):
            card = await transport.send(HOME, CARD)
            await strict.press(card.id, "approve:7f3a", "anna")
            await strict.wait_for(lambda: strict.world.whispers)
        assert [message.id for message in strict.ours] == [card.id]

    async def test_to_a_mention_is_not_posted_where_others_read_it(self, strict: DiscordServer, router: Router) -> None:
        router.reply = Reply("Your code is 123456.", private=True)
        async with running(strict, transport_for(strict), router):
            await strict.mention("anna", "/pair trader")
            answer = await strict.wait_for_message(lambda message: "for you alone" in message.text)
        assert "123456" not in answer.text

    async def test_that_refuses_a_mention_is_said_where_it_was_asked(
        self, strict: DiscordServer, router: Router
    ) -> None:
        router.reply = Reply("This bot answers only people it knows.", ok=False, private=True)
        async with running(strict, transport_for(strict), router):
            await strict.mention("eve", "status")
            await strict.wait_for_message(lambda message: "only people it knows" in message.text)

    async def test_is_not_shown_to_all_when_the_interaction_is_over(
        self, strict: DiscordServer, router: Router
    ) -> None:
        router.reply = Reply("Your code is 123456.", private=True)
        async with running(strict, transport_for(strict), router, on_message=_late(strict, router)):
            await strict.slash("anna", "status")
            await strict.wait_for(lambda: [name for name in strict.world.requests if "POST /webhooks" in name])
        assert not any("123456" in message.text for message in strict.messages)


def _answers(server: DiscordServer) -> list[str]:
    return [message.channel_id for message in server.ours if "Ahead" in message.text]


def _late(server: DiscordServer, router: Router) -> MessageHandler:
    async def handle(message: Incoming) -> Reply | None:
        server.pass_time(16 * 60)
        return router.reply

    return handle
