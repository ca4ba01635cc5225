"""How the program is doing, in facts: the loop, prices, orders, the account, the store, the decider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from trading.clock import Clock
from trading.contract import Safety
from trading.contract.books import Health, LoopDelay, Version
from trading.domain.order import Order, OrderStatus
from trading.domain.plan import Cycle, CycleOutcome
from trading.market.quotes import QuoteCache
from trading.store.migrations import HEAD
from trading.store.port import Store
from trading.views.overview import Overview
from trading.views.process import resident_bytes, store_file
from trading.views.versions import library_versions, program_version, python_version
from trading.watchdog import Watchdog


@dataclass(frozen=True, slots=True)
class Machinery:
    """What runs. `database` is the SQLite file, None for a server; older than `max_age` no price trades."""

    store: Store
    quotes: QuoteCache
    watched: Sequence[str]
    max_age: timedelta
    watchdog: Watchdog
    people: Clock
    database: Path | None
    decider: Callable[[], str]


class HealthViews:
    """Looks at the machinery; `started_at` is when these views were made."""

    def __init__(self, overview: Overview, safety: Safety, machinery: Machinery) -> None:
        self._overview = overview
        self._safety = safety
        self._machinery = machinery
        self._started_at = machinery.people.now()

    async def health(self) -> Health:
        machinery, status = self._machinery, await self._overview.status()
        ages = {symbol: machinery.quotes.age(symbol) for symbol in machinery.watched}
        lag, check = machinery.watchdog.lag(), await self._safety.account_check()
        async with machinery.store.reading() as read:
            orders, cycles = await read.open_orders(), await read.cycles(1)
        newest = cycles[-1] if cycles else None
        return Health(
            world=status.world,
            at=status.at,
            now=machinery.people.now(),
            started_at=self._started_at,
            state=status.state,
            delay=LoopDelay(lag.p99, lag.maximum, lag.beats),
            price_ages=ages,
            late_symbols=tuple(symbol for symbol, age in ages.items() if age is None or age > machinery.max_age),
            orders_open=sum(order.status is not OrderStatus.INTENDED for order in orders),
            orders_in_doubt=_in_doubt(orders),
            compared_at=check.at if check else None,
            agreed=check.clean if check else None,
            store=await asyncio.to_thread(store_file, machinery.database),
            decider=machinery.decider(),
            decided_at=newest.at if newest else None,
            failed=_failure(newest),
            memory=resident_bytes(),
            alerts=status.alerts,
        )

    async def version(self) -> Version:
        libraries = await asyncio.to_thread(library_versions)
        return Version(
            world=(await self._overview.status()).world,
            program=program_version(),
            python=python_version(),
            schema=HEAD,
            started_at=self._started_at,
            libraries=libraries,
        )


def _in_doubt(orders: Sequence[Order]) -> int:
    return sum(order.status is OrderStatus.UNKNOWN for order in orders)


def _failure(newest: Cycle | None) -> str:
    """Why the newest decision could not be made; empty where it could."""
    return newest.reason if newest is not None and newest.outcome is CycleOutcome.FAILED else ""
