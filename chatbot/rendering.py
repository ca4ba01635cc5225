"""Events rendered for all channels: a picture is drawn once and shared; a defect never swallows a notice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import structlog

from chatbot.message import Reply, Tone
from chatbot.present import events, marks, safety
from chatbot.present.charts import Charts
from trading.contract import Reader
from trading.domain.event import JournalEntry
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

    def together(self, entries: Sequence[JournalEntry]) -> Reply:
        """One message for account activity that came in one go."""
        try:
            return safety.together([entry.event for entry in entries], self._desk)
        except Exception:
            return self._unshown(entries[-1])

    async def card(self, approval_id: str) -> Reply | None:
        """The card as it is now; never kept, as it changes."""
        return await events.card(approval_id, self._desk)

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
