"""What a channel missed while it was down: counted for one message, and what of it still matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from trading.contract import Reader
from trading.domain.event import (
    ApprovalClosed,
    BatchCompleted,
    BatchRefused,
    CycleDecided,
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    ExitFailed,
    ExternalFill,
    ExternalFlow,
    FeedStale,
    JobFailed,
    JournalEntry,
    LiveConfirmed,
    LiveUnconfirmed,
    OrderInDoubt,
    OrderSettled,
    ReportDue,
    RunEnded,
    Started,
    StateChanged,
    VenueModeChanged,
)

_PAGE = 500
_SINGLY = 3
"""So many entries about the account are told one by one; more that follow each other become one message."""
_NOUNS = {
    ExitFailed: "failed exit",
    DiscrepancyFound: "difference",
    OrderInDoubt: "doubtful order",
    BatchRefused: "refusal",
    CycleDecided: "decision",
    StateChanged: "state change",
    FeedStale: "feed problem",
    VenueModeChanged: "exchange notice",
    ExternalFill: "own trade",
    ExternalFlow: "account movement",
    LiveConfirmed: "confirmation of LIVE",
    JobFailed: "failed job",
    ReportDue: "report",
    RunEnded: "end of run",
    Started: "start",
}


_CHANGING = (ApprovalClosed, BatchCompleted, OrderInDoubt, OrderSettled, DiscrepancyClosed)


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
        """Told even after a long outage: failed exits, who made it LIVE, the newest report, the end of a run."""
        exits = {entry.event.symbol: entry for entry in self.entries if isinstance(entry.event, ExitFailed)}
        newest = self.newest(LiveUnconfirmed, LiveConfirmed, ReportDue, RunEnded)
        return sorted([*exits.values(), *newest], key=lambda entry: entry.seq)

    def newest(self, *kinds: type[Event]) -> Sequence[JournalEntry]:
        """The newest entry of each of these kinds that there is, oldest first."""
        newest = {type(entry.event): entry for entry in self.entries if isinstance(entry.event, kinds)}
        return sorted(newest.values(), key=lambda entry: entry.seq)

    def touching_cards(self) -> Sequence[JournalEntry]:
        """Entries after which cards that were posted look different."""
        return [entry for entry in self.entries if isinstance(entry.event, _CHANGING)]

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


def in_one_go(entries: Sequence[JournalEntry]) -> Iterator[tuple[JournalEntry, ...]]:
    """`entries` as they are told: one by one, but a run of account activity as one."""
    for outside, run in groupby(entries, lambda entry: isinstance(entry.event, ExternalFill | ExternalFlow)):
        together = tuple(run)
        if outside and len(together) > _SINGLY:
            yield together
        else:
            yield from ((entry,) for entry in together)
