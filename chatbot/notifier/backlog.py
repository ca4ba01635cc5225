"""What a channel missed while it was down: counted for one message, and what of it is too old to be told again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.notices.kinds import NoticeKind, kind_of
from chatbot.present.counts import NOUNS, counts
from trading.contract import Reader
from trading.domain.event import (
    BatchCompleted,
    Event,
    ExitFailed,
    JournalEntry,
    LiveUnconfirmed,
    ReportDue,
    Started,
    WeeklyReportDue,
)

TOO_OLD = timedelta(hours=24)
"""A trade or a change of state that long ago is only counted."""

_PAGE = 500
_AGING = {NoticeKind.FILL, NoticeKind.STATE, NoticeKind.CHATTER}
_NEWEST_ONLY = (Started, LiveUnconfirmed, ReportDue, WeeklyReportDue)
"""The newest of each says what the earlier ones said."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries after a cursor, oldest first."""

    entries: tuple[JournalEntry, ...]

    @property
    def told(self) -> int:
        """How many messages it would take to tell them one by one."""
        return sum(isinstance(entry.event, BatchCompleted) or entry.event.kind in NOUNS for entry in self.entries)

    @property
    def end(self) -> int:
        return self.entries[-1].seq if self.entries else 0

    def after(self, seq: int) -> Backlog:
        """The part of it that came after `seq`."""
        return self.those(lambda entry: entry.seq > seq)

    def those(self, wanted: Callable[[JournalEntry], bool]) -> Backlog:
        return Backlog(tuple(entry for entry in self.entries if wanted(entry)))

    def newest(self, *kinds: type[Event]) -> Sequence[JournalEntry]:
        """The newest entry of each of these kinds that there is, oldest first."""
        newest = {type(entry.event): entry for entry in self.entries if isinstance(entry.event, kinds)}
        return sorted(newest.values(), key=lambda entry: entry.seq)

    async def counts(self, desk: Reader) -> dict[str, int]:
        """How many of each, by its noun."""
        return await counts([entry.event for entry in self.entries], desk)

    async def only_counted(self, now: datetime, desk: Reader) -> frozenset[int]:
        """The seqs of what a summary has counted and nothing else needs to tell; `now` is the market's."""
        subjects = {entry.seq: _of_which_the_last_counts(entry.event) for entry in self.entries}
        newest = {subject: seq for seq, subject in subjects.items()}
        superseded = {seq for seq, subject in subjects.items() if subject and newest[subject] > seq}
        old = [entry for entry in self.entries if now - entry.event.at > TOO_OLD]
        return frozenset(superseded | {e.seq for e in old if await kind_of(e.event, desk) in _AGING})


def _of_which_the_last_counts(event: Event) -> str:
    """The same for events of which each says what the earlier ones said; empty for all others."""
    if isinstance(event, ExitFailed):
        return f"{event.kind} {event.symbol}"
    return event.kind if isinstance(event, _NEWEST_ONLY) else ""


async def read_backlog(desk: Reader, after: int) -> Backlog:
    """Everything in the journal after `after`."""
    entries: list[JournalEntry] = []
    while page := await desk.events(entries[-1].seq if entries else after, _PAGE):
        entries += page
    return Backlog(tuple(entries))
