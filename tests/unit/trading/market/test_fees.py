"""Fee rates: what the account was told, as old as it is; the default until then."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.world import START
from trading.clock import SimulatedClock
from trading.errors import Retryable
from trading.exchange.ports import FeeRates
from trading.market.fees import FeeTable

DEAR = FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.004"))
CHEAP = FeeRates(maker=Decimal("0.001"), taker=Decimal("0.002"))
DEARER = FeeRates(maker=Decimal("0.003"), taker=Decimal("0.006"))


class Source:
    """An account whose rates change, and that may not answer."""

    def __init__(self, **rates: FeeRates | Retryable) -> None:
        self.rates = rates
        self.asked: list[str] = []
        self.answered = asyncio.Event()

    async def fees(self, symbol: str) -> FeeRates:
        self.asked.append(symbol)
        self.answered.set()
        rates = self.rates[symbol.partition("/")[0]]
        if isinstance(rates, Retryable):
            raise rates
        return rates


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def table(clock: SimulatedClock) -> FeeTable:
    return FeeTable(DEAR, clock)


def test_before_anything_is_told_the_default_counts(table: FeeTable) -> None:
    assert table.rates("BTC/USD") == DEAR
    assert table.taker("BTC/USD") == Decimal("0.004")
    assert table.age("BTC/USD") is None


def test_what_was_told_counts_for_its_own_pair_and_knows_its_age(table: FeeTable, clock: SimulatedClock) -> None:
    table.put("BTC/USD", CHEAP)
    clock.advance(90)
    assert table.taker("BTC/USD") == Decimal("0.002")
    assert table.age("BTC/USD") == timedelta(seconds=90)
    assert table.taker("ETH/USD") == Decimal("0.004")


@pytest.mark.parametrize(("told", "counts"), [(CHEAP, DEAR), (DEARER, DEARER)])
def test_after_a_day_nothing_cheaper_than_the_default_is_believed(
    table: FeeTable, clock: SimulatedClock, told: FeeRates, counts: FeeRates
) -> None:
    table.put("BTC/USD", told)
    clock.advance(86_400)
    assert table.rates("BTC/USD") == told
    clock.advance(1)
    assert table.rates("BTC/USD") == counts


async def test_a_pair_that_cannot_be_asked_for_keeps_its_rates_and_the_others_change(table: FeeTable) -> None:
    table.put("BTC/USD", DEARER)
    with pytest.raises(Retryable, match="busy"):
        await table.refresh(Source(BTC=Retryable("busy"), ETH=CHEAP), ["BTC/USD", "ETH/USD"])
    assert (table.rates("BTC/USD"), table.rates("ETH/USD")) == (DEARER, CHEAP)


async def test_rates_are_asked_for_every_hour_and_an_outage_ends_nothing(
    table: FeeTable, clock: SimulatedClock
) -> None:
    source = Source(BTC=Retryable("busy"))
    task = asyncio.create_task(table.keep_current(source, ["BTC/USD"]))
    for rates, taker in ((Retryable("busy"), DEAR.taker), (CHEAP, CHEAP.taker), (DEARER, DEARER.taker)):
        source.rates, source.answered = {"BTC": rates}, asyncio.Event()
        await asyncio.sleep(0)
        clock.advance(3600)
        async with asyncio.timeout(5):
            await source.answered.wait()
            await asyncio.sleep(0)
        assert table.taker("BTC/USD") == taker
    assert source.asked == ["BTC/USD"] * 3
    task.cancel()
