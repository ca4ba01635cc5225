"""What an answer has said already: whoever changes something in a chat reads it there once, everybody else as a notice.

The journal entry of such a change waits in that chat until its answer stands there. An answer that was delivered is
kept as having told it; one that was not, or that takes too long, leaves the telling to the notice.
"""

from __future__ import annotations

import json
from asyncio import Event as Bell
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog

from chatbot.message import Channel, MessageRef, Reply
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock
from trading.contract import Reader
from trading.domain.event import JournalEntry, LiveConfirmed, ProtectionChanged, SettingChanged, StateChanged

PATIENCE = 20.0
"""Seconds that a notice waits for the answer which may say the same."""

_KEPT = 50
_BY_A_PERSON = (StateChanged, ProtectionChanged, SettingChanged, LiveConfirmed)

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class Asking:
    """A command of `by` under way in a channel, with what of the journal its answer tells, once that is known."""

    by: str
    channel: str
    since: int | None
    until: float
    alone: bool = True
    """Whether no other command of the same name ran meanwhile: else nobody can say which of them changed what."""
    tells: frozenset[str] | None = None
    over: Bell = field(default_factory=Bell)

    def may_tell(self, entry: JournalEntry) -> bool:
        """Whether `entry` is, or may turn out to be, what the command changed."""
        if self.since is None or entry.seq <= self.since or not _is_by(entry, self.by):
            return False
        return self.tells is None or _token(entry) in self.tells


class Answered:
    """Joins answers and notices. `clock` is the people's."""

    def __init__(self, desk: Reader, store: ChatStore, clock: Clock) -> None:
        self._desk = desk
        self._store = store
        self._clock = clock
        self._under_way: list[Asking] = []

    @asynccontextmanager
    async def asking(self, by: str, channel: Channel) -> AsyncIterator[Asking]:
        """A command of `by` in `channel` runs inside; its answer passes through `telling` before the end."""
        asking = Asking(by, channel.key, await self._newest(), self._deadline())
        self._under_way = [other for other in self._under_way if self._is_awaited(other)]
        for other in self._under_way:
            if other.by == by and other.tells is None:
                other.alone = asking.alone = False
        self._under_way.append(asking)
        try:
            yield asking
        finally:
            if not asking.tells:
                self._end(asking)

    async def telling(self, asking: Asking, reply: Reply) -> Reply:
        """The command's answer, which is noted as having told what changed once it is delivered."""
        asking.tells = await self._found(asking) if asking.alone and reply.ok and not reply.private else frozenset()
        asking.until = self._deadline()
        return reply.and_told(partial(self._note, asking)) if asking.tells else reply

    def awaited(self, entries: Iterable[JournalEntry], channel: Channel) -> Asking | None:
        """A command in `channel` whose answer may yet tell one of `entries`."""
        entries = tuple(entries)
        for asking in self._under_way:
            here = asking.channel == channel.key and self._is_awaited(asking)
            if here and any(asking.may_tell(entry) for entry in entries):
                return asking
        return None

    async def has_told(self, entry: JournalEntry, channel: Channel) -> bool:
        """Whether an answer in `channel` told `entry`."""
        return isinstance(entry.event, _BY_A_PERSON) and _token(entry) in await self._noted(channel.key)

    async def _note(self, asking: Asking, _: MessageRef) -> None:
        try:
            told = [*await self._noted(asking.channel), *sorted(asking.tells or ())]
            await self._store.put(_key(asking.channel), json.dumps(told[-_KEPT:]))
        except Exception:
            log.exception("answer not noted", channel=asking.channel)
        self._end(asking)

    async def _noted(self, channel: str) -> list[str]:
        kept = await self._store.get(_key(channel))
        return list(json.loads(kept)) if kept else []

    async def _found(self, asking: Asking) -> frozenset[str]:
        try:
            entries = [] if asking.since is None else await self._desk.events(asking.since, _KEPT)
        except Exception:
            # The command is done, and its answer must go out whatever the journal says.
            log.exception("changes not found", channel=asking.channel)
            return frozenset()
        return frozenset(_token(entry) for entry in entries if _is_by(entry, asking.by))

    async def _newest(self) -> int | None:
        try:
            return await self._desk.last_event()
        except Exception:
            # Whoever halts must not be kept from it by a journal that cannot be read: it is told twice then.
            log.exception("journal not read")
            return None

    def _is_awaited(self, asking: Asking) -> bool:
        return not asking.over.is_set() and self._clock.monotonic() < asking.until

    def _end(self, asking: Asking) -> None:
        asking.over.set()
        self._under_way = [other for other in self._under_way if other is not asking]

    def _deadline(self) -> float:
        return self._clock.monotonic() + PATIENCE


def _is_by(entry: JournalEntry, by: str) -> bool:
    return isinstance(entry.event, _BY_A_PERSON) and entry.event.by == by


def _token(entry: JournalEntry) -> str:
    # With the instant, as another journal may count from one again.
    return f"{entry.seq} {entry.event.at.isoformat()}"


def _key(channel: str) -> str:
    return f"answered:{channel}"
