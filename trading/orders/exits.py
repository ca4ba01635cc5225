"""Sees protective exits through: what a stop did not sell is sent again until it is, and a person is told early on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trading.clock import Clock
from trading.domain.event import ExitFailed
from trading.domain.money import ZERO, round_down
from trading.domain.order import FINAL, Order, OrderStatus, client_order_id
from trading.orders.account import Account
from trading.orders.manager import OrderManager
from trading.store.port import Store

ALARM_AFTER = 4
"""After this many attempts that left something unsold, a person is told to look."""

LONGEST_DELAY = 600.0


def delay_before(attempt: int) -> float:
    """Seconds to wait before attempt 2, 3, ...: 1, 2, 4, up to ten minutes."""
    return min(2.0 ** (attempt - 2), LONGEST_DELAY)


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """A committed, reserved order and how many seconds to wait before it is sent."""

    order: Order
    delay: float


class Exits:
    """Decides whether an exit that ended needs another attempt, and commits it."""

    def __init__(self, store: Store, manager: OrderManager, account: Account, clock: Clock) -> None:
        self._store = store
        self._manager = manager
        self._account = account
        self._clock = clock

    async def next_attempt(self, ended: Order) -> NextAttempt | None:
        """What sells the rest that `ended` left; None where it was no protective exit or only dust is left."""
        if not ended.intent.protective or ended.status not in FINAL or ended.status is OrderStatus.FILLED:
            return None
        async with self._store.reading() as read:
            of_batch = await read.orders_of_batch(ended.intent.batch_id)
        attempts = [order for order in of_batch if order.intent.id == ended.intent.id]
        if any(order.status not in FINAL for order in attempts):
            return None
        rest = self._rest(ended, attempts)
        if self._is_dust(ended, rest):
            return None
        again = await self._commit(ended, rest, len(attempts))
        return NextAttempt(again, delay_before(_in_vain(attempts) + 1))

    def _rest(self, ended: Order, attempts: Sequence[Order]) -> Decimal:
        """What of the first attempt's quantity is neither sold nor gone otherwise."""
        sold = sum((order.filled_quantity for order in attempts), ZERO)
        wanted = attempts[0].intent.quantity - sold if attempts else ZERO
        free = self._account.free_holding(ended.symbol)
        free = -free if ended.intent.covers else free
        return round_down(max(min(wanted, free), ZERO), ended.intent.instrument.lot_step)

    def _is_dust(self, ended: Order, rest: Decimal) -> bool:
        rules, price = ended.intent.instrument, self._account.price(ended.symbol)
        return rest <= ZERO or rest < rules.min_quantity or (price is not None and rest * price < rules.min_notional)

    async def _commit(self, ended: Order, rest: Decimal, attempts: int) -> Order:
        now = self._clock.now()
        intent = replace(ended.intent, quantity=rest)
        again = Order(client_order_id(intent, attempts + 1), intent, OrderStatus.INTENDED, now, now)
        # Set aside before the first wait, or somebody else may sell it meanwhile.
        self._manager.reserve([again])
        try:
            async with self._store.transaction() as tx:
                await tx.add_orders([again])
                if attempts == ALARM_AFTER:
                    await tx.append(ExitFailed(now, ended.symbol, attempts, ended.detail))
        except BaseException:
            self._manager.release([again])
            raise
        return again


def _in_vain(attempts: Sequence[Order]) -> int:
    """How many attempts since one last sold something: a venue that sells in parts is not made to wait longer."""
    selling = [index for index, order in enumerate(attempts, start=1) if order.filled_quantity]
    return max(1, len(attempts) - max(selling, default=0))
