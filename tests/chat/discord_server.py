"""A small strict Discord on loopback: people act through it, the real client talks to it, tests look into it.

By hand: `python -m tests.chat.discord_server --port 8765`, then start the bot with
DISCORD_API_BASE_URL=http://127.0.0.1:8765 and act with POSTs to /control (see `Control`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.chat.discord_control import Control
from tests.chat.discord_gateway import (
    DIRECT_MESSAGES,
    GUILD_MESSAGES,
    INVALID_SESSION,
    MESSAGE_CONTENT,
    RECONNECT,
    Gateway,
)
from tests.chat.discord_rest import Rest
from tests.chat.discord_rules import Json
from tests.chat.discord_world import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    Fault,
    Interaction,
    Message,
    User,
    World,
    now_text,
    snowflake,
)

SECONDS = 5.0


class DiscordServer:
    """`async with DiscordServer(token, guild, channel) as server`; `server.world` is all that it knows."""

    def __init__(self, token: str, guild: str, channel: str, port: int = 0) -> None:
        self.world = World(token, guild, channel)
        self.gateway = Gateway(self.world)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> DiscordServer:
        application = Rest(self.world, self.gateway).application()
        application.router.add_get("/gateway/", self.gateway.serve)
        Control(self).mount(application)
        self._runner = web.AppRunner(application, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.gateway.connected:
            self.gateway.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway/"

    @property
    def messages(self) -> list[Message]:
        """What everyone in the channel sees, oldest first; "thinking" included."""
        return [message for message in self.world.messages.values() if not message.ephemeral]

    @property
    def ours(self) -> list[Message]:
        """The bot's messages among them."""
        return [message for message in self.messages if message.author == self.world.bot]

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    def fail(self, fault: Fault) -> None:
        self.world.faults.append(fault)

    def pass_time(self, seconds: float) -> None:
        """For Discord's deadlines: 3 s to acknowledge, 15 min to answer, 5 min of nonces."""
        self.world.elapsed += seconds

    # What people do

    async def slash(
        self, user: str, name: str, options: Mapping[str, str] | None = None, guild: str | None = "ours"
    ) -> Interaction:
        """Use a command, in our guild, in another one, or in a direct message (None)."""
        command = self._registered(name)
        given = [{"name": key, "type": 3, "value": value} for key, value in (options or {}).items()]
        _check_options(command, options or {})
        data: Json = {"id": command["id"], "name": name, "type": 1, "options": given}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        return await self._interact(self.world.user(user), COMMAND, data, guild)

    async def autocomplete(self, user: str, name: str, option: str, typed: str) -> list[str]:
        """What is offered for an option while it is typed."""
        command = self._registered(name)
        data: Json = {"id": command["id"], "name": name, "type": 1}
        data |= {"options": [{"name": option, "type": 3, "value": typed, "focused": True}]}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        interaction = await self._interact(self.world.user(user), AUTOCOMPLETE, data, "ours")
        await self.world.until(lambda: interaction.callback, SECONDS)
        return [choice["value"] for choice in interaction.choices]

    async def press(self, message_id: str, custom_id: str, user: str, guild: str | None = "ours") -> Interaction:
        message = self.world.messages[message_id]
        if custom_id not in [button["custom_id"] for button in message.buttons]:
            raise AssertionError(f"there is no button {custom_id!r} under {message.text!r}")
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self._interact(self.world.user(user), COMPONENT, data, guild, message)

    async def mention(self, user: str, text: str) -> str:
        """Write to the bot; its id is in front, as the client inserts it."""
        return await self.write(self.world.user(user), f"<@{self.world.bot.id}> {text}")

    async def write(
        self, author: User, text: str, answers: Message | None = None, webhook: bool = False, direct: bool = False
    ) -> str:
        """A message of anyone. Its text is withheld from the bot unless it is addressed. Returns its id."""
        message = Message(snowflake(), self.world.channel_id, author, text)
        message.answers = answers.id if answers else None
        self.world.messages[message.id] = message
        mentioned = f"<@{self.world.bot.id}>" in text
        data = message.json() | {"mentions": [self.world.bot.json()] if mentioned else []}
        data |= {"webhook_id": snowflake()} if webhook else {}
        data |= _reference(answers, self.world.guild_id) if answers else {}
        data |= {} if direct else {"guild_id": self.world.guild_id, "member": author.member()}
        await self._dispatch_message(data, mentioned, direct)
        return message.id

    async def _dispatch_message(self, data: Json, mentioned: bool, direct: bool) -> None:
        intents = self.gateway.session.intents if self.gateway.session else 0
        if not intents & (DIRECT_MESSAGES if direct else GUILD_MESSAGES):
            return
        readable = mentioned or direct or intents & MESSAGE_CONTENT
        hidden = {} if readable else {"content": "", "embeds": [], "attachments": [], "components": []}
        await self.gateway.dispatch("MESSAGE_CREATE", data | hidden)

    # What goes wrong

    async def drop_gateway(self, resumable: bool = True) -> None:
        """Cut the connection, or declare the session invalid."""
        if resumable:
            self.gateway.cut()
        else:
            await self.gateway.order(INVALID_SESSION, False)

    async def ask_to_reconnect(self) -> None:
        await self.gateway.order(RECONNECT)

    # What a test waits for

    async def wait_until_connected(self, within: float = SECONDS) -> None:
        await self.world.until(lambda: self.gateway.connected, within)

    async def wait_for_message(self, found: Callable[[Message], bool], within: float = SECONDS) -> Message:
        """The first of the bot's finished messages that `found` accepts."""
        message: Message = await self.world.until(
            lambda: next((each for each in self.ours if not each.thinking and found(each)), None), within
        )
        return message

    async def wait_for(self, found: Callable[[], Any], within: float = SECONDS) -> Any:
        return await self.world.until(found, within)

    def _registered(self, name: str) -> Json:
        known = [*self.world.commands[self.world.guild_id], *self.world.commands[None]]
        for command in known:
            if command["name"] == name:
                return command
        raise AssertionError(f"/{name} is not registered")

    async def _interact(
        self, user: User, kind: int, data: Json, guild: str | None, message: Message | None = None
    ) -> Interaction:
        interaction = Interaction(
            snowflake(),
            secrets.token_urlsafe(24),
            kind,
            self.world.channel_id,
            self.world.now(),
            message.id if message else None,
        )
        self.world.interactions[interaction.id] = interaction
        payload = self._interaction_payload(interaction, user, data, self.world.guild_id if guild == "ours" else guild)
        await self.gateway.dispatch("INTERACTION_CREATE", payload | ({"message": message.json()} if message else {}))
        return interaction

    def _interaction_payload(self, interaction: Interaction, user: User, data: Json, guild: str | None) -> Json:
        payload: Json = {
            "id": interaction.id,
            "application_id": self.world.bot.id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": interaction.channel_id,
            "app_permissions": "2147483647",
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": 10485760,
            "authorizing_integration_owners": {"0": guild or "0"},
        }
        if guild is None:
            direct = {"id": interaction.channel_id, "type": 1, "recipients": [user.json()], "last_message_id": None}
            return payload | {"user": user.json(), "channel": direct, "context": 1}
        member = user.member() | {"user": user.json(), "permissions": "2147483647", "pending": False}
        place = {"id": guild, "locale": "en-US", "features": []}
        return payload | {
            "guild_id": guild,
            "guild": place,
            "guild_locale": "en-US",
            "member": member,
            "channel": self.gateway.channel() | {"guild_id": guild, "permissions": "2147483647"},
            "context": 0,
        }


