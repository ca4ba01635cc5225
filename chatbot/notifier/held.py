"""What waited for the end of quiet hours, or for the hour of the digest, told in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chatbot.notices.bookmark import Bookmark
from chatbot.notices.page import Held as HeldEntries
from chatbot.notices.preferences import Preferences
from chatbot.notices.quiet import next_at
from chatbot.notifier.posting import Posting
from chatbot.notifier.rendering import Renderer
from chatbot.present import numbers as n
from trading.clock import Clock
from trading.contract import Reader
from trading.domain.event import JournalEntry

MOST_SHOWN = 30
"""Entries that one message shows; the others are counted in it."""

_PAGE = 500


class Held:
    """Releases what `bookmark` holds, when it is due by `clock`, the people's."""

    def __init__(
        self,
        desk: Reader,
        posting: Posting,
        renderer: Renderer,
        bookmark: Bookmark,
        preferences: Preferences,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._posting = posting
        self._renderer = renderer
        self._bookmark = bookmark
        self._preferences = preferences
        self._clock = clock
        self._channel = posting.delivery.channel

    async def release(self) -> bool:
        """Tell what is due; whether anything was. Raises what the delivery raises."""
        if self._quiet_until() is not None:
            return False
        if self._bookmark.page.quiet:
            await self._tell("quiet", "While it was quiet", self._bookmark.page.quiet)
        elif (due := self._digest_due()) is not None and due <= self._clock.now():
            await self._tell("digest", self._day(), self._bookmark.page.digest)
        else:
            return False
        return True

    def seconds_left(self) -> float | None:
        """Until something may be due; None where nothing is held."""
        page, now = self._bookmark.page, self._clock.now()
        if not page.quiet and not page.digest:
            return None
        due = self._quiet_until() or self._digest_due() or now
        return max(0.0, (due - now).total_seconds())

    def _quiet_until(self) -> datetime | None:
        hours = self._preferences.quiet(self._channel)
        return hours.end_of(self._clock.now(), self._desk.world.timezone) if hours else None

    def _digest_due(self) -> datetime | None:
        """The digest's hour after its first entry; at once where there is no digest any more."""
        held, at = self._bookmark.page.digest, self._preferences.digest(self._channel)
        if not held:
            return None
        since = datetime.fromisoformat(held.since)
        return since if at is None else next_at(at, since, self._desk.world.timezone)

    def _day(self) -> str:
        since = datetime.fromisoformat(self._bookmark.page.digest.since)
        return f"Since {n.local_moment(since, self._desk.world.timezone)}"

    async def _tell(self, which: str, head: str, held: HeldEntries) -> None:
        entries = await self._read(held.seqs)
        reply = await self._renderer.meanwhile(head, entries, held.beyond, MOST_SHOWN)
        if reply is not None:
            await self._posting.post([which, *map(str, held.seqs)], replace(reply, silent=which == "digest"))
        await self._bookmark.released(which)

    async def _read(self, seqs: Sequence[int]) -> Sequence[JournalEntry]:
        wanted, found, after = set(seqs), list[JournalEntry](), seqs[0] - 1
        while after < seqs[-1] and (page := await self._desk.events(after, _PAGE)):
            found += [entry for entry in page if entry.seq in wanted]
            after = page[-1].seq
        return found
