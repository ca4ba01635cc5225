"""Who may do what. Asked at every message and at every press; the answer is never remembered.

People are known by the settings, or because they were let in here (`People`). Whoever is known may speak in a served
chat and, on Telegram, in their own private one; on Discord privately only where direct messages are on. In a served
group or channel the others look on. A Discord server's roles count where no more is known of a member. What an owner
said of one person beats what holds for a group; what the settings say of one person is never lowered here.
The web page and the terminal prove who they are before a message gets here: owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.access.people import LOCAL, People
from chatbot.access.people_document import Person
from chatbot.message import Actor, Channel, Role
from chatbot.settings import ChatSettings

CHATS = ("telegram", "discord")
"""Platforms on which people must be told apart."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may do here, and in a few words why."""

    role: Role
    why: str


_STRANGER = Standing(Role.NOBODY, "not known here")


class Access:
    """Roles by the settings and by `people`."""

    def __init__(self, settings: ChatSettings, people: People | None = None) -> None:
        self.people = people or People()
        self._settings = settings
        self._served = {"telegram": settings.telegram_chats, "discord": settings.discord_channels}
        self._granted = {
            f"{platform}:{user}": Role[role.upper()]
            for platform, grants in (("telegram", settings.telegram_roles), ("discord", settings.discord_user_roles))
            for user, role in grants.items()
        }
        self._groups = {group: Role[role.upper()] for group, role in settings.discord_server_roles.items()}

    @property
    def granted(self) -> Mapping[str, Role]:
        """What the settings grant, by account ("telegram:42")."""
        return self._granted

    @property
    def groups(self) -> Mapping[str, Role]:
        """What the settings grant to a Discord server's roles, by that role's id."""
        return self._groups

    def role(self, actor: Actor, channel: Channel) -> Role:
        """The role of `actor` in `channel` at this moment; NOBODY for suspects and in chats that are not served."""
        return self.standing(actor, channel).role

    def standing(self, actor: Actor, channel: Channel) -> Standing:
        """The role of `actor` in `channel` at this moment, and why."""
        if actor.suspect or actor.platform != channel.platform:
            return _STRANGER
        if actor.platform in ("web", "terminal"):
            return Standing(Role.OWNER, "this machine is yours")
        if actor.platform not in CHATS or not self._in_our_guild(actor):
            return _STRANGER
        own = self._own(actor)
        if self.serves(channel):
            return own or self._member(actor, channel)
        return own if own is not None and self._private(actor, channel) else _STRANGER

    def standing_of(self, key: str) -> Standing | None:
        """What holds for the account `key` wherever it speaks; None where nothing is known of it by itself."""
        person = self.people.of(key)
        kept = None if person is None else person.role
        listed = self._listed(key, person)
        if listed is not None and (kept is None or listed >= kept):
            return Standing(listed, "by the settings" if key in self._granted else "linked to another account")
        return None if kept is None else Standing(kept, "let in here" if kept else "shut out here")

    def person_role(self, person_id: str) -> Role:
        """What the person may do with any of their accounts; for somebody unknown, by the account of that name."""
        if person_id == LOCAL:
            return Role.OWNER
        keys = [a.key for person in self.people.everybody() if person.id == person_id for a in person.accounts]
        standings = [self.standing_of(key) for key in keys or [person_id]]
        return max((standing.role for standing in standings if standing is not None), default=Role.NOBODY)

    def owners(self, platform: str) -> set[str]:
        """The accounts on `platform` that are an owner's; "role:<id>" for a Discord role that makes owners."""
        keys = {*self._granted, *(a.key for person in self.people.everybody() for a in person.accounts)}
        found = {key for key in keys if key.startswith(f"{platform}:") and self._is_owner(key)}
        return found | {f"role:{group}" for group, role in self._of(platform).items() if role is Role.OWNER}

    def serves(self, channel: Channel) -> bool:
        """Whether `channel`, or the chat that it is a topic of, is served."""
        ids = {channel.id, channel.id.partition("/")[0]}
        paired = {served.id for served in self.people.served() if served.platform == channel.platform}
        return not ids.isdisjoint({*self._served.get(channel.platform, ()), *paired})

    async def move(self, old: Channel, new: Channel) -> None:
        """The chat `old` goes on as `new`, and is served as before, whatever id the settings name."""
        was_served = self.serves(old)
        await self.people.move(old, new)
        if was_served and not self.serves(new):
            await self.people.serve(new)

    def reads(self, channel: Channel) -> bool:
        """Whether somebody known reads `channel`: it is served, or a known person's own on Telegram."""
        if self.serves(channel):
            return True
        whose = Actor(channel.platform, channel.id, "")
        return channel.platform == "telegram" and self.role(whose, channel) is not Role.NOBODY

    def serves_any(self, platform: str) -> bool:
        """Whether the platform has a chat yet, configured or paired."""
        paired = any(served.platform == platform for served in self.people.served())
        return paired or bool(self._served.get(platform))

    def may_pair(self, actor: Actor, channel: Channel) -> bool:
        """Whether a pairing code counts here: in a served chat, in private, or anywhere while no chat is served."""
        if actor.suspect or actor.platform != channel.platform or actor.platform not in CHATS:
            return False
        if actor.platform == "discord" and not actor.guild and not self._settings.discord_direct_messages:
            return self.serves(channel)
        known_place = self.serves(channel) or self._private(actor, channel)
        return self._in_our_guild(actor) and (known_place or not self.serves_any(actor.platform))

    def hint(self, actor: Actor, channel: Channel) -> str:
        """For a refusal: how to come in, where that is possible."""
        if not self.may_pair(actor, channel):
            return ""
        if self.serves_any(channel.platform):
            return "With a code from its owner you come in: /pair CODE"
        return "If it is yours, send /pair with the code that it printed when it started."

    def _own(self, actor: Actor) -> Standing | None:
        """What holds for this very person, or by a role of the server."""
        standing = self.standing_of(actor.key)
        if standing is not None:
            return standing
        held = [self._groups[group] for group in actor.groups if group in self._groups]
        return Standing(max(held), "by a role of this server") if held else None

    def _member(self, actor: Actor, channel: Channel) -> Standing:
        """Who is in a served group or channel may look on; a private chat is its person's alone."""
        is_private = actor.platform == "telegram" and not channel.id.startswith("-")
        return _STRANGER if is_private else Standing(Role.VIEWER, "a member of this chat")

    def _private(self, actor: Actor, channel: Channel) -> bool:
        if actor.platform == "telegram":
            return channel.id == actor.id
        return not actor.guild and self._settings.discord_direct_messages

    def _in_our_guild(self, actor: Actor) -> bool:
        if actor.platform != "discord" or self._settings.discord_guild_id is None:
            return True
        is_direct = not actor.guild and self._settings.discord_direct_messages
        return is_direct or actor.guild == self._settings.discord_guild_id

    def _listed(self, key: str, person: Person | None) -> Role | None:
        """The most that the settings grant to any account of the person."""
        keys = [key] if person is None else [account.key for account in person.accounts]
        grants = [self._granted[one] for one in keys if one in self._granted]
        if person is not None and person.id == LOCAL:
            grants.append(Role.OWNER)
        return max(grants, default=None)

    def _is_owner(self, key: str) -> bool:
        standing = self.standing_of(key)
        return standing is not None and standing.role is Role.OWNER

    def _of(self, platform: str) -> Mapping[str, Role]:
        return self._groups if platform == "discord" else {}
