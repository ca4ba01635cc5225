"""Balances, fees, costs and profit, each against a plain sum over the stored facts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.store.facts import model_call
from tests.world import START, SmallWorld, started
from trading.contract import Amount, AmountUnit, Window
from trading.contract.books import ModelCosts
from trading.domain.order import Fill, Side
from trading.exchange.ports import FeeRates
from trading.store.port import Queries
from trading.views.portions import portions
from trading.views.profit import unit_for

EVER = Window(START, START + timedelta(days=400), "all")


async def months_of_trading() -> SmallWorld:
    """Buys and sells over three months, a point of the curve at every midnight of Denver."""
    world = await started()
    for day in range(90):
        world.clock.advance_to(datetime(2025, 3, 4, 7, tzinfo=UTC) + timedelta(days=day))
        world.tell("BTC/USD", 100 + day % 7)
        world.tell("ETH/USD", 10 - day % 3)
        if day % 10 == 0:
            await world.buy("0.5")
        if day % 20 == 10:
            await world.sell("0.3")
            await world.buy("3", "ETH/USD")
        await world.core.curve.sample()
    return world


async def fills_of(world: SmallWorld) -> Sequence[Fill]:
    async with world.store.reading() as read:
        return await read.fills()


async def test_fees_are_the_sum_of_the_fills_of_the_window() -> None:
    world = await months_of_trading()
    april = Window(datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC), "in April")
    for window in (april, world.desk.window("all")):
        assert window is not None
        fills = [fill for fill in await fills_of(world) if window.start <= fill.at < window.end or window is not april]
        paid = await world.desk.books.fees(window)
        assert (paid.trades, paid.total) == (len(fills), sum(fill.fee.amount for fill in fills))
        assert paid.turnover == sum(fill.price * fill.quantity for fill in fills)
        assert sum(paid.by_symbol.values()) == sum(paid.by_currency.values()) == paid.total
        assert paid.share == paid.total / paid.turnover


async def test_fees_agree_with_profit_and_performance() -> None:
    world = await months_of_trading()
    for words in ("all", "last 30 days", "last month", "today"):
        window = world.desk.window(words)
        assert window is not None
        paid, pnl = await world.desk.books.fees(window), await world.desk.pnl(window)
        performance = await world.desk.performance(window)
        assert (paid.total, paid.trades) == (pnl.fees, pnl.trades)
        assert performance is None or (performance.fees, performance.trades) == (paid.total, paid.trades)


async def test_rates_and_what_resting_orders_would_cost(world: SmallWorld) -> None:
    await world.buy("2")
    world.core.adapters.fees.put("BTC/USD", FeeRates(maker=Decimal("0.001"), taker=Decimal("0.002")))
    world.clock.advance(60)
    paid = await world.desk.books.fees(EVER)
    assert paid.as_maker == 200 * Decimal("0.001")
    ages = {rate.symbol: rate.age for rate in paid.rates}
    assert ages == {"BTC/USD": timedelta(minutes=1), "ETH/USD": None, "SOL/USD": None}


async def test_costs_count_slippage_only_where_the_quote_was_kept() -> None:
    world = await started(slippage=Decimal("0.001"))
    await world.buy("1")
    preview = await world.desk.preview_order(Side.BUY, "BTC/USD", Amount(Decimal(100), AmountUnit.QUOTE), "@owner")
    await world.desk.approve(preview.approval.id, "@owner", "web")  # type: ignore[union-attr]
    costs = await world.desk.books.costs(EVER)
    bought = (await fills_of(world))[-1]
    assert (costs.orders, costs.measured, costs.models) == (2, 1, ModelCosts())
    assert costs.slippage == bought.notional - bought.quantity * 100
    assert costs.total == costs.fees + costs.slippage


async def test_a_model_call_of_this_very_instant_is_in_the_costs_up_to_now() -> None:
    world = await started()
    async with world.store.transaction() as tx:
        await tx.add_model_call(model_call("now", at=world.clock.now()))
    for words in ("all", "today"):
        window = world.desk.window(words)
        assert window is not None
        assert [use.calls for use in (await world.desk.books.costs(window)).models.uses] == [1]


async def test_balances_are_cash_and_positions_and_what_is_kept_back() -> None:
    world = await started()
    await world.buy("2")
    world.core.account.hold_outside({"USD": Decimal(30), "BTC": Decimal("0.5")})
    cash, btc = (await world.desk.books.balances()).lines
    assert (cash.currency, cash.total, cash.reserved, cash.free) == ("USD", world.cash, 30, world.cash - 30)
    assert (btc.currency, btc.total, btc.free, btc.value) == ("BTC", 2, Decimal("1.5"), 200)
    assert btc.price_age == timedelta(0) and btc.at_exchange is None


@pytest.mark.parametrize(("words", "unit"), [("last 7 days", "day"), ("last 60 days", "week"), ("all", "week")])
async def test_the_parts_of_profit_add_up_to_the_whole(words: str, unit: str) -> None:
    world = await months_of_trading()
    window = world.desk.window(words)
    assert window is not None
    found = await world.desk.books.profit(window)
    assert found.unit == unit and found.whole == await world.desk.pnl(window)
    assert len(found.parts) <= 14
    assert sum((part.change or Decimal(0) for part in found.parts), Decimal(0)) == found.whole.change
    assert sum(part.trades for part in found.parts) == found.whole.trades
    assert sum(part.realized for part in found.parts) == found.whole.realized


async def test_the_parts_add_up_where_the_market_moves_on_while_they_are_read() -> None:
    world = await months_of_trading()
    world.clock.advance(1800)
    world.tell("BTC/USD", 150)
    window = world.desk.window("last 7 days")
    assert window is not None
    reading = world.store.reading

    def moving() -> AbstractAsyncContextManager[Queries]:
        world.clock.advance(7)
        return reading()

    world.store.reading = moving  # type: ignore[method-assign]
    found = await world.desk.books.profit(window)
    assert sum((part.change or Decimal(0) for part in found.parts), Decimal(0)) == found.whole.change


async def test_profit_by_coin_adds_up_to_realized_and_open() -> None:
    world = await months_of_trading()
    window = world.desk.window("all")
    assert window is not None
    found = await world.desk.books.profit(window)
    assert sum(line.realized for line in found.by_symbol) == found.whole.realized
    assert sum((line.open or Decimal(0) for line in found.by_symbol), Decimal(0)) == found.whole.unrealized_now


@given(st.integers(0, 30_000), st.integers(0, 900))
def test_portions_cover_a_window_without_a_gap(hours: int, days: int) -> None:
    begin = START + timedelta(hours=hours)
    end = begin + timedelta(days=days)
    cuts = list(portions(begin, end))
    assert (cuts[0][0], cuts[-1][1]) == (begin, end)
    assert all(one[1] == next_[0] for one, next_ in pairwise(cuts))
    assert all(stop - at <= timedelta(days=7) for at, stop in cuts)


@given(st.integers(0, 5000))
def test_a_unit_makes_at_most_fourteen_parts_of_days_and_weeks(days: int) -> None:
    unit = unit_for(Window(START, START + timedelta(days=days), ""))
    assert unit == "month" or days / {"day": 1, "week": 7}[unit] <= 13
