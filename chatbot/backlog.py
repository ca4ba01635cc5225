"""What a channel missed while it was down: counted for one message, and what of it still matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trading.contract import Reader
from trading.domain.event import (
    ApprovalClosed,
    BatchCompleted,
    BatchRefused,
    CycleDecided,
    FeedStale,
    JobFailed,
    JournalEntry,
    ReportDue,
    RunEnded,
    Started,
    StateChanged,
)

_PAGE = 500
_NOUNS = {
    BatchRefused: "refusal",
    CycleDecided: "decision",
    StateChanged: "state change",
    FeedStale: "feed problem",
    JobFailed: "failed job",
    ReportDue: "report",
    RunEnded: "end of run",
    Started: "start",
}


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries after a cursor, oldest first."""

    entries: tuple[JournalEntry, ...]

    @property
    def told(self) -> int:
        """How many messages it would take to tell them one by one."""
        return sum(isinstance(entry.event, (BatchCompleted, *_NOUNS)) for entry in self.entries)

    @property
    def end(self) -> int:
        return self.entries[-1].seq

    def after(self, seq: int) -> Backlog:
        """The part of it that came after `seq`."""
        return Backlog(tuple(entry for entry in self.entries if entry.seq > seq))

    def important(self) -> Sequence[JournalEntry]:
        """The newest report and the end of a run: told even after a long outage."""
        newest = {type(entry.event): entry for entry in self.entries if isinstance(entry.event, (ReportDue, RunEnded))}
        return sorted(newest.values(), key=lambda entry: entry.seq)

    def touching_cards(self) -> Sequence[JournalEntry]:
        """Entries after which cards that were posted look different."""
        return [entry for entry in self.entries if isinstance(entry.event, (ApprovalClosed, BatchCompleted))]

    async def counts(self, desk: Reader) -> dict[str, int]:
        """How many of each, by its noun: fills first, as they move money."""
        counts = {"fill": await self._fills(desk)}
        for entry in self.entries:
            noun = _NOUNS.get(type(entry.event))
            if noun:
                counts[noun] = counts.get(noun, 0) + 1
        return counts

    async def _fills(self, desk: Reader) -> int:
        done = [entry.event for entry in self.entries if isinstance(entry.event, BatchCompleted)]
        views = [await desk.batch(event.batch_id) for event in done]
        return sum(len(view.fills) for view in views if view is not None)


async def read_backlog(desk: Reader, after: int) -> Backlog:
    """Everything in the journal after `after`."""
    entries: list[JournalEntry] = []
    while page := await desk.events(entries[-1].seq if entries else after, _PAGE):
        entries += page
    return Backlog(tuple(entries))
