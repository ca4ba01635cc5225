"""What questions ask beyond the lists, against plain recomputation from fills, candles and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from tests.questions.desk import traded_desk
from tests.world import FEE, SmallWorld, started
from trading.contract import TradeView, Window
from trading.domain.money import ZERO
from trading.domain.order import Side
from trading.orders.intake import Placed


def always(world: SmallWorld) -> Window:
    found = world.desk.window("all")
    assert found is not None
    return found


async def ranked(world: SmallWorld, symbol: str | None = None) -> tuple[Sequence[TradeView], Sequence[TradeView]]:
    books = world.desk.books
    return await books.best_sales(always(world), symbol), await books.worst_sales(always(world), symbol)


async def test_sales_add_up_to_what_they_realized() -> None:
    world = await traded_desk()
    async with world.store.reading() as read:
        sold = [fill for fill in await read.fills() if fill.side is Side.SELL]
    found = await world.desk.books.sales(always(world))
    assert (found.wins, found.losses, found.count) == (1, 1, 2)
    assert found.made - found.lost == sum((fill.realized for fill in sold), ZERO)
    assert found.profit_factor == found.made / found.lost and found.win_rate == Decimal("0.5")
    best, worst = await ranked(world)
    assert [trade.fill.realized for trade in (*best, *worst)] == [found.made, -found.lost]


async def test_sales_of_one_coin_leave_the_others_out() -> None:
    world = await traded_desk()
    found = await world.desk.books.sales(always(world), "BTC/USD")
    assert (found.wins, found.losses) == (1, 0)
    assert found.profit_factor is None and found.average_loss is None
    best, worst = await ranked(world, "BTC/USD")
    assert {trade.fill.symbol for trade in best} == {"BTC/USD"} and not worst


async def test_without_sales_there_is_no_ratio() -> None:
    world = await started()
    found = await world.desk.books.sales(always(world))
    assert found.win_rate is None and found.average_win is None
    assert await ranked(world) == ((), ())


async def test_a_refused_batch_is_told_with_its_reason_and_who_wished_it() -> None:
    world = await started()
    assert not isinstance(await world.submit(world.intent(Side.SELL, "5")), Placed)
    (found,) = await world.desk.books.refusals()
    assert found.reason and found.at == world.clock.now()
    assert [each.reason for each in await world.desk.books.refusals("BTC/USD")] == [found.reason]
    assert await world.desk.books.refusals("ETH/USD") == []


async def test_refusals_come_newest_first_and_no_more_than_asked() -> None:
    world = await started()
    for symbol in ("BTC/USD", "ETH/USD", "SOL/USD"):
        await world.submit(world.intent(Side.SELL, "5", symbol))
        world.clock.advance(60)
    found = await world.desk.books.refusals(limit=2)
    assert len(found) == 2 and found[0].at > found[1].at
    assert "SOL" in found[0].reason


async def test_indicators_need_candles() -> None:
    world = await traded_desk()
    daily = await world.desk.books.indicators("BTC/USD", "1d")
    assert daily.candles == len(await world.desk.candles("BTC/USD", "1d", 200)) and daily.rsi is not None
    assert daily.lowest is not None and daily.highest is not None and daily.lowest < daily.highest
    finer = await world.desk.books.indicators("BTC/USD", "1m")
    assert (finer.candles, finer.rsi, finer.closed_at, finer.volume) == (0, None, None, None)


async def test_indicators_of_what_is_not_traded_are_refused() -> None:
    with pytest.raises(KeyError):
        await (await started()).desk.books.indicators("DOGE/USD", "1d")


async def test_an_order_that_is_only_reckoned_equals_the_one_that_is_placed() -> None:
    world = await traded_desk()
    reckoned = await world.desk.books.what_if(Side.BUY, "BTC/USD", Decimal(100))
    assert reckoned is not None and reckoned.fee == reckoned.notional * FEE
    world.tell("BTC/USD", reckoned.price)
    await world.buy(str(reckoned.quantity))
    status = await world.desk.status()
    weight = next(held.weight for held in status.holdings if held.base == "BTC")
    assert world.cash == reckoned.cash_after
    assert weight is not None and reckoned.weight_after is not None
    assert abs(weight - reckoned.weight_after) < Decimal("1e-9")


async def test_a_reckoned_sale_brings_cash_and_a_purchase_can_lack_it() -> None:
    world = await traded_desk()
    sale = await world.desk.books.what_if(Side.SELL, "ETH/USD", Decimal(40))
    assert sale is not None and sale.cash_after == world.cash + sale.spent and sale.spent < sale.notional
    large = await world.desk.books.what_if(Side.BUY, "ETH/USD", Decimal(10_000))
    assert large is not None and large.short_of_cash


async def test_the_best_and_worst_sales_follow_what_is_sold_on_later_days() -> None:
    world = await traded_desk()
    _, worst = await ranked(world)
    world.clock.advance(86_400)
    world.tell("SOL/USD", "2")
    await world.sell("50", "SOL/USD")
    best, worst_after = await ranked(world)
    assert [trade.fill.symbol for trade in best] == ["SOL/USD", "BTC/USD"]
    assert worst_after == worst
