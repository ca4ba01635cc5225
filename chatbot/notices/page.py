"""What is kept of a channel beside its cursor."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

MOST_HELD = 1000
"""Entries held for later; the oldest beyond them are only counted."""

MOST_UNSHOWN = 5
MOST_DOUBTFUL = 100


class Held(BaseModel):
    """Entries that wait for the end of quiet hours or for the digest. `since` is when the first was held (ISO, UTC)."""

    model_config = ConfigDict(frozen=True)

    seqs: tuple[int, ...] = ()
    beyond: int = 0
    since: str = ""

    def __bool__(self) -> bool:
        return bool(self.seqs)

    def with_(self, seqs: Iterable[int], since: str) -> Held:
        """These and the earlier ones; the newest are kept."""
        # Sorted, as what is urgent is held before what is older.
        every = tuple(sorted({*self.seqs, *seqs}))
        kept = every[-MOST_HELD:]
        return Held(seqs=kept, beyond=self.beyond + len(every) - len(kept), since=self.since or since)


class Page(BaseModel):
    """What is kept of a channel beside its cursor."""

    model_config = ConfigDict(frozen=True)

    fresh: bool = False
    """The channel is new, or its journal is: it has not heard how things stand."""
    ahead: tuple[int, ...] = ()
    sending: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    """What may be out: it was being sent when the program or the connection ended."""
    summarised: int = 0
    quiet: Held = Held()
    digest: Held = Held()
    unshown: tuple[str, ...] = ()
    unshown_count: int = 0
    announcements: tuple[str, ...] = ()
    lost: bool = False


def beyond(page: Page, cursor: int) -> Page:
    """What of `page` a cursor there does not say by itself."""
    ahead = tuple(seq for seq in page.ahead if seq > cursor)
    sending, doubtful = after(page.sending, cursor), after(page.doubtful, cursor)
    return page.model_copy(update={"ahead": ahead, "sending": sending, "doubtful": doubtful})


def after(tokens: Iterable[str], cursor: int) -> tuple[str, ...]:
    """Without the journal entries that a cursor there says are done."""
    return tuple(token for token in tokens if not (token.isdecimal() and int(token) <= cursor))


def joined(doubtful: Iterable[str], sending: Iterable[str]) -> tuple[str, ...]:
    """What was in doubt, and what is now: the newest of it."""
    return tuple(dict.fromkeys([*doubtful, *sending]))[-MOST_DOUBTFUL:]
