"""How far a long command is, shown by one message that changes: the newest state, at most once a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType

from chatbot.message import Reply
from trading.clock import Clock

PAUSE_SECONDS = 1.0
LAST_SECONDS = 1.0
"""What the last state may take to arrive before the reply takes its place."""

logger = logging.getLogger(__name__)


class LiveProgress:
    """Shows by `show` what it is called with. It never waits and never raises; nothing is shown after its end.

    Nothing is shown in the first `patience` seconds either: what is over by then needs no message.
    """

    def __init__(self, show: Callable[[Reply], Awaitable[None]], clock: Clock, patience: float = 0.0) -> None:
        self._show = show
        self._clock = clock
        self._patience = patience
        self._newest: Reply | None = None
        self._over = False
        self._pacing: asyncio.Task[None] | None = None
        self._showing: asyncio.Task[None] | None = None

    async def __call__(self, reply: Reply) -> None:
        if self._over:
            return
        self._newest = reply
        if self._pacing is None or self._pacing.done():
            self._pacing = asyncio.create_task(self._pace())

    async def __aenter__(self) -> LiveProgress:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is under way arrives before the reply does; who is cancelled does not wait for it."""
        self._over, self._newest = True, None
        if self._showing is not None and kind is None:
            await asyncio.wait([self._showing], timeout=LAST_SECONDS)
        for task in (self._pacing, self._showing):
            if task is not None:
                task.cancel()

    async def _pace(self) -> None:
        if self._patience:
            await self._clock.sleep(self._patience)
            self._patience = 0.0
        while (newest := self._newest) is not None:
            self._newest = None
            self._showing = asyncio.create_task(self._attempt(newest))
            await asyncio.wait([self._showing])
            await self._clock.sleep(PAUSE_SECONDS)

    async def _attempt(self, reply: Reply) -> None:
        try:
            await self._show(reply)
        except Exception as error:
            logger.info("Progress was not shown: %s", error)
