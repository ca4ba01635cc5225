"""Quotes in their turn: one at a time per symbol, the newest one, and no symbol behind another."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests.world import START
from trading.domain.market import Quote
from trading.errors import Fatal
from trading.market.per_symbol import PerSymbol


class Worker:
    """Works on quotes until told that one is done."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int]] = []
        self.done: dict[str, asyncio.Event] = {}

    async def __call__(self, symbol: str, quote: Quote) -> None:
        self.seen.append((symbol, int(quote.last)))
        if symbol in self.done:
            await self.done[symbol].wait()


def quote(price: int) -> Quote:
    value = Decimal(price)
    return Quote(value, value, value, START)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_symbol_that_takes_long_delays_no_other() -> None:
    worker = Worker()
    worker.done["BTC/USD"] = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        quotes = PerSymbol(worker, group)
        await quotes.put("BTC/USD", quote(1))
        await settle()
        await quotes.put("ETH/USD", quote(2))
        await settle()
        assert worker.seen == [("BTC/USD", 1), ("ETH/USD", 2)]
        worker.done["BTC/USD"].set()


async def test_of_what_came_meanwhile_only_the_newest_is_worked_on() -> None:
    worker = Worker()
    worker.done["BTC/USD"] = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        quotes = PerSymbol(worker, group)
        for price in (1, 2, 3, 4):
            await quotes.put("BTC/USD", quote(price))
            await settle()
        assert worker.seen == [("BTC/USD", 1)]
        worker.done["BTC/USD"].set()
    assert worker.seen == [("BTC/USD", 1), ("BTC/USD", 4)]


async def test_each_quote_is_worked_on_when_there_is_time() -> None:
    worker = Worker()
    async with asyncio.TaskGroup() as group:
        quotes = PerSymbol(worker, group)
        for price in (1, 2, 3):
            await quotes.put("BTC/USD", quote(price))
            await settle()
    assert [price for _, price in worker.seen] == [1, 2, 3]


async def test_a_fault_ends_the_group() -> None:
    async def breaks(symbol: str, quote: Quote) -> None:
        raise Fatal("the disk is full")

    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.TaskGroup() as group:
            await PerSymbol(breaks, group).put("BTC/USD", quote(1))
    assert [str(error) for error in raised.value.exceptions] == ["the disk is full"]
