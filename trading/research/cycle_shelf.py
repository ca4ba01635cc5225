"""Decisions looked up for the command line: by id, by its beginning, or the newest; on a database that is only read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from trading.contract.books.cycles import CycleStory
from trading.domain.plan import Cycle
from trading.errors import Fatal
from trading.store.read_only import opened_for_reading
from trading.views.cycles import CycleViews

LISTED = 10


class CycleShelf:
    """What is on record. Every failure is one sentence that says what to do."""

    def __init__(self, views: CycleViews) -> None:
        self._views = views

    async def newest(self) -> Sequence[Cycle]:
        """Newest first."""
        return await self._views.recent(LISTED)

    async def story(self, name: str) -> CycleStory:
        """The decision whose id begins with `name`, whatever its case. Raises Fatal for none, and for several."""
        found = await self._views.find(name.strip().lower())
        if len(found) > 1:
            ids = ", ".join(cycle.id[: len(name) + 4] for cycle in found[:5])
            raise Fatal(f"{len(found)} decisions begin with {name} ({ids}); write more of the id.")
        told = await self._views.story(found[0].id) if found else None
        if told is None:
            raise Fatal(f"No decision begins with {name}; the newest ones: main.py cycle")
        return told


@asynccontextmanager
async def opened_shelf(database_url: str) -> AsyncIterator[CycleShelf]:
    """The records in a database, also while a bot writes to it. Raises Fatal where there is none to read."""
    async with opened_for_reading(database_url) as store:
        yield CycleShelf(CycleViews(store))
