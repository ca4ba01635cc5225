"""The ledger of what models took: one row for each request, and the day's sum, kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

from trading.brain.budget import Budget, Spent
from trading.brain.charge import current_charge
from trading.brain.meter import Reservation, Used
from trading.brain.prices import PriceTable
from trading.clock import Clock
from trading.domain.usage import ModelCall
from trading.store.port import Store, Transaction

_META = "model_budget"


class UsageLedger:
    """Implements `Meter`: keeps `budget`, and writes down every request in a transaction of its own.

    The budget's day is people's (`people`, in the zone that `zone` tells), because that is when money is spent; rows
    are dated by `clock`, the market's, as everything else in the books is.
    """

    def __init__(
        self,
        store: Store,
        prices: PriceTable,
        budget: Budget,
        clock: Clock,
        people: Clock,
        zone: Callable[[], ZoneInfo],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self.prices = prices
        self.budget = budget
        self._clock = clock
        self._people = people
        self.zone = zone
        self._new_id = new_id

    async def load(self) -> None:
        """Take up what was spent today before the last stop."""
        async with self._store.reading() as read:
            kept = json.loads(await read.meta(_META) or "{}")
        if kept:
            self.budget.day, self.budget.spent = kept["day"], Spent(Decimal(kept["cost"]), kept["tokens"])

    def today(self) -> Spent:
        """What is spent today, requests under way included."""
        self._begin()
        return self.budget.taken

    async def reserve(self, model: str, input_tokens: int, output_tokens: int) -> Reservation:
        self._begin()
        cost, charge = self.prices.estimate(model, input_tokens, output_tokens), current_charge()
        reservation = Reservation(model, input_tokens, output_tokens, cost, charge)
        self.budget.reserve(reservation)
        try:
            # Before it is made: what a crash cuts off counts as spent.
            async with self._store.transaction() as tx:
                await self._keep(tx)
        except BaseException:
            self.budget.settle(reservation, None, 0)
            raise
        charge.requests += 1
        return reservation

    async def settle(self, reservation: Reservation, used: Used) -> None:
        self._begin()
        tokens = used.tokens or (reservation.input_tokens, reservation.output_tokens)
        cost = self.prices.estimate(reservation.model, *tokens)
        self.budget.settle(reservation, cost, sum(tokens))
        async with self._store.transaction() as tx:
            await tx.add_model_call(self._row(reservation, used, tokens, cost))
            await self._keep(tx)

    def _row(self, reservation: Reservation, used: Used, tokens: tuple[int, int], cost: Decimal | None) -> ModelCall:
        charge = reservation.charge
        return ModelCall(
            id=self._new_id(),
            at=self._clock.now(),
            purpose=charge.purpose,
            cycle_id=charge.cycle_id,
            model=reservation.model,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            cost=cost,
            seconds=used.seconds,
            outcome=used.outcome,
        )

    def _begin(self) -> None:
        self.budget.begin(self._people.now().astimezone(self.zone()).date())

    async def _keep(self, tx: Transaction) -> None:
        taken = self.budget.taken
        kept = {"day": self.budget.day, "cost": str(taken.cost), "tokens": taken.tokens}
        await tx.put_meta(_META, json.dumps(kept))
