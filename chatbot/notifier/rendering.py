"""Events rendered for all channels: a picture is drawn once and shared; a defect never swallows a notice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import structlog

from chatbot.message import Reply, Tone
from chatbot.notices.kinds import NoticeKind
from chatbot.present import events, marks, safety
from chatbot.present.cards import bundles, differences
from chatbot.present.charts import Charts
from chatbot.present.counts import counts
from chatbot.present.layout import Lines
from trading.contract import Reader
from trading.domain.discrepancy import Discrepancy
from trading.domain.event import BatchCompleted, ExternalFill, ExternalFlow, JournalEntry
from trading.errors import Retryable

_KEPT = 16

log = structlog.get_logger(__name__)


class Renderer:
    """The message for a journal entry. Messages with pictures are kept for the other channels."""

    def __init__(self, desk: Reader, charts: Charts) -> None:
        self._desk = desk
        self._charts = charts
        self._pictured: OrderedDict[int, Reply] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def message(self, entry: JournalEntry) -> Reply | None:
        """The message, or None. Raises Retryable when the books cannot be read just now."""
        async with self._drawing:
            kept = self._pictured.get(entry.seq)
            return kept or self._keep(entry.seq, await self._rendered(entry))

    async def together(self, entries: Sequence[JournalEntry], kind: NoticeKind) -> Reply | None:
        """One message for entries of one `kind` that came in one go; None where none of them is told."""
        shown = [(entry, lines) for entry in entries if (lines := await self._lines(entry))]
        if len(shown) < 2:
            return await self.message(shown[0][0]) if shown else None
        told = [entry.event for entry, _ in shown]
        if all(isinstance(event, ExternalFill | ExternalFlow) for event in told):
            return safety.together(told, self._desk)
        found = await counts(told, self._desk)
        return bundles.together([lines for _, lines in shown], found, kind, self._desk.world)

    async def meanwhile(self, head: str, entries: Sequence[JournalEntry], beyond: int, most: int) -> Reply | None:
        """What waited for later: the newest `most` shown, `beyond` and the others counted; None for nothing."""
        parts = [lines for entry in entries[-most:] if (lines := await self._lines(entry))]
        earlier = beyond + max(0, len(entries) - most)
        if len(entries) == 1 and not earlier:
            return await self.message(entries[0])
        if not parts and not earlier:
            return None
        found = await counts([entry.event for entry in entries], self._desk)
        return bundles.meanwhile(head, parts, found, earlier, self._desk.world)

    async def card(self, approval_id: str) -> Reply | None:
        """The card as it is now; never kept, as it changes."""
        return await events.card(approval_id, self._desk)

    def difference(self, found: Discrepancy) -> Reply:
        return differences.card(found, self._desk.world)

    async def _lines(self, entry: JournalEntry) -> Lines:
        """A few lines that say what the message for `entry` says."""
        if not isinstance(entry.event, BatchCompleted):
            reply = await self.message(entry)
            return [] if reply is None else bundles.shortened(reply, self._desk.world)
        view = await self._desk.batch(entry.event.batch_id)
        try:
            return bundles.fills(view, self._desk.world) if view is not None else []
        except Exception:
            return bundles.shortened(self._unshown(entry), self._desk.world)

    def _keep(self, seq: int, reply: Reply | None) -> Reply | None:
        if reply is not None and reply.pictures:
            self._pictured[seq] = reply
            while len(self._pictured) > _KEPT:
                self._pictured.popitem(last=False)
        return reply

    async def _rendered(self, entry: JournalEntry) -> Reply | None:
        try:
            return await events.message(entry.event, self._desk, self._charts)
        except Retryable:
            raise
        except Exception:
            return self._unshown(entry)

    def _unshown(self, entry: JournalEntry) -> Reply:
        log.exception("event not rendered", seq=entry.seq, kind=entry.event.kind)
        what = entry.event.kind.replace("_", " ")
        mode = marks.mode(self._desk.world)
        text = f"{marks.ATTENTION} {mode} · Something happened ({what}) that could not be shown. See /status."
        return Reply(text=text, tone=Tone.WARNING)
