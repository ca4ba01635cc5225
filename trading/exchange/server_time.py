"""The venue's clock, read now and then and carried on by our monotonic one, so that no jump of ours moves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from trading.clock import Clock

AskTime = Callable[[], Awaitable[datetime]]
"""Asks the venue for its time. Raises Retryable."""


@dataclass(frozen=True, slots=True)
class _Reading:
    venue: datetime
    wall: datetime
    monotonic: float


class ServerTime:
    """What the venue's clock says, to within `resolution` and half the time its answer took.

    Asked again after `max_age`, or when our wall clock and our monotonic clock disagree about the time
    that passed by more than a second: then one of them jumped, or the machine slept.
    """

    def __init__(
        self,
        ask: AskTime,
        clock: Clock,
        *,
        resolution: timedelta = timedelta(seconds=1),
        max_age: timedelta = timedelta(minutes=10),
        tolerance: timedelta = timedelta(seconds=1),
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._resolution = resolution
        self._max_age = max_age
        self._tolerance = tolerance
        self._reading: _Reading | None = None

    async def now(self) -> datetime:
        """The venue's time. Raises Retryable when it has to be asked for and cannot be had."""
        reading = self._reading
        if reading is None or self._is_spent(reading):
            reading = self._reading = await self._read()
        return reading.venue + self._since(reading)

    async def offset(self) -> timedelta:
        """How far the venue's clock is ahead of ours. Raises Retryable."""
        venue = await self.now()
        return venue - self._clock.now()

    def forget(self) -> None:
        """Ask anew next time; for when the venue says that our idea of its time is wrong."""
        self._reading = None

    async def _read(self) -> _Reading:
        before = self._clock.monotonic()
        told = await self._ask()
        after = self._clock.monotonic()
        # The venue read its clock somewhere on the way, and cut off what its resolution does not show.
        venue = told + self._resolution / 2 + timedelta(seconds=(after - before) / 2)
        return _Reading(venue, self._clock.now(), after)

    def _is_spent(self, reading: _Reading) -> bool:
        passed = self._since(reading)
        jumped = abs((self._clock.now() - reading.wall) - passed) > self._tolerance
        return jumped or passed > self._max_age

    def _since(self, reading: _Reading) -> timedelta:
        return timedelta(seconds=self._clock.monotonic() - reading.monotonic)
