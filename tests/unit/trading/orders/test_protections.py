"""Exit levels follow the entry price, in whole ticks, over restarts, and go with the position."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.world import START, instrument, rules, started
from trading.domain.money import ZERO, Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import Protection
from trading.orders.protections import ExitRules, Protections
from trading.portfolio.book import Book
from trading.store.memory import MemoryStore
from trading.store.port import Store

BOTH = rules(exits=ExitRules(Decimal("0.02"), Decimal("0.03")))


async def test_a_buy_sets_both_levels_from_the_price_paid_fees_left_out(any_store: Store) -> None:
    world = await started(any_store, BOTH)
    await world.buy("1")
    expected = Protection("BTC/USD", Decimal("98.00"), Decimal("103.00"), Decimal(100))
    assert world.core.protections.get("BTC/USD") == expected
    again = await world.restarted()
    assert again.core.protections.get("BTC/USD") == expected


async def test_a_second_buy_moves_them_to_the_average_entry() -> None:
    world = await started(told=BOTH)
    await world.buy("1")
    world.tell("BTC/USD", 110)
    await world.buy("3")
    protection = world.core.protections.get("BTC/USD")
    assert protection == Protection("BTC/USD", Decimal("105.35"), Decimal("110.72"), Decimal("107.5"))


async def test_a_partial_sale_leaves_them_and_a_full_one_takes_them_away(any_store: Store) -> None:
    world = await started(any_store, BOTH)
    await world.buy("2")
    world.tell("BTC/USD", 101)
    await world.sell("1")
    assert world.core.protections.get("BTC/USD") is not None
    await world.sell("1")
    assert world.core.protections.get("BTC/USD") is None
    assert world.core.protections.symbols() == ()
    assert (await world.restarted()).core.protections.get("BTC/USD") is None


def a_fill(side: Side, quantity: str, price: str) -> Fill:
    return Fill("t", "o", "BTC/USD", side, Decimal(price), Decimal(quantity), Money(ZERO, "USD"), START, margin=True)


async def test_the_levels_of_a_short_position_are_upside_down_and_follow_it_through_zero() -> None:
    store, book, protections = MemoryStore(), Book("USD"), Protections(BOTH.exits)

    async def after(side: Side, quantity: str, price: str) -> Protection | None:
        fill = a_fill(side, quantity, price)
        book.apply_fill(fill)
        async with store.transaction() as tx:
            await protections.after_fill(tx, fill, book.position("BTC/USD"), instrument())
        async with store.reading() as read:
            assert tuple(await read.protections()) == protections.checkpoint()
        return protections.get("BTC/USD")

    short = Protection("BTC/USD", Decimal("102.00"), Decimal("97.00"), Decimal(100))
    assert await after(Side.SELL, "2", "100") == short
    assert await after(Side.BUY, "1", "99") == short
    assert await after(Side.SELL, "1", "110") == Protection(
        "BTC/USD", Decimal("107.10"), Decimal("101.85"), Decimal(105)
    )
    assert await after(Side.BUY, "3", "100") == Protection("BTC/USD", Decimal("98.00"), Decimal("103.00"), Decimal(100))
    assert await after(Side.SELL, "1", "100") is None


@pytest.mark.parametrize(
    ("price", "stop", "target"),
    [
        ("100.37", "98.36", "103.38"),
        ("33.33", "32.66", "34.33"),
        ("0.51", "0.50", "0.53"),
        ("1000.01", "980.01", "1030.01"),
    ],
)
async def test_levels_lie_on_ticks(price: str, stop: str, target: str) -> None:
    world = await started(told=BOTH)
    world.tell("BTC/USD", price)
    await world.buy("0.5" if Decimal(price) > 50 else "15")
    protection = world.core.protections.get("BTC/USD")
    assert protection is not None
    assert (protection.stop, protection.target) == (Decimal(stop), Decimal(target))


@pytest.mark.parametrize(
    ("exits", "stop", "target"),
    [
        (ExitRules(None, Decimal("0.03")), None, Decimal("103.00")),
        (ExitRules(Decimal("0.02"), None), Decimal("98.00"), None),
        (ExitRules(None, None), None, None),
    ],
)
async def test_each_level_can_be_turned_off(exits: ExitRules, stop: Decimal | None, target: Decimal | None) -> None:
    world = await started(told=rules(exits=exits))
    await world.buy("1")
    assert world.core.monitor.levels("BTC/USD") == (stop, target)
