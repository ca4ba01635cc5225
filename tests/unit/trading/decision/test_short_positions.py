"""A short position from its sale to its exit, on the paper venue with margin: stop above, target below, exact books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.world import SmallWorld, rules, started
from trading.domain.order import Batch, Order, OrderStatus, Side, Source, client_order_id
from trading.errors import OutcomeUnknown
from trading.exchange.margin import MarginTerms
from trading.exchange.ports import VenueOrder
from trading.orders.protections import ExitRules
from trading.portfolio.ledger import disagreements, flow_postings

TOLD = rules(exits=ExitRules(Decimal("0.02"), Decimal("0.03")))
TERMS = MarginTerms(opening_fee=Decimal("0.0002"), rollover_fee=Decimal("0.0003"))
SOLD_FOR = 200 - Decimal("0.8") - Decimal("0.04")
"""2 BTC at 100, less the taker's fee and the fee for opening."""


async def short_of_two(told_by: str = "a test") -> SmallWorld:
    """2 BTC sold short at 100, with the stop at 102 and the target at 97."""
    world = await started(told=TOLD, margin=TERMS)
    now = world.clock.now()
    intent = world.intent(Side.SELL, "2", id="short", batch_id="short", margin=True, reduce_only=False)
    order = Order(client_order_id(intent), intent, OrderStatus.INTENDED, now, now)
    async with world.store.transaction() as tx:
        await tx.add_batch(Batch("short", Source.STRATEGY, told_by, told_by, now))
        await tx.add_orders([order])
    placed = await world.core.intake._manager.place(order)
    assert placed.status is OrderStatus.FILLED
    world.venue.placed.clear()
    return world


async def agrees(world: SmallWorld) -> bool:
    async with world.store.reading() as read:
        totals = await read.account_totals()
    return not await world.core.residual() and disagreements(totals, world.core.account.book) == {}


async def test_a_short_sale_brings_cash_and_owes_coins() -> None:
    world = await short_of_two()
    assert (world.held(), world.cash) == (-2, 1000 + SOLD_FOR)
    assert world.core.monitor.levels("BTC/USD") == (102, 97)
    assert world.core.account.equity() == 800 + SOLD_FOR
    assert await agrees(world)


@pytest.mark.parametrize(
    ("price", "source", "reason"),
    [
        ("101.99", None, ""),
        ("102", Source.STOP, "BTC rose to 102, 2.0 % above the entry of 100.00 (stop 102.00)."),
        ("120", Source.STOP, "BTC rose to 120, 20.0 % above the entry of 100.00 (stop 102.00)."),
        ("97.01", None, ""),
        ("97", Source.TARGET, "BTC fell to 97, 3.0 % below the entry of 100.00 (target 97.00)."),
        ("50", Source.TARGET, "BTC fell to 50, 50.0 % below the entry of 100.00 (target 97.00)."),
    ],
)
async def test_its_stop_lies_above_and_its_target_below(price: str, source: Source | None, reason: str) -> None:
    world = await short_of_two()
    await world.tick("BTC/USD", price)
    assert [(o.intent.source, o.intent.reason) for o in world.venue.placed] == ([(source, reason)] if source else [])
    assert world.held() == (0 if source else -2)
    assert await agrees(world)


@pytest.mark.parametrize("price", ["102", "97"])
async def test_buying_it_back_books_profit_and_loss_exactly(price: str) -> None:
    world = await short_of_two()
    await world.tick("BTC/USD", price)
    (cover,) = world.venue.placed
    assert (cover.side, cover.intent.quantity) == (Side.BUY, 2)
    assert cover.intent.reduce_only
    assert cover.intent.margin
    assert cover.intent.protective
    profit = SOLD_FOR - 2 * Decimal(price) * Decimal("1.004")
    assert world.cash == 1000 + profit
    assert world.core.account.book.realized_of() == {"BTC/USD": profit}
    assert world.core.monitor.levels("BTC/USD") == (None, None)
    async with world.store.reading() as read:
        assert [fill.realized for fill in await read.fills()] == [0, profit]


async def test_a_cover_that_may_have_arrived_is_not_sent_again() -> None:
    world = await short_of_two()

    async def silent(order: Order) -> VenueOrder:
        raise OutcomeUnknown("the connection broke")

    world.venue.script.append(silent)
    await world.tick("BTC/USD", "103")
    await world.tick("BTC/USD", "104")
    assert len(world.venue.placed) == 1
    assert world.held() == -2


async def test_its_rollovers_are_costs_and_the_books_agree() -> None:
    world = await short_of_two()
    book = world.core.account.book
    world.clock.advance(9 * 3600)
    for fee in world.venue.paper.rollovers():
        async with world.store.transaction() as tx:
            assert await tx.add_cash_flow(fee)
            await tx.add_postings(flow_postings(fee))
        book.apply_flow(fee)
    assert world.cash == 1000 + SOLD_FOR - 2 * Decimal("0.06")
    assert book.realized_of() == {"BTC/USD": Decimal("-0.12")}
    assert book.fees == Decimal("0.84") + Decimal("0.12")
    assert await agrees(world)


async def test_a_restart_finds_it_as_it_was_and_still_stops_it() -> None:
    world = await short_of_two()
    again = await world.restarted()
    assert again.core.account.book.checkpoint() == world.core.account.book.checkpoint()
    assert again.core.monitor.levels("BTC/USD") == (102, 97)


async def test_nothing_is_sold_short_through_the_intake() -> None:
    world = await started(told=TOLD)
    refused = await world.submit(world.intent(Side.SELL, "1", margin=True, reduce_only=False))
    assert world.venue.placed == []
    assert "no free BTC to sell" in str(refused)
