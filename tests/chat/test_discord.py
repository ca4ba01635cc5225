"""The real discord.py client against a loopback Discord: what people do arrives, what we answer is shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from chatbot.message import (
    Picture,
    Press,
    PressReply,
    Reply,
    Tone,
)
from chatbot.transports.slash import SlashCommand
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import (
    CARD,
    COMMANDS,
    GUILD,
    HOME,
    Router,
    fails,
    running,
    transport_for,
)
from tests.chat.discord_world import Fault
from tests.chat.test_discord_text import png


class TestCommands:
    async def test_they_are_registered_in_the_guild_with_their_options(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict), router):
            status, pnl, buy = sorted(
                strict.world.commands[GUILD], key=lambda each: ["status", "pnl", "buy"].index(each["name"])
            )
            assert strict.world.commands[None] == []
            assert "options" not in status
            assert [choice["value"] for choice in pnl["options"][0]["choices"]] == ["today", "week"]
            assert [(option["name"], option.get("required", False)) for option in buy["options"]] == [
                ("symbol", True),
                ("amount", True),
                ("note", False),
            ]

    async def test_an_unchanged_list_is_not_registered_again(self, strict: DiscordServer, router: Router) -> None:
        for _ in range(2):
            async with running(strict, transport_for(strict), router):
                pass
        assert strict.world.registrations == 1

    async def test_a_changed_list_is(self, strict: DiscordServer, router: Router) -> None:
        for commands in (COMMANDS, COMMANDS[:1], (SlashCommand("status", "Another summary."),)):
            async with running(strict, transport_for(strict, commands=commands), router):
                pass
        assert strict.world.registrations == 3
        assert [command["description"] for command in strict.world.commands[GUILD]] == ["Another summary."]

    async def test_without_a_guild_they_are_global_and_not_for_direct_messages(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict, guild=None), router):
            assert {tuple(command["contexts"]) for command in strict.world.commands[None]} == {(0,)}

    async def test_moving_to_a_guild_clears_the_global_list(self, strict: DiscordServer, router: Router) -> None:
        for guild in (None, GUILD):
            async with running(strict, transport_for(strict, guild=guild), router):
                pass
        assert strict.world.commands[None] == []

    async def test_the_bot_serves_on_when_it_may_not_register(self, server: DiscordServer, router: Router) -> None:
        server.fail(Fault("/commands", 403, {"message": "Missing Access", "code": 50001}, times=9))
        async with running(server, transport_for(server), router):
            await server.mention("anna", "hello")
            await server.wait_for_message(lambda message: "Ahead" in message.text)

    async def test_typing_an_option_offers_values(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            assert await strict.autocomplete("anna", "buy", "symbol", "btc") == ["BTC/USD"] * 25

    async def test_one_that_is_gone_says_so(self, server: DiscordServer, router: Router) -> None:
        async with running(server, transport_for(server), router):
            server.world.commands[None].append({"id": "1", "name": "old"})
            await server.slash("anna", "old")
            await server.wait_for(lambda: server.world.whispers)
            assert "no longer exists" in server.world.whispers[0].content


class TestASlashCommand:
    async def test_reaches_the_router_as_text_and_as_named_options(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            used = await strict.slash("anna", "buy", {"symbol": "BTC/USD", "amount": "50"})
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
        (incoming,) = router.incoming
        assert incoming.text == "/buy BTC/USD 50"
        assert incoming.structured == {"symbol": "BTC/USD", "amount": "50"}
        assert incoming.update_id == used.id
        assert incoming.channel == HOME
        assert (incoming.actor.id, incoming.actor.name, incoming.actor.suspect) == (
            strict.world.user("anna").id,
            "anna",
            "",
        )
        assert abs(incoming.sent_at - datetime.now(UTC)) < timedelta(minutes=1)

    async def test_is_acknowledged_before_the_work_and_answered_after_it(
        self, strict: DiscordServer, router: Router
    ) -> None:
        router.hold = asyncio.Event()
        async with running(strict, transport_for(strict), router):
            used = await strict.slash("anna", "status")
            await router.heard()
            assert used.callback == {"type": 5}
            assert [message.thinking for message in strict.ours] == [True]
            router.hold.set()
            answer = await strict.wait_for_message(lambda message: True)
            assert answer.id == used.original
            assert len(strict.ours) == 1

    async def test_is_answered_with_text_card_picture_and_buttons(self, strict: DiscordServer, router: Router) -> None:
        router.reply = Reply(
            "📈 Up", "Equity 1", pictures=(Picture(png(), "Equity"),), buttons=CARD.buttons, tone=Tone.GOOD
        )
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            answer = await strict.wait_for_message(lambda message: True)
        assert answer.content == "📈 Up"
        assert [embed.get("description") for embed in answer.embeds] == ["```\nEquity 1\n```", "Equity"]
        assert answer.embeds[0]["color"] == 0x009E73
        assert answer.embeds[1]["image"]["url"] == "attachment://chart.png"
        assert answer.files == {"chart.png": png()}
        assert [(button["label"], button["custom_id"], button["style"]) for button in answer.buttons] == [
            ("Approve", "approve:7f3a", 1),
            ("Reject", "reject:7f3a", 4),
        ]

    async def test_with_a_long_answer_loses_nothing(self, strict: DiscordServer, router: Router) -> None:
        lines = [f"line {number} {'x' * 40}" for number in range(200)]
        router.reply = Reply("\n".join(lines))
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "line 199" in message.text)
        assert [line for message in strict.ours for line in message.content.split("\n")] == lines

    async def test_without_an_answer_stops_thinking(self, strict: DiscordServer, router: Router) -> None:
        router.reply = None
        async with running(strict, transport_for(strict), router):
            used = await strict.slash("anna", "status")
            await strict.wait_for(lambda: used.callback and not strict.ours)

    async def test_whose_handler_fails_says_so(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router, on_message=fails):
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: message.content.startswith("❌"))

    async def test_is_answered_in_the_channel_when_the_fifteen_minutes_are_over(
        self, strict: DiscordServer, router: Router
    ) -> None:
        router.hold = asyncio.Event()
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            await router.heard()
            strict.pass_time(16 * 60)
            router.hold.set()
            answer = await strict.wait_for_message(lambda message: "Ahead" in message.text)
            assert answer.nonce

    async def test_that_discord_gave_up_on_is_not_carried_out(self, server: DiscordServer, router: Router) -> None:
        async with running(server, transport_for(server), router):
            server.fail(Fault("/callback", 404, {"message": "Unknown interaction", "code": 10062}))
            await server.slash("anna", "buy", {"symbol": "BTC/USD", "amount": "50"})
            await server.slash("anna", "status")
            await server.wait_for_message(lambda message: "Ahead" in message.text)
        assert [incoming.text for incoming in router.incoming] == ["/status"]

    async def test_is_answered_though_the_acknowledgement_got_no_answer(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict), router):
            strict.fail(Fault("/callback", drop="after"))
            await strict.slash("anna", "status")
            await strict.wait_for_message(lambda message: "Ahead" in message.text)
        assert len(strict.ours) == 1

    async def test_does_not_wait_for_another_one(self, strict: DiscordServer, router: Router) -> None:
        router.hold = asyncio.Event()
        async with running(strict, transport_for(strict), router):
            await strict.slash("anna", "status")
            await strict.slash("ben", "status")
            await router.heard(2)
            router.hold.set()
            await strict.wait_for(lambda: [message.thinking for message in strict.ours] == [False, False])


class TestFreeText:
    async def test_is_read_where_the_bot_is_mentioned_and_answered_there(
        self, strict: DiscordServer, router: Router
    ) -> None:
        async with running(strict, transport_for(strict), router):
            asked = await strict.mention("anna", "how did we do vs BTC?")
            answer = await strict.wait_for_message(lambda message: "Ahead" in message.text)
        assert router.incoming[0].text == "how did we do vs BTC?"
        assert router.incoming[0].update_id == asked
        assert router.incoming[0].structured is None
        assert answer.answers == asked

    async def test_a_bare_mention_asks_for_help(self, strict: DiscordServer, router: Router) -> None:
        async with running(strict, transport_for(strict), router):
            await strict.mention("anna", "")
            await router.heard()
        assert router.incoming[0].text == "/help"

    async def test_a_reply_to_the_bot_is_read_when_discord_shows_it(
        self, strict: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ours = strict.world.messages[(await transport.send(HOME, Reply("📈 Report"))).id]
            anna = strict.world.user("anna")
            await strict.write(anna, "withheld, as it mentions nobody", answers=ours)
            await strict.write(anna, f"<@!{strict.world.bot.id}> why?", answers=ours)
            await strict.write(anna, f"<@{strict.world.bot.id}> why so?", answers=ours)
            await router.heard()
        assert [incoming.text for incoming in router.incoming] == ["why so?"]


class TestAButton:
    async def test_replaces_its_message(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        router.press_reply = PressReply("Approved.", edit=Reply("✅ Approved", card="2 of 2 filled", tone=Tone.GOOD))
        async with running(strict, transport, router):
            ref = await transport.send(HOME, CARD)
            pressed = await strict.press(ref.id, "approve:7f3a", "anna")
            card = await strict.wait_for_message(lambda message: message.edits == 1)
        (press,) = router.presses
        assert (press.button_id, press.message, press.update_id) == ("approve:7f3a", ref, pressed.id)
        assert press.actor.id == strict.world.user("anna").id
        assert pressed.callback == {"type": 6}
        assert card.id == ref.id
        assert "2 of 2 filled" in card.text
        assert card.buttons == []
        assert strict.world.whispers == []

    async def test_works_after_a_restart(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        async with running(strict, transport, router):
            ref = await transport.send(HOME, CARD)
        async with running(strict, transport_for(strict), router):
            await strict.press(ref.id, "reject:7f3a", "anna")
            await router.pressed()
        assert router.presses[0].button_id == "reject:7f3a"

    async def test_refused_is_told_to_the_presser_alone(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        router.press_reply = PressReply("❌ Only traders may approve. Ask the owner.")
        async with running(strict, transport, router):
            ref = await transport.send(HOME, CARD)
            await strict.press(ref.id, "approve:7f3a", "eve")
            (notice,) = await strict.wait_for(lambda: strict.world.whispers)
        assert notice.content == "❌ Only traders may approve. Ask the owner."
        assert strict.world.messages[ref.id].edits == 0

    async def test_can_bring_a_further_message(self, strict: DiscordServer, router: Router) -> None:
        transport = transport_for(strict)
        router.press_reply = PressReply("", send=Reply("📈 Details", pictures=(Picture(png(), "Why"),)))
        async with running(strict, transport, router):
            ref = await transport.send(HOME, CARD)
            await strict.press(ref.id, "approve:7f3a", "anna")
            details = await strict.wait_for_message(lambda message: "Details" in message.text)
        assert details.files
        assert strict.world.messages[ref.id].buttons

    async def test_whose_answer_comes_too_late_for_the_interaction_is_edited_by_the_bot(
        self, strict: DiscordServer, router: Router
    ) -> None:
        transport = transport_for(strict)

        async def late(press: Press) -> PressReply:
            strict.pass_time(16 * 60)
            return PressReply("", edit=Reply("✅ Approved"))

        router.on_press = late  # type: ignore[method-assign]
        async with running(strict, transport, router):
            ref = await transport.send(HOME, CARD)
            await strict.press(ref.id, "approve:7f3a", "anna")
            await strict.wait_for_message(lambda message: message.id == ref.id and message.content == "✅ Approved")
