"""thesis_log.md: each thesis with what it predicts, and later what became of that, as new entries at the end.

A last line that Markdown hides names an entry and completes it, so that the file is its own bookmark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.domain.plan import Thesis
from trading.store.append_file import repair, whole_lines
from trading.store.port import Queries

_END = "<!-- end of "
_MARKUP = re.compile(r"[\\`*_\[\]!#|&~]")
"""A thesis is a model's words: shown as they are, never as links, pictures or headings."""

Seen = tuple[frozenset[str], str]
"""Which predictions were open at the last look, and the newest one."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is written at `at`; `end` is the line that completes it."""

    at: datetime
    text: str
    end: str

    @property
    def whole(self) -> str:
        return f"{self.text}\n{self.end}\n"


class ThesisLog:
    """Knows which entries the file holds. Prices are in `quote`."""

    def __init__(self, path: Path, quote: str) -> None:
        self.path = path
        self._heading = f"# Thesis log\n\nThe decider's view of the market, kept in {quote}; newest at the end.\n"
        self._known: set[str] | None = None
        self._pending: Sequence[_Entry] = ()
        self._seen: Seen | None = None
        self._looked: Seen | None = None

    def load(self) -> None:
        """Read which entries the file holds, unless we know that and the file is still there."""
        if self._known is not None and self.path.exists():
            return
        repair(self.path, self._heading, _whole_entries)
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        self._known = {line for line in lines if line.startswith(_END)}
        self._seen = None

    async def missing(self, queries: Queries) -> str:
        """The text of every entry that is not in the file, in the order of their times."""
        entries = [*await self._new_theses(queries), *await self._new_outcomes(queries)]
        self._pending = sorted(entries, key=lambda entry: entry.at)
        if not self._pending:
            self._seen = self._looked
        return "".join(entry.whole for entry in self._pending)

    def remember(self) -> None:
        """The pending entries are written."""
        self._known = (self._known or set()) | {entry.end for entry in self._pending}
        self._seen = self._looked

    async def _new_theses(self, queries: Queries) -> list[_Entry]:
        theses = await self._unwritten(queries)
        predictions = await queries.predictions() if theses else ()
        return [_thesis(thesis, [p for p in predictions if p.cycle_id == thesis.cycle_id]) for thesis in theses]

    async def _unwritten(self, queries: Queries) -> list[Thesis]:
        """Look back twice as far until a written one turns up: usually the first look is enough."""
        known, limit = self._known or set(), 8
        while True:
            theses = await queries.theses(limit)
            unwritten = [thesis for thesis in theses if _end_line(thesis.at, thesis.cycle_id) not in known]
            if len(unwritten) < len(theses) or len(theses) < limit:
                return unwritten
            limit *= 2

    async def _new_outcomes(self, queries: Queries) -> list[_Entry]:
        """All are looked through only where one was made or settled since the last look."""
        waiting = await queries.predictions(PredictionStatus.OPEN)
        newest = await queries.predictions(limit=1)
        self._looked = frozenset(made.id for made in waiting), newest[-1].id if newest else ""
        if self._looked == self._seen:
            return []
        known = self._known or set()
        outcomes = [_outcome(made, made.settled_at) for made in await queries.predictions() if made.settled_at]
        return [entry for entry in outcomes if entry.end not in known]


def _thesis(thesis: Thesis, predictions: Iterable[ScoredPrediction]) -> _Entry:
    """The text is quoted, line by line, so that nothing in it can pass for a heading or for an entry's end."""
    decider = " ".join(thesis.decided_by.replace("<", "&lt;").split())
    text = _MARKUP.sub(r"\\\g<0>", thesis.text).replace("<", "&lt;")
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    said = "".join(f"- {_said(made)}\n" for made in predictions)
    body = f"{quoted}\n\n{said}" if said else f"{quoted}\n"
    return _Entry(thesis.at, _headed(thesis.at, decider, body), _end_line(thesis.at, thesis.cycle_id))


def _outcome(made: ScoredPrediction, at: datetime) -> _Entry:
    price = "" if made.settled_price is None else f" at {_plain(made.settled_price)}"
    body = f"{_said(made)}, made {made.at.astimezone(UTC):%Y-%m-%d}: {made.status.value}{price}.\n"
    return _Entry(at, _headed(at, "outcome", body), _end_line(at, made.id))


def _said(made: ScoredPrediction) -> str:
    wanted, until = made.prediction, made.until.astimezone(UTC)
    wrong = "" if wanted.invalidation is None else f", wrong at {_plain(wanted.invalidation)}"
    reached = f"{wanted.symbol} {wanted.direction.value} from {_plain(made.price)} to {_plain(wanted.target)}"
    return f"{reached} by {until:%Y-%m-%d}{wrong}, said {wanted.confidence:.0%}"


def _headed(at: datetime, who: str, body: str) -> str:
    return f"\n## {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {who}\n\n{body}"


def _end_line(at: datetime, name: str) -> str:
    kept = "".join(letter for letter in name if letter.isalnum() or letter in "-_")
    return f"{_END}{at.astimezone(UTC).isoformat()} {kept} -->"


def _plain(price: Decimal) -> str:
    return f"{price.normalize():f}"


def _whole_entries(content: bytes) -> int:
    """The length of `content` without an entry that has no end; notes that people added stay."""
    content = content[: whole_lines(content)]
    last_end = max(content.rfind(f"\n{_END}".encode()), 0)
    torn = content.find(b"\n## ", last_end)
    kept = (content if torn < 0 else content[:torn]).rstrip()
    return len(kept) + 1 if kept else 0
