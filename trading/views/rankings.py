"""The sales that brought the most and the least: those of past days are looked up once a day and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from trading.clock import Clock
from trading.domain.order import Fill
from trading.portfolio.traded_days import TradedDays, last_midnight
from trading.store.port import Queries, Store
from trading.store.traded import best_first, worst_first

SHOWN = 10
"""How many of the best and of the worst are looked up."""
_MOST_KEPT = 64

Look = Callable[[Queries, datetime, datetime | None, str | None], Awaitable[Sequence[Fill]]]


class Rankings:
    """What was booked late shows in `days`; what is kept here is dropped then."""

    def __init__(self, store: Store, clock: Clock, days: TradedDays) -> None:
        self._store = store
        self._clock = clock
        self._days = days
        self._kept: dict[tuple[Look, datetime, str | None], Sequence[Fill]] = {}
        self._kept_of: tuple[int, datetime] | None = None

    async def best(self, since: datetime, until: datetime | None, symbol: str | None) -> Sequence[Fill]:
        """Those with a profit, largest first."""
        return best_first(await self._largest(_best, since, until, symbol))[:SHOWN]

    async def worst(self, since: datetime, until: datetime | None, symbol: str | None) -> Sequence[Fill]:
        """Those without, the largest loss first."""
        return worst_first(await self._largest(_worst, since, until, symbol))[:SHOWN]

    async def _largest(self, look: Look, since: datetime, until: datetime | None, symbol: str | None) -> Sequence[Fill]:
        midnight = last_midnight(self._clock.now())
        await self._days.up_to_date()
        async with self._store.reading() as read:
            if since >= midnight or (until is not None and until < midnight):
                return await look(read, since, until, symbol)
            past = await self._past(read, look, since, symbol, midnight)
            return [*past, *await look(read, midnight, until, symbol)]

    async def _past(
        self, read: Queries, look: Look, since: datetime, symbol: str | None, midnight: datetime
    ) -> Sequence[Fill]:
        """From `since` to `midnight`, as kept."""
        if self._kept_of != (self._days.generation, midnight) or len(self._kept) >= _MOST_KEPT:
            self._kept, self._kept_of = {}, (self._days.generation, midnight)
        key = look, since, symbol
        if key not in self._kept:
            self._kept[key] = await look(read, since, midnight, symbol)
        return self._kept[key]


async def _best(read: Queries, since: datetime, until: datetime | None, symbol: str | None) -> Sequence[Fill]:
    return await read.best_sales(since=since, until=until, symbol=symbol, limit=SHOWN)


async def _worst(read: Queries, since: datetime, until: datetime | None, symbol: str | None) -> Sequence[Fill]:
    return await read.worst_sales(since=since, until=until, symbol=symbol, limit=SHOWN)
