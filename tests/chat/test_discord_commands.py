"""The whole catalogue on Discord: it is registered within every limit, once, and again only when it has changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatbot.commands.catalogue import catalogue
from chatbot.menus import slash_commands
from chatbot.transports.slash import SlashCommand, SlashParameter
from tests.chat.discord_server import DiscordServer
from tests.chat.discord_trial import GUILD, Router, WatchedClock, running, transport_for
from tests.chat.discord_world import Fault
from tests.unit.chatbot import facts


def ours() -> Sequence[SlashCommand]:
    return slash_commands(catalogue(), (facts.BTC, facts.ETH, facts.SOL))


@pytest.mark.parametrize("guild", [GUILD, None])
async def test_all_commands_are_registered_exactly_once_over_restarts(
    strict: DiscordServer, router: Router, guild: str | None
) -> None:
    for _ in range(3):
        async with running(strict, transport_for(strict, commands=ours(), guild=guild), router):
            pass
    assert strict.world.registrations == 1
    assert {command["name"] for command in strict.world.commands[guild]} == {command.name for command in catalogue()}


async def test_every_command_of_ours_is_taken_with_its_options(strict: DiscordServer, router: Router) -> None:
    commands = ours()
    async with running(strict, transport_for(strict, commands=commands), router):
        registered = {
            each["name"]: [o["name"] for o in each.get("options", [])] for each in strict.world.commands[GUILD]
        }
    assert registered == {each.name: [parameter.name for parameter in each.parameters] for each in commands}


async def test_more_than_discord_takes_are_left_out_with_a_word(
    strict: DiscordServer, router: Router, caplog: pytest.LogCaptureFixture
) -> None:
    commands = [SlashCommand(f"command_{number}", "One of many.") for number in range(103)]
    async with running(strict, transport_for(strict, commands=commands), router):
        assert len(strict.world.commands[GUILD]) == 100
    assert "command_102" in caplog.text


async def test_a_long_list_of_choices_is_offered_while_typing(strict: DiscordServer, router: Router) -> None:
    zones = tuple(f"Zone/City_{number}" for number in range(40))
    commands = [SlashCommand("timezone", "Your time zone.", (SlashParameter("zone", "Which one.", choices=zones),))]
    async with running(strict, transport_for(strict, commands=commands), router):
        assert await strict.autocomplete("anna", "timezone", "zone", "city_3") == [
            "Zone/City_3",
            *(f"Zone/City_3{digit}" for digit in range(10)),
        ]


async def test_a_registration_that_has_to_wait_is_made_later_while_people_are_served(
    server: DiscordServer, router: Router
) -> None:
    clock = WatchedClock()
    server.fail(Fault("GET /applications", drop="before", times=2))
    async with running(server, transport_for(server, clock=clock), router):
        await server.mention("anna", "hello")
        await server.wait_for_message(lambda message: "Ahead" in message.text)
        assert server.world.registrations == 0
        await clock.until_asleep()
        clock.advance(60.0)
        await server.wait_for(lambda: server.world.registrations == 1)


@pytest.mark.parametrize("name", ["Status", "sta tus", "x" * 33, ""])
def test_a_name_that_discord_refuses_is_refused_here(name: str) -> None:
    with pytest.raises(ValueError, match="32 lower-case letters"):
        SlashCommand(name, "A summary.")
    with pytest.raises(ValueError, match="32 lower-case letters"):
        SlashParameter(name, "A summary.")
