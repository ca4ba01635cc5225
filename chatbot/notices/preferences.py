"""What people chose about notices: per channel and kind on, silent or off; routes, quiet hours, a digest.

One document in the chat's store, read once; whoever listens is told of every change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chatbot.message import Channel
from chatbot.notices.kinds import VITAL, NoticeKind
from chatbot.notices.quiet import QuietHours, read_quiet_hours, read_time
from chatbot.notices.routes import channel_of
from chatbot.store.chat_store import ChatStore

CHATS = ("telegram", "discord")
"""Platforms that reach a person who is not looking. Routes are between their channels."""

_KEY = "notices"


class Level(StrEnum):
    """How loud a kind of notice is."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


DEFAULTS: Mapping[NoticeKind, Level] = {NoticeKind.CHATTER: Level.SILENT}
"""Every other kind is on."""


class NobodyLeft(Exception):
    """The change would leave nobody who hears of something vital; the message is a sentence for the person."""


class Choices(BaseModel):
    """The document. Channels are named by their keys, times are local."""

    model_config = ConfigDict(frozen=True)

    levels: dict[str, dict[NoticeKind, Level]] = {}
    routes: dict[NoticeKind, tuple[str, ...]] = {}
    quiet: dict[str, str] = {}
    digest: dict[str, str] = {}
    moved: dict[str, str] = {}


class Preferences:
    """The people's choices. `own` lists the channels that get notices without being routed to.

    `routes` are the settings' routes: they hold for the kinds that nobody routed in chat.
    """

    def __init__(
        self,
        store: ChatStore,
        own: Callable[[], Sequence[Channel]] = tuple,
        routes: Mapping[NoticeKind, Sequence[Channel]] | None = None,
    ) -> None:
        self._store = store
        self._own = own
        self._given = {kind: tuple(channel.key for channel in channels) for kind, channels in (routes or {}).items()}
        self._choices = Choices()
        self._loaded = False
        self._one_at_a_time = asyncio.Lock()
        self._bells: list[asyncio.Event] = []

    async def load(self) -> None:
        """Read the document, once."""
        async with self._one_at_a_time:
            if not self._loaded:
                text = await self._store.get(_KEY)
                self._choices = Choices() if text is None else Choices.model_validate_json(text)
                self._loaded = True

    def listen(self, bell: asyncio.Event) -> None:
        """Set `bell` at every change from now on."""
        self._bells.append(bell)

    def unlisten(self, bell: asyncio.Event) -> None:
        self._bells = [other for other in self._bells if other is not bell]

    def own(self) -> Sequence[Channel]:
        """The channels that get notices without being routed to, under their present ids."""
        return list(dict.fromkeys(map(self.current, self._own())))

    def level(self, channel: Channel, kind: NoticeKind) -> Level:
        """How loud `kind` is in `channel`, routes considered."""
        route = self.route(kind)
        elsewhere = channel.platform in CHATS and bool(route)
        if self.current(channel).key not in route and (elsewhere or not self._is_own(channel)):
            return Level.OFF
        chosen = self._choices.levels.get(channel.key, {}).get(kind)
        return chosen or DEFAULTS.get(kind, Level.ON)

    def route(self, kind: NoticeKind) -> tuple[str, ...]:
        """Keys of the chats that `kind` goes to; empty where it goes to all."""
        keys = self._choices.routes.get(kind, self._given.get(kind, ()))
        return tuple(self._choices.moved.get(key, key) for key in keys)

    def routed(self) -> tuple[Channel, ...]:
        """Every channel that some kind is routed to."""
        keys = dict.fromkeys(key for kind in NoticeKind for key in self.route(kind))
        return tuple(channel_of(key) for key in keys)

    def quiet(self, channel: Channel) -> QuietHours | None:
        text = self._choices.quiet.get(channel.key)
        return read_quiet_hours(text) if text else None

    def digest(self, channel: Channel) -> time | None:
        """When the day's fills and chatter are told in one message; None where they are told as they come."""
        text = self._choices.digest.get(channel.key)
        return read_time(text) if text else None

    def current(self, channel: Channel) -> Channel:
        """The channel under its present id: groups move."""
        key = self._choices.moved.get(channel.key)
        return channel if key is None else channel_of(key)

    def former(self, channel: Channel) -> tuple[str, ...]:
        """The keys under which `channel` was known before."""
        return tuple(old for old, new in self._choices.moved.items() if new == channel.key)

    async def set_level(self, channel: Channel, kind: NoticeKind, level: Level) -> None:
        """Raises NobodyLeft."""
        of_channel = {**self._choices.levels.get(channel.key, {}), kind: level}
        await self._change(levels={**self._choices.levels, channel.key: of_channel})

    async def set_route(self, kind: NoticeKind, channel: Channel | None) -> None:
        """`kind` goes only to `channel`, and to all without one. Raises NobodyLeft."""
        await self._change(routes={**self._choices.routes, kind: () if channel is None else (channel.key,)})

    async def set_quiet(self, channel: Channel, hours: QuietHours | None) -> None:
        await self._change(quiet=_with(self._choices.quiet, channel.key, str(hours) if hours else ""))

    async def set_digest(self, channel: Channel, at: time | None) -> None:
        await self._change(digest=_with(self._choices.digest, channel.key, f"{at:%H:%M}" if at else ""))

    async def move(self, old: Channel, new: Channel) -> None:
        """What was chosen for `old` holds for `new`, which takes its place."""
        now = self._choices
        moved = {key: new.key if value == old.key else value for key, value in now.moved.items()}
        await self._change(
            levels=_renamed(now.levels, old, new),
            quiet=_renamed(now.quiet, old, new),
            digest=_renamed(now.digest, old, new),
            moved={key: value for key, value in {**moved, old.key: new.key}.items() if key != value},
        )

    async def _change(self, **changes: object) -> None:
        await self.load()
        async with self._one_at_a_time:
            before, self._choices = self._choices, self._choices.model_copy(update=changes)
            try:
                self._somebody_hears()
                await self._store.put(_KEY, self._choices.model_dump_json())
            except BaseException:
                self._choices = before
                raise
        for bell in self._bells:
            bell.set()

    def _somebody_hears(self) -> None:
        everywhere = dict.fromkeys([*self.own(), *self.routed()])
        chats = [channel for channel in everywhere if channel.platform in CHATS] or list(everywhere)
        for kind in NoticeKind:
            if kind in VITAL and chats and all(self.level(channel, kind) is Level.OFF for channel in chats):
                raise NobodyLeft(
                    f"Nobody would hear of a {kind} then: every chat has them off. Make them silent here, or turn them "
                    "on in another chat first."
                )

    def _is_own(self, channel: Channel) -> bool:
        return channel in self.own() or channel in self._own()


def _with(choices: Mapping[str, str], key: str, value: str) -> dict[str, str]:
    return {name: chosen for name, chosen in {**choices, key: value}.items() if chosen}


def _renamed(choices: Mapping[str, object], old: Channel, new: Channel) -> dict[str, object]:
    return {(new.key if key == old.key else key): value for key, value in choices.items()}
