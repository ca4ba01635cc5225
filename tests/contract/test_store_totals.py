"""What every store says about many fills at once is what the fills themselves say."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.contract.stores import ADAPTERS, opened
from tests.unit.trading.store.facts import at, batch, fill, order
from trading.domain.money import Money
from trading.domain.order import Fill, OrderStatus, Side
from trading.domain.portfolio import Traded
from trading.store.port import Store

SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(str(request.param), tmp_path) as store:
        await keep_fills(store, 60)
        yield store


async def keep_fills(store: Store, count: int) -> None:
    """`count` fills of one order, a minute apart: all symbols, both sides, gains and losses, fees in any currency."""
    dice = random.Random(5)
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(status=OrderStatus.PARTIALLY_FILLED)])
        for n in range(count):
            await tx.add_fill(
                replace(
                    fill(trade_id=f"t{n}"),
                    symbol=dice.choice(SYMBOLS),
                    side=dice.choice([*Side]),
                    at=at(n),
                    realized=Decimal(dice.randint(-500, 500)).scaleb(-dice.randint(0, 20)),
                    fee=Money(Decimal(dice.randint(0, 99)).scaleb(-4), dice.choice(["USD", "BTC"])),
                    fee_value=dice.choice([None, Decimal("0.25")]),
                )
            )


SPANS: Sequence[tuple[datetime | None, datetime | None]] = (
    (None, None),
    (at(10), None),
    (None, at(50)),
    (at(10), at(50)),
    (at(90), None),
)


async def test_the_sums_are_those_of_the_fills(store: Store) -> None:
    async with store.reading() as read:
        for since, until in SPANS:
            fills = await read.fills(since=since, until=until)
            assert list(await read.traded(since=since, until=until)) == expected(fills)


async def test_fills_are_chosen_and_counted_alike(store: Store) -> None:
    async with store.reading() as read:
        for (since, until), symbol, side in product(SPANS, (None, "ETH/USD", "ADA/USD"), (None, *Side)):
            fills = await read.fills(since=since, until=until)
            chosen = [each for each in fills if each.symbol == (symbol or each.symbol) and side in (None, each.side)]
            assert await read.fills(since=since, until=until, symbol=symbol, side=side) == chosen
            assert await read.fills(since=since, until=until, symbol=symbol, side=side, limit=3) == chosen[-3:]
            assert await read.count_fills(since=since, until=until, symbol=symbol, side=side) == len(chosen)


def expected(fills: Sequence[Fill]) -> list[Traded]:
    groups = sorted({(each.symbol, each.side) for each in fills})
    return [sums([each for each in fills if (each.symbol, each.side) == group]) for group in groups]


def sums(fills: Sequence[Fill]) -> Traded:
    return Traded(
        fills[0].symbol,
        fills[0].side,
        trades=len(fills),
        wins=sum(each.realized > 0 for each in fills),
        realized=sum((each.realized for each in fills), Decimal(0)),
        fees=sum((each.fee_worth for each in fills), Decimal(0)),
        made=sum((each.realized for each in fills if each.realized > 0), Decimal(0)),
    )


async def test_the_best_and_the_worst_sales_are_those_of_all(store: Store) -> None:
    async with store.reading() as read:
        for (since, until), symbol in product(SPANS, (None, "ETH/USD", "ADA/USD")):
            sales = await read.fills(since=since, until=until, symbol=symbol, side=Side.SELL)
            amounts = sorted(sale.realized for sale in sales)
            best = await read.best_sales(since=since, until=until, symbol=symbol, limit=4)
            worst = await read.worst_sales(since=since, until=until, symbol=symbol, limit=4)
            assert [sale.realized for sale in best] == [each for each in reversed(amounts) if each > 0][:4]
            assert [sale.realized for sale in worst] == [each for each in amounts if each <= 0][:4]
            assert {sale.trade_id for sale in [*best, *worst]} <= {sale.trade_id for sale in sales}


async def test_the_sums_by_day_are_those_of_each_days_fills(store: Store) -> None:
    since, until = at(5), at(55)
    async with store.reading() as read:
        fills = await read.fills(since=since, until=until)
        found = await read.traded_by_day(since=since, until=until)
    days = sorted({each.at.date() for each in fills})
    assert sorted(found) == days
    assert [list(found[day]) for day in days] == [expected([e for e in fills if e.at.date() == day]) for day in days]
