"""What fills add up to over any span, without reading them all: whole past days are summed once and kept.

A question about years then costs two short reads. What was booked late, into a day that is over, shows in the number
of fills, which is counted after every commit; then all days are summed anew.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from trading.clock import Clock
from trading.domain.order import Side
from trading.domain.portfolio import Traded
from trading.store.exact import EXACT
from trading.store.port import Store
from trading.store.remembered import RememberedEach

_DAY = timedelta(days=1)
_PORTION = timedelta(days=28)
"""Summed in one go: the event loop turns between two portions."""

_LONG_AGO = datetime(2009, 1, 3, tzinfo=UTC)
"""Nothing was traded before there was a first coin."""

Group = tuple[str, Side]
Span = tuple[datetime | None, datetime | None, datetime]
"""From when until when, and the last midnight."""


class TradedDays:
    """Sums by symbol and side; the days kept end at the last UTC midnight."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._days: list[date] = []
        self._sums: list[dict[Group, Traded]] = [{}]
        """Before each day, and after the last: what all fills before it add up to."""
        self._until: datetime | None = None
        self._counted = 0
        self.generation = 0
        """Goes up when a past day was found to have changed: what else was kept of it is worth nothing then."""
        self._checked_at = -1
        self._one_at_a_time = asyncio.Lock()
        self._asked = RememberedEach(store, self._added_up)

    async def traded(self, since: datetime | None, until: datetime | None) -> Sequence[Traded]:
        """What the fills with since <= at < until add up to, as the store's own `traded` tells it."""
        return await self._asked.get((since, until, await self.up_to_date()))

    async def _added_up(self, span: Span) -> Sequence[Traded]:
        since, until, midnight = span
        first = None if since is None else _next_midnight(since)
        last = midnight if until is None else min(last_midnight(until), midnight)
        async with self._store.reading() as read:
            if first is not None and first >= last:
                return await read.traded(since=since, until=until)
            before = [] if since is None or since == first else await read.traded(since=since, until=first)
            after = await read.traded(since=last, until=until)
        return _added([*before, *self._whole_days(first, last), *after])

    async def up_to_date(self) -> datetime:
        """Sum what is missing up to the last midnight, which is returned."""
        async with self._one_at_a_time:
            return await self._brought_up()

    async def _brought_up(self) -> datetime:
        midnight, commits = last_midnight(self._clock.now()), self._store.commits
        if self._until == midnight and self._checked_at == commits:
            return midnight
        if self._until is not None and await self._count(self._until) != self._counted:
            self._days, self._sums, self._until = [], [{}], None
            self.generation += 1
        if self._until != midnight:
            await self._sum_until(midnight)
        self._checked_at = commits
        return midnight

    async def _sum_until(self, midnight: datetime) -> None:
        start = self._until or await self._first_midnight(midnight)
        for portion in _portions(start, midnight):
            async with self._store.reading() as read:
                found = await read.traded_by_day(since=portion[0], until=portion[1])
            for day in sorted(found):
                self._days.append(day)
                self._sums.append({**self._sums[-1], **_grouped([*self._sums[-1].values(), *found[day]])})
            await asyncio.sleep(0)
        self._until, self._counted = midnight, await self._count(midnight)

    async def _first_midnight(self, midnight: datetime) -> datetime:
        """Before which no fill lies: money came in first, unless the owner's own trades are older still."""
        async with self._store.reading() as read:
            flows = await read.cash_flows()
            start = last_midnight(min((flow.at for flow in flows), default=midnight))
            return start if not await read.count_fills(until=start) else _LONG_AGO

    async def _count(self, until: datetime) -> int:
        async with self._store.reading() as read:
            return await read.count_fills(until=until)

    def _whole_days(self, first: datetime | None, last: datetime) -> Iterable[Traded]:
        """The sums of the days from `first` up to `last`."""
        until = self._sums[bisect_left(self._days, last.date())]
        since = {} if first is None else self._sums[bisect_left(self._days, first.date())]
        found = (_less(total, since.get(group)) for group, total in until.items())
        return [each for each in found if each.trades]


def _grouped(traded: Iterable[Traded]) -> dict[Group, Traded]:
    sums: dict[Group, Traded] = {}
    for each in traded:
        group = each.symbol, each.side
        sums[group] = _plus(sums[group], each) if group in sums else each
    return sums


def _added(traded: Iterable[Traded]) -> Sequence[Traded]:
    return [each for _, each in sorted(_grouped(traded).items())]


def _plus(one: Traded, other: Traded) -> Traded:
    return Traded(
        one.symbol,
        one.side,
        one.trades + other.trades,
        one.wins + other.wins,
        EXACT.add(one.realized, other.realized),
        EXACT.add(one.fees, other.fees),
        EXACT.add(one.made, other.made),
    )


def _less(total: Traded, before: Traded | None) -> Traded:
    if before is None:
        return total
    return Traded(
        total.symbol,
        total.side,
        total.trades - before.trades,
        total.wins - before.wins,
        EXACT.subtract(total.realized, before.realized),
        EXACT.subtract(total.fees, before.fees),
        EXACT.subtract(total.made, before.made),
    )


def _portions(start: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    while start < end:
        yield start, min(start + _PORTION, end)
        start += _PORTION


def last_midnight(moment: datetime) -> datetime:
    """The UTC midnight at or before `moment`."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), UTC)


def _next_midnight(moment: datetime) -> datetime:
    """`moment` itself where it is one."""
    midnight = last_midnight(moment)
    return midnight if midnight == moment else midnight + _DAY
