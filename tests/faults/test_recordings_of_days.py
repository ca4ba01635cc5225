"""A recording that has no candles shorter than a day is traded from its days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import PRICES, START, FixedPlanner, SmallWorld, started
from trading.exchange.recorded import RecordedCandles

FIRST = START.replace(hour=0) - timedelta(days=70)


def _line(day: int, price: float) -> str:
    opened_at = int((FIRST + timedelta(days=day)).timestamp() * 1000)
    return f"{opened_at},{price},{price},{price},{price},1"


@pytest.fixture
async def days_only(tmp_path: Path) -> SmallWorld:
    for symbol, price in PRICES.items():
        lines = ["timestamp,open,high,low,close,volume", *(_line(day, price) for day in range(100))]
        (tmp_path / f"KRAKEN_{symbol.replace('/', '_')}_1d.csv").write_text("\n".join(lines) + "\n")
    return await started(history=RecordedCandles(tmp_path, tuple(PRICES)))


async def test_a_rebalance_decides_without_hourly_candles(days_only: SmallWorld) -> None:
    await days_only.core.rebalance.run("schedule")
    assert isinstance(days_only.planner, FixedPlanner)
    (seen,) = days_only.planner.seen
    assert len(seen.daily_closes["BTC/USD"]) == 70
    assert "BTC/USD.1d.rsi14" in seen.figures
    assert not [name for name in seen.figures if ".1h." in name]


async def test_asking_for_shorter_candles_brings_none(days_only: SmallWorld) -> None:
    assert await days_only.desk.candles("BTC/USD", "4h", 10) == ()
    assert len(await days_only.desk.candles("BTC/USD", "1d", 10)) == 10
