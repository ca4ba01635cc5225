"""The venue's own time, which need not be the client's."""

from __future__ import annotations

from datetime import datetime, timedelta

from trading.clock import Clock


class VenueClock:
    """Another clock, wrong by `skew`."""

    def __init__(self, clock: Clock) -> None:
        self.true = clock
        self.skew = timedelta(0)

    def now(self) -> datetime:
        return self.true.now() + self.skew

    def monotonic(self) -> float:
        return self.true.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.true.sleep(seconds)
