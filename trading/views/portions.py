"""Fills of a long window in weekly portions, so that no single read holds the event loop up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta

from trading.contract import Window
from trading.domain.order import Fill
from trading.store.port import Store

WEEK = timedelta(days=7)


async def fills_by_week(store: Store, window: Window, now: datetime) -> AsyncIterator[Sequence[Fill]]:
    """Fills with start <= at < end, oldest first, a portion per week; the loop turns between two portions.

    A window that reaches `now` has no end yet: what happened at this very instant is in it.
    """
    for start, end in portions(window.start, window.end):
        async with store.reading() as read:
            fills = await read.fills(since=start, until=end if end < now else None)
        if fills:
            yield fills
        await asyncio.sleep(0)


def portions(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """`start`..`end` cut into weeks, the last one shorter; one portion at least."""
    while end - start > WEEK:
        yield start, start + WEEK
        start += WEEK
    yield start, end
