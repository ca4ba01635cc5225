"""Promise 7: each fill counts once, however often, in whatever order and in whatever pieces the venue tells of it.

Compared are quantities, cash, fees and the ledger, which no order can change. Average cost and realized profit are
not: by their definition they depend on whether a buy came before a sale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from tests.proof import Proof
from tests.world import START, SmallWorld, started
from trading.domain.money import ZERO, Money
from trading.domain.order import Batch, Fill, Order, OrderStatus, Side, Source
from trading.domain.portfolio import CashFlow
from trading.exchange.ports import VenueOrder
from trading.orders.manager import OrderManager
from trading.portfolio.ledger import disagreements, flow_postings, residual
from trading.store.memory import MemoryStore

HISTORIES = 10_000
TOLD_ON_THE_WAY = (OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED)


@dataclass(slots=True)
class History:
    """One order and the trades that were really made, as the venue's own books have them."""

    order: Order
    trades: tuple[Fill, ...]

    @property
    def quantity(self) -> Decimal:
        return sum((fill.quantity for fill in self.trades), ZERO)

    @property
    def cash(self) -> Decimal:
        paid = sum((fill.notional for fill in self.trades), ZERO)
        return (-paid if self.order.side is Side.BUY else paid) - self.fees

    @property
    def fees(self) -> Decimal:
        return sum((fill.fee.amount for fill in self.trades), ZERO)


def a_history(world: SmallWorld, batch_id: str, name: str, chance: Random) -> History:
    side = chance.choice((Side.BUY, Side.SELL))
    parts = [Decimal(chance.randint(1, 10**6)).scaleb(-4) for _ in range(chance.randint(1, 4))]
    intent = world.intent(side, str(sum(parts)), id=name, batch_id=batch_id)
    order = Order(name, intent, OrderStatus.SUBMITTED, START, START)
    return History(order, tuple(a_trade(order, number, part, chance) for number, part in enumerate(parts)))


def a_trade(order: Order, number: int, quantity: Decimal, chance: Random) -> Fill:
    price, rate = Decimal(chance.randint(1, 10**7)).scaleb(-2), Decimal(chance.randint(0, 40)).scaleb(-4)
    fee = Money(quantity * price * rate, "USD")
    name = f"{order.client_order_id}-{number}"
    return Fill(name, order.client_order_id, order.symbol, order.side, price, quantity, fee, START)


def told(history: History, chance: Random) -> Sequence[VenueOrder]:
    """What the venue says, message by message: parts of the truth, shuffled and repeated, and once all of it."""
    trades, order = history.trades, history.order
    messages = [
        VenueOrder(order.client_order_id, "v", chance.choice(TOLD_ON_THE_WAY), _some(trades, chance))
        for _ in range(chance.randint(0, 3))
    ]
    whole = VenueOrder(
        order.client_order_id, "v", OrderStatus.FILLED, _shuffled((*trades, chance.choice(trades)), chance)
    )
    messages.insert(chance.randint(0, len(messages)), whole)
    return messages


def _some(trades: Sequence[Fill], chance: Random) -> tuple[Fill, ...]:
    return tuple(chance.choice(trades) for _ in range(chance.randint(0, len(trades))))


def _shuffled(trades: Sequence[Fill], chance: Random) -> tuple[Fill, ...]:
    return tuple(chance.sample(trades, len(trades)))


async def deep_pockets() -> SmallWorld:
    """A world that holds enough of everything that no order of buys and sales runs out of it."""
    world = await started(MemoryStore())
    flow = CashFlow("opening", Money(Decimal(10**9), "BTC"), START, "opening balance", value=Decimal(10**11))
    world.core.account.book.apply_flow(flow)
    async with world.store.transaction() as tx:
        await tx.add_cash_flow(flow)
        await tx.add_postings(flow_postings(flow))
    return world


async def live_through(world: SmallWorld, histories: Sequence[History], chance: Random) -> None:
    """Everything that is told about these orders, mixed, through the way on which fills are really booked."""
    manager: OrderManager = world.core.intake._manager
    async with world.store.transaction() as tx:
        await tx.add_batch(Batch(histories[0].order.intent.batch_id, Source.STRATEGY, "a test", "a test", START))
        await tx.add_orders([history.order for history in histories])
    queues = [list(told(history, chance)) for history in histories]
    known = [history.order for history in histories]
    while waiting := [n for n, queue in enumerate(queues) if queue]:
        n = chance.choice(waiting)
        known[n] = await manager.apply(known[n], queues[n].pop(0))
    for history, order in zip(histories, known, strict=True):
        assert (order.filled_quantity, order.fee) == (history.quantity, history.fees)


async def test_each_trade_counts_once_however_it_is_told(proof: Proof, scale: int) -> None:
    world, chance = await deep_pockets(), Random(7)
    book = world.core.account.book
    cases = 0
    while cases < HISTORIES * scale:
        cash, held, fees = book.cash, world.held(), book.fees
        histories = [a_history(world, f"batch-{cases}", f"order-{cases + n}", chance) for n in range(4)]
        await live_through(world, histories, chance)
        bought = sum((h.quantity if h.order.side is Side.BUY else -h.quantity for h in histories), ZERO)
        assert world.held() - held == bought
        assert book.cash - cash == sum((h.cash for h in histories), ZERO)
        assert book.fees - fees == sum((h.fees for h in histories), ZERO)
        cases += len(histories)
    async with world.store.reading() as read:
        totals = await read.account_totals()
        trades = [fill.trade_id for fill in await read.fills()]
    assert len(trades) == len(set(trades))
    assert (residual(totals), disagreements(totals, book)) == (0, {})
    proof(7, cases=cases)
