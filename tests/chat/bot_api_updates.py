"""The queue behind getUpdates: offsets confirm, one poller at a time, long polls wake when something happens."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.chat.bot_api_checks import ApiError

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
EVERYTHING = ["message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member"]


class Updates:
    """Updates not yet confirmed, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._next_id = 7_000
        self._allowed = EVERYTHING
        self._poller: asyncio.Future[None] | None = None
        self._arrival = asyncio.Event()
        self.polls = 0

    def add(self, kind: str, content: dict[str, Any]) -> int:
        """Queue an update, unless the bot has said that it does not want its kind; its id."""
        self._next_id += 1
        if kind in self._allowed:
            self._waiting.append({"update_id": self._next_id, kind: content})
            self._arrival.set()
        return self._next_id

    def copies(self) -> list[dict[str, Any]]:
        """What waits, to be given to `repeat` later."""
        return list(self._waiting)

    def repeat(self, updates: list[dict[str, Any]]) -> None:
        """Deliver these again, under the ids they had, as after a confirmation that got lost."""
        self._waiting = updates + self._waiting
        self._arrival.set()

    def wake(self) -> None:
        """Answer the waiting poll now, with whatever there is."""
        self._arrival.set()

    @property
    def unconfirmed(self) -> int:
        return len(self._waiting)

    async def get(self, parameters: dict[str, str]) -> list[dict[str, Any]]:
        """getUpdates. A newer call ends an older one with 409."""
        self.polls += 1
        self.end_poll()
        mine = self._poller = asyncio.get_running_loop().create_future()
        try:
            self._allowed = json.loads(parameters.get("allowed_updates", "[]")) or self._allowed
            self._confirm(int(parameters.get("offset", "0")))
            await self._wait(mine, min(50, int(parameters.get("timeout", "0"))))
            if not self._waiting:
                self._arrival.clear()
            return self._waiting[: max(1, min(100, int(parameters.get("limit", "100"))))]
        finally:
            if self._poller is mine:
                self._poller = None

    def end_poll(self) -> None:
        """What a second poller does to the first."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(ApiError(409, CONFLICT))

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._waiting = self._waiting[offset:]
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]
        if not self._waiting:
            self._arrival.clear()

    async def _wait(self, mine: asyncio.Future[None], seconds: int) -> None:
        if self._waiting or not seconds:
            return
        arrival = asyncio.ensure_future(self._arrival.wait())
        try:
            ends: set[asyncio.Future[Any]] = {arrival, mine}
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            arrival.cancel()
        if mine.done():
            mine.result()
