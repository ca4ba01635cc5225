"""What is free: what is held less what orders on their way have set aside."""

from __future__ import annotations

from decimal import Decimal

from tests.world import START, SmallWorld
from trading.domain.order import Order, OrderStatus, Side


def on_its_way(world: SmallWorld, side: Side, quantity: str, name: str) -> Order:
    return Order(name, world.intent(side, quantity), OrderStatus.SUBMITTED, START, START)


async def test_with_nothing_on_its_way_everything_is_free(world: SmallWorld) -> None:
    await world.buy("2")
    account = world.core.account
    assert account.free_cash() == account.book.cash
    assert account.free_holding("BTC/USD") == 2


async def test_a_buy_sets_cash_aside_and_a_sale_its_quantity(world: SmallWorld) -> None:
    await world.buy("2")
    account, cash = world.core.account, world.cash
    buy, sale = on_its_way(world, Side.BUY, "1", "a"), on_its_way(world, Side.SELL, "0.5", "b")
    account.reserve(buy, Decimal("100.4"))
    account.reserve(sale, Decimal(0))
    assert (account.free_cash(), account.free_holding("BTC/USD")) == (cash - Decimal("100.4"), Decimal("1.5"))
    assert account.free_holding("ETH/USD") == 0
    account.release(buy)
    account.release(sale)
    account.release(sale)
    assert (account.free_cash(), account.free_holding("BTC/USD")) == (cash, 2)


async def test_reserving_again_replaces_the_reservation(world: SmallWorld) -> None:
    buy = on_its_way(world, Side.BUY, "1", "a")
    world.core.account.reserve(buy, Decimal(100))
    world.core.account.reserve(buy, Decimal(60))
    assert world.core.account.free_cash() == 940


async def test_equity_is_at_the_middle_of_bid_and_ask_and_unknown_without_a_price(world: SmallWorld) -> None:
    await world.buy("2")
    world.tell("BTC/USD", 130)
    assert world.core.account.equity() == world.cash + 260
    assert (await world.restarted()).core.account.equity() is None
