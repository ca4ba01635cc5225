"""Where the money lies: in the books alone, or at an exchange whose account the books have to agree with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Protocol

import structlog

from trading.clock import Clock
from trading.domain.money import Money
from trading.domain.order import OrderIntent
from trading.domain.portfolio import CashFlow
from trading.domain.risk import Refused
from trading.errors import NeedsOperator, Retryable
from trading.orders.bookkeeper import Bookkeeper
from trading.orders.reconciler import Reconciler
from trading.risk.live_permit import LivePermit
from trading.risk.review import Obstacle
from trading.store.port import unclaimed

log = structlog.get_logger(__name__)


class Custody(Protocol):
    """`load` at each start, then `begin` if the portfolio is new, then `check`; `run` beside everything else."""

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """Why this order cannot go out now, as far as the account is concerned."""
        ...

    def alerts(self) -> Sequence[str]:
        """What stops orders now, a sentence each."""
        ...

    async def load(self) -> None: ...

    async def begin(self) -> None:
        """Open the books of a new portfolio. Raises Retryable."""
        ...

    async def check(self) -> None:
        """Compare books and account once."""
        ...

    async def run(self) -> None:
        """Keep comparing, until cancelled."""
        ...


class PaperCustody:
    """The books are all there is; a new portfolio begins with `cash` of `quote`."""

    def __init__(self, books: Bookkeeper, cash: Money, clock: Clock, new_id: Callable[[], str]) -> None:
        self._books = books
        self._cash = cash
        self._clock = clock
        self._new_id = new_id

    def refusal(self, intent: OrderIntent) -> Refused | None:
        return None

    def alerts(self) -> Sequence[str]:
        return ()

    async def load(self) -> None:
        """Nothing to take up."""

    async def begin(self) -> None:
        flow = CashFlow(self._new_id(), self._cash, self._clock.now(), "starting cash")
        await self._books.open_books([flow] if self._cash.amount != Decimal(0) else [], unclaimed)

    async def check(self) -> None:
        """Nothing to compare with."""

    async def run(self) -> None:
        """Nothing to do, for ever: a service that ends would end the program."""
        await asyncio.Event().wait()


class ExchangeCustody:
    """The money is at an exchange; `obstacles` are what that has against an order, `alerts` the same in words."""

    def __init__(
        self,
        permit: LivePermit,
        reconciler: Reconciler,
        obstacles: Sequence[Obstacle],
        alerts: Callable[[], Sequence[str]],
    ) -> None:
        self._permit = permit
        self._reconciler = reconciler
        self._venue_alerts = alerts
        self._obstacles = (permit.refusal, *obstacles, reconciler.refusal)

    def refusal(self, intent: OrderIntent) -> Refused | None:
        return next((refused for look in self._obstacles if (refused := look(intent))), None)

    def alerts(self) -> Sequence[str]:
        return (*self._permit.alerts(), *self._venue_alerts(), *self._reconciler.alerts())

    async def load(self) -> None:
        await self._permit.load()
        await self._reconciler.load()

    async def begin(self) -> None:
        await self._reconciler.begin()

    async def check(self) -> None:
        try:
            await self._reconciler.check()
        except (Retryable, NeedsOperator) as error:
            # Stops must be watched all the same; entries wait for the first look that succeeds.
            log.warning("books and account could not be compared at the start", why=str(error))
        await self._permit.ask()

    async def run(self) -> None:
        await self._reconciler.run()
