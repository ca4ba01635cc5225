"""The state of the loopback Discord: who is there, what was said, which interactions are open, what should go wrong."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.chat.discord_rules import Json

EPOCH_MS = 1_420_070_400_000
BOT_ID = "900000000000000001"
ACKNOWLEDGE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
NONCE_SECONDS = 300.0
EPHEMERAL, LOADING = 64, 128
COMMAND, COMPONENT, AUTOCOMPLETE = 2, 3, 4

_order = itertools.count()


def snowflake() -> str:
    """A new id that carries the present, as Discord's do."""
    return str(((int(time.time() * 1000) - EPOCH_MS) << 22) | (next(_order) & 0x3FFFFF))


def now_text() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class User:
    """`roles` are ids of the guild's roles, as of now."""

    id: str
    name: str
    bot: bool = False
    roles: list[str] = field(default_factory=list, compare=False)

    def json(self) -> Json:
        return {
            "id": self.id,
            "username": self.name,
            "global_name": self.name.title(),
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }

    def member(self) -> Json:
        return {
            "roles": list(self.roles),
            "joined_at": "2025-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
        }


@dataclass
class Message:
    """A message in a channel. `files` maps attachment names to bytes; `edits` counts replacements."""

    id: str
    channel_id: str
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    nonce: str | None = None
    flags: int = 0
    answers: str | None = None
    edits: int = 0
    sent_at: str = field(default_factory=now_text)

    @property
    def thinking(self) -> bool:
        return bool(self.flags & LOADING)

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def buttons(self) -> list[Json]:
        return [button for row in self.components for button in row["components"]]

    @property
    def text(self) -> str:
        """All that can be read: content, then the embeds' descriptions."""
        return "\n".join([self.content, *(embed.get("description") or "" for embed in self.embeds)])

    def json(self) -> Json:
        data: Json = {
            "id": self.id,
            "type": 19 if self.answers else 0,
            "channel_id": self.channel_id,
            "author": self.author.json(),
            "content": self.content,
            "timestamp": self.sent_at,
            "edited_timestamp": now_text() if self.edits else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": self.attachments,
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "flags": self.flags,
        }
        return data | ({"nonce": self.nonce} if self.nonce else {})


@dataclass
class Interaction:
    """One use of a command or a button, from the moment the person sees it leave."""

    id: str
    token: str
    kind: int
    channel_id: str
    born: float
    message_id: str | None = None
    callback: Json | None = None
    original: str | None = None
    choices: list[Json] = field(default_factory=list)
    payload: Json = field(default_factory=dict)


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose "METHOD /path" contains `where`.

    `drop` is "before" (nothing happens), "after" (it happens, but the answer is lost) or "never" (nothing happens, and
    the connection stays silent).
    """

    where: str
    status: int = 0
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    times: int = 1


class World:
    """Everything the fake remembers. `violations` lists what a real Discord would not have liked."""

    def __init__(self, token: str, guild_id: str, channel_id: str) -> None:
        self.token = token
        self.guild_id = guild_id
        self.channel_id = channel_id
        self.bot = User(BOT_ID, "purser", bot=True)
        self.users: dict[str, User] = {}
        self.channels: dict[str, str | None] = {channel_id: None}
        """Channels, and threads with the channel that they belong to."""
        self.closed_channels: set[str] = set()
        """Those that the bot may not see."""
        self.muted_channels: set[str] = set()
        """Those in which it may not write."""
        self.messages: dict[str, Message] = {}
        self.whispers: list[Message] = []
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str | None, list[Json]] = {None: [], guild_id: []}
        self.registrations = 0
        self.nonces: dict[tuple[str, str], tuple[str, float]] = {}
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.violations: list[str] = []
        self.elapsed = 0.0
        self.silence = asyncio.Event()
        """Set when requests that were never answered may end."""
        self._changed = asyncio.Condition()

    def now(self) -> float:
        """Seconds; `elapsed` moves it on without waiting."""
        return time.monotonic() + self.elapsed

    def user(self, name: str) -> User:
        return self.users.setdefault(name, User(str(700000000000000000 + len(self.users)), name))

    def violate(self, text: str) -> None:
        self.violations.append(text)

    def fault_for(self, request: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.where in request:
                fault.times -= 1
                return fault
        return None

    async def changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, found: Callable[[], Any], within: float) -> Any:
        """The first true value of `found`, asked again after each change."""
        async with asyncio.timeout(within), self._changed:
            while not (value := found()):
                await self._changed.wait()
            return value

    def interaction_by_token(self, token: str) -> Interaction | None:
        return next((each for each in self.interactions.values() if each.token == token), None)
