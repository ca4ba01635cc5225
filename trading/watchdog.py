"""Watches the event loop: how late it is, and, when something blocks it, what that is."""

from __future__ import annotations

import sys
import threading
import traceback
from collections import deque
from dataclasses import dataclass
from datetime import timedelta

import structlog

from trading.clock import Clock

EVERY = 0.1
"""Seconds between two beats."""

STALL = 0.25
"""Seconds of lag from which on the loop counts as blocked."""

ASLEEP = 60.0
"""Seconds from which on the machine or the process must have stood still: no work of ours takes that long."""

WINDOW = timedelta(minutes=5)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoopLag:
    """How late the loop was over the last minutes, in seconds; `beats` says over how many measurements."""

    p99: float
    maximum: float
    beats: int


class Watchdog:
    """Beats on the loop; a thread beside it notices a beat that does not come and looks at what runs instead."""

    def __init__(self, clock: Clock, *, every: float = EVERY, stall: float = STALL, window: timedelta = WINDOW) -> None:
        self._clock = clock
        self._every = every
        self._stall = stall
        self._lags: deque[float] = deque(maxlen=max(1, int(window.total_seconds() / every)))
        self._beat = clock.monotonic()
        self._watched = 0
        self._seen = ""
        self._stopped = threading.Event()

    def lag(self) -> LoopLag:
        """The figures of the last minutes; zeros before the first beat."""
        lags = sorted(self._lags)
        if not lags:
            return LoopLag(0.0, 0.0, 0)
        return LoopLag(lags[min(len(lags) - 1, len(lags) * 99 // 100)], lags[-1], len(lags))

    async def run(self) -> None:
        """Measure until cancelled, in the loop that calls it."""
        self._watched = threading.get_ident()
        self._beat = self._clock.monotonic()
        self._stopped.clear()
        threading.Thread(target=self._look_out, name="watchdog", daemon=True).start()
        try:
            while True:
                await self._clock.sleep(self._every)
                self._count()
        finally:
            self._stopped.set()

    def look(self) -> None:
        """Remember where the loop's thread is if its beat is overdue; called beside the loop."""
        if self._clock.monotonic() - self._beat > self._every + self._stall and not self._seen:
            frame = sys._current_frames().get(self._watched)
            self._seen = "".join(traceback.format_stack(frame)) if frame is not None else ""

    def _count(self) -> None:
        now = self._clock.monotonic()
        lag = max(0.0, now - self._beat - self._every)
        self._beat, seen, self._seen = now, self._seen, ""
        if lag > ASLEEP:
            log.info("the program stood still", seconds=round(lag))
            return
        self._lags.append(lag)
        if lag > self._stall:
            log.warning("the event loop was blocked", milliseconds=round(lag * 1000), at=seen or "not seen in time")

    def _look_out(self) -> None:
        while not self._stopped.wait(self._every):
            self.look()
