"""Promise 6: an account that holds something else than the books is found out in two looks, named, and entries wait."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.faults.lab.audit import drifts
from tests.faults.lab.crash import Boundaries
from tests.faults.lab.exchange import Habits
from tests.faults.lab.life import Life, new_life
from tests.faults.lab.quiet import quiet_log
from tests.faults.lab.records import CURRENCIES
from tests.faults.lab.scenarios import batch_of, nothing
from tests.faults.lab.trial import Seedbed, seedbed
from tests.faults.lab.virtual_time import VirtualTime
from tests.faults.lab.weather import Weather
from tests.proof import Proof
from trading.domain.discrepancy import Discrepancy
from trading.domain.order import Side
from trading.domain.risk import RefusalCode, Refused
from trading.orders.intake import Placed

DRIFTS = 50
AMOUNTS = ("0.0001", "0.01", "0.5", "-0.0001", "-0.01", "-0.5", "1", "-1")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


async def running(bed: Seedbed, seed: int) -> Life:
    """A program that is up and has found its account in order."""
    clock, chance = VirtualTime(bed.now), random.Random(seed)
    exchange = bed.exchange.moved(clock, chance, Habits())
    life = await new_life(2, bed.disk.copy().mounted(), exchange, clock, chance, Weather(), Boundaries())
    life.begin(nothing)
    await clock.pass_until(lambda: life.venue.looks >= 2, timedelta(minutes=5))
    return life


def found(life: Life) -> list[Discrepancy]:
    return list(drifts(life.store._state.tables))


async def after_looks(life: Life, looks: int) -> None:
    enough = life.venue.looks + looks
    await life.clock.pass_until(lambda: life.venue.looks >= enough, timedelta(minutes=10))


def drift_of(seed: int) -> tuple[str, Decimal]:
    """Every currency in turn, by amounts from crumbs to all there is."""
    currency = sorted(CURRENCIES)[seed % len(CURRENCIES)]
    return currency, Decimal(AMOUNTS[seed // len(CURRENCIES) % len(AMOUNTS)])


async def test_every_drift_is_found_within_two_looks_and_named(proof: Proof) -> None:
    bed = await seedbed()
    for seed in range(DRIFTS):
        life, (currency, amount) = await running(bed, seed), drift_of(seed)
        before = life.exchange.balances.get(currency, Decimal(0))
        life.exchange.misplace(currency, amount)
        await after_looks(life, 2)
        assert [each.subject for each in found(life)] == [currency], drift_of(seed)
        figures = (abs(amount), before + amount, before)
        assert all(f"{figure:f}" in found(life)[0].detail for figure in figures), found(life)[0].detail
        await life.end()
    proof(6, cases=DRIFTS)


async def test_while_a_drift_is_open_entries_wait_and_exits_go(proof: Proof) -> None:
    life = await running(await seedbed(), 1)
    life.exchange.misplace("SOL", Decimal(5))
    await after_looks(life, 2)
    entry = await _submitted(life, Side.BUY, "ETH/USD", "1")
    leaving = await _submitted(life, Side.SELL, "ETH/USD", "1")
    assert isinstance(entry, Refused)
    assert entry.code is RefusalCode.DRIFT
    assert isinstance(leaving, Placed)
    await life.end()


async def test_a_drift_that_goes_away_closes_itself() -> None:
    life = await running(await seedbed(), 1)
    life.exchange.misplace("USD", Decimal(-5))
    await after_looks(life, 2)
    assert found(life)
    life.exchange.misplace("USD", Decimal(5))
    await after_looks(life, 1)
    assert not found(life)
    await life.end()


async def _submitted(life: Life, side: Side, symbol: str, quantity: str) -> object:
    answers: list[object] = []

    async def submit() -> None:
        answers.append(await life.core.intake.submit(*batch_of(life, (side, symbol, quantity))))

    await life.meanwhile(submit())
    return answers[0]
