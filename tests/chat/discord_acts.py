"""What people do on the loopback Discord: commands, presses, messages, and edits of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from tests.chat.discord_gateway import DIRECT_MESSAGES, GUILD_MESSAGES, MESSAGE_CONTENT, Gateway
from tests.chat.discord_rules import Json
from tests.chat.discord_world import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    Interaction,
    Message,
    User,
    World,
    snowflake,
)

SECONDS = 5.0


class Acts:
    """All in our guild and its first channel unless said otherwise; a guild of None is a private chat."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    async def slash(
        self,
        user: str,
        name: str,
        options: Mapping[str, str] | None = None,
        guild: str | None = "ours",
        channel: str | None = None,
    ) -> Interaction:
        """Use a command."""
        command = self._registered(name)
        given = [{"name": key, "type": 3, "value": value} for key, value in (options or {}).items()]
        _check_options(command, options or {})
        data: Json = {"id": command["id"], "name": name, "type": 1, "options": given}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        return await self._interact(self.world.user(user), COMMAND, data, guild, channel=channel)

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
        """Press a button, where its message stands."""
        message = self.world.messages[message_id]
        if custom_id not in [button["custom_id"] for button in message.buttons]:
            raise AssertionError(f"there is no button {custom_id!r} under {message.text!r}")
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return await self._interact(self.world.user(user), COMPONENT, data, guild, message, message.channel_id)

    async def again(self, interaction: Interaction) -> None:
        """Deliver an interaction once more."""
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)

    async def mention(self, user: str, text: str, channel: str | None = None) -> str:
        """Write to the bot; its id is in front, as the client inserts it."""
        return await self.write(self.world.user(user), f"<@{self.world.bot.id}> {text}", channel=channel)

    async def write(
        self,
        author: User,
        text: str,
        answers: Message | None = None,
        webhook: bool = False,
        direct: bool = False,
        channel: str | None = None,
    ) -> str:
        """A message of anyone. Its text is withheld from the bot unless it is addressed. Returns its id."""
        message = Message(snowflake(), channel or self.world.channel_id, author, text)
        message.answers = answers.id if answers else None
        self.world.messages[message.id] = message
        data = message.json() | ({"webhook_id": snowflake()} if webhook else {})
        data |= _reference(answers, self.world.guild_id) if answers else {}
        await self._announce("MESSAGE_CREATE", data, author, direct)
        return message.id

    async def rewrite(self, message_id: str, text: str) -> None:
        """A person edits a message of theirs."""
        message = self.world.messages[message_id]
        message.content = text
        message.edits += 1
        await self._announce("MESSAGE_UPDATE", message.json(), message.author, False)

    async def remove_channel(self, channel_id: str) -> None:
        """Somebody deletes a channel or a thread."""
        gone = self.gateway.channel(channel_id)
        del self.world.channels[channel_id]
        event = "CHANNEL_DELETE" if gone["parent_id"] is None else "THREAD_DELETE"
        await self.gateway.dispatch(event, gone)

    async def put_out(self) -> None:
        """Somebody removes the bot from the guild."""
        self.world.closed_channels.update(self.world.channels)
        await self.gateway.dispatch("GUILD_DELETE", {"id": self.world.guild_id})

    async def take_back(self) -> None:
        """Somebody invites the bot into the guild again."""
        self.world.closed_channels.clear()
        await self.gateway.dispatch("GUILD_CREATE", self.gateway.guild())

    async def allow(self, channel_id: str) -> None:
        """Somebody lets the bot write in a channel again."""
        self.world.closed_channels.discard(channel_id)
        await self.gateway.dispatch("CHANNEL_UPDATE", self.gateway.channel(channel_id))

    async def _announce(self, event: str, data: Json, author: User, direct: bool) -> None:
        mentioned = f"<@{self.world.bot.id}>" in data["content"]
        data = data | {"mentions": [self.world.bot.json()] if mentioned else []}
        data |= {} if direct else {"guild_id": self.world.guild_id, "member": author.member()}
        intents = self.gateway.session.intents if self.gateway.session else 0
        if not intents & (DIRECT_MESSAGES if direct else GUILD_MESSAGES):
            return
        readable = mentioned or direct or intents & MESSAGE_CONTENT
        hidden = {} if readable else {"content": "", "embeds": [], "attachments": [], "components": []}
        await self.gateway.dispatch(event, data | hidden)

    def _registered(self, name: str) -> Json:
        known = [*self.world.commands[self.world.guild_id], *self.world.commands[None]]
        for command in known:
            if command["name"] == name:
                return command
        raise AssertionError(f"/{name} is not registered")

    async def _interact(
        self,
        user: User,
        kind: int,
        data: Json,
        guild: str | None,
        message: Message | None = None,
        channel: str | None = None,
    ) -> Interaction:
        interaction = Interaction(
            snowflake(),
            secrets.token_urlsafe(24),
            kind,
            channel or self.world.channel_id,
            self.world.now(),
            message.id if message else None,
        )
        self.world.interactions[interaction.id] = interaction
        payload = self._payload(interaction, user, data, self.world.guild_id if guild == "ours" else guild)
        interaction.payload = payload | ({"message": message.json()} if message else {})
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)
        return interaction

    def _payload(self, interaction: Interaction, user: User, data: Json, guild: str | None) -> Json:
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
        channel = self.gateway.channel(interaction.channel_id) | {"guild_id": guild, "permissions": "2147483647"}
        return payload | {
            "guild_id": guild,
            "guild": place,
            "guild_locale": "en-US",
            "member": member,
            "channel": channel,
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