def _check_options(command: Json, given: Mapping[str, str]) -> None:
    """What the client does not let people send."""
    options = {option["name"]: option for option in command.get("options", [])}
    missing = [name for name, option in options.items() if option.get("required") and name not in given]
    if missing or given.keys() - options.keys():
        raise AssertionError(f"/{command['name']} has the options {sorted(options)}; {missing} must be given")
    for name, value in given.items():
        choices = [choice["value"] for choice in options[name].get("choices", [])]
        if choices and value not in choices:
            raise AssertionError(f"{name} is one of {choices}, not {value!r}")


def _reference(answered: Message, guild: str) -> Json:
    reference = {"message_id": answered.id, "channel_id": answered.channel_id, "guild_id": guild}
    return {"message_reference": reference, "referenced_message": answered.json()}


async def _serve(port: int, token: str, guild: str, channel: str) -> None:
    async with DiscordServer(token, guild, channel, port) as server:
        names = {"DISCORD_BOT_TOKEN": token, "DISCORD_GUILD_ID": guild, "DISCORD_CHANNEL_ID": channel}
        names |= {"DISCORD_API_BASE_URL": server.api_url, "DISCORD_GATEWAY_URL": server.gateway_url}
        print(json.dumps(names, indent=2), flush=True)
        print(f"Started {now_text()}. Stop with Ctrl-C.", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--token", default="loopback-token")
    parser.add_argument("--guild", default="800000000000000001")
    parser.add_argument("--channel", default="800000000000000002")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given.port, given.token, given.guild, given.channel))
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    main()
