"""What a channel has still to be told: most urgent first, in the journal's order within a kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.notices.kinds import NoticeKind
from trading.domain.event import (
    ApprovalRequested,
    DiscrepancyFound,
    ExitFailed,
    ExternalFill,
    ExternalFlow,
    JournalEntry,
    LiveUnconfirmed,
    OrderInDoubt,
)

ROOM = 500
"""Entries that wait at most; the others wait in the journal."""

MOST_SINGLY = 3
"""So many that wait are told one by one; more of a kind become one message."""

MOST_TOGETHER = 30
"""Entries that one message tells."""

MOST_OVERTAKINGS = 10
"""After so many turns that went before what waits longest, that has its turn: nothing waits for ever."""

_ACCOUNT = (ExternalFill, ExternalFlow)
_ALONE = (ApprovalRequested, DiscrepancyFound, ExitFailed, LiveUnconfirmed, OrderInDoubt)
"""Each has buttons or words to act on, or is edited later: a message of its own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is told next, as one message where there are several."""

    kind: NoticeKind
    entries: tuple[JournalEntry, ...]


class Waiting:
    """Entries by kind. `add` in the journal's order."""

    def __init__(self) -> None:
        self._entries: dict[NoticeKind, list[JournalEntry]] = {kind: [] for kind in NoticeKind}
        self._overtakings = 0

    def __len__(self) -> int:
        return sum(map(len, self._entries.values()))

    @property
    def first(self) -> int | None:
        """The seq of the oldest that waits."""
        return min((entries[0].seq for entries in self._entries.values() if entries), default=None)

    def add(self, entry: JournalEntry, kind: NoticeKind) -> None:
        self._entries[kind].append(entry)

    def next(self, singly: int = MOST_SINGLY) -> Turn | None:
        """The most urgent that wait; more than `singly` of them as one turn. None where nothing waits."""
        kinds = [kind for kind, entries in self._entries.items() if entries]
        if not kinds:
            return None
        longest = min(kinds, key=lambda kind: self._entries[kind][0].seq)
        kind = longest if self._overtakings >= MOST_OVERTAKINGS else kinds[0]
        run = _run(self._entries[kind])
        return Turn(kind, run if len(run) > singly else run[:1])

    def done(self, turn: Turn) -> None:
        """Forget what `turn` told."""
        told = {entry.seq for entry in turn.entries}
        self._overtakings = 0 if self.first in told else self._overtakings + 1
        self._entries[turn.kind] = [entry for entry in self._entries[turn.kind] if entry.seq not in told]

    def clear(self) -> None:
        for entries in self._entries.values():
            entries.clear()
        self._overtakings = 0


def _run(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """The first entries that may share a message; one that stands alone is a run by itself."""
    run: list[JournalEntry] = []
    for entry in entries:
        if isinstance(entry.event, _ALONE):
            return tuple(run) or (entry,)
        # What others did on the account is listed in a few lines, however much it is.
        if len(run) >= MOST_TOGETHER and not all(isinstance(other.event, _ACCOUNT) for other in (*run, entry)):
            break
        run.append(entry)
    return tuple(run)
