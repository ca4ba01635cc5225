"""The core alone, driven through the demo's market: every five-minute candle, stops, rebalance, report."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, Section
from tests.bench.loop import run
from tests.bench.simulated_world import simulated_world
from tests.bench.size import Size


def simulated_day(size: Size) -> Section:
    samples = tuple(run(_day(size.days)) for _ in range(size.runs))
    return Section(
        "The demo's world without chat",
        (Figure("one simulated day in a SQLite file", "CPU ms", samples),),
        (f"mean of {size.days} days from the first on; the demo takes a minute for a day",),
    )


async def _day(days: int) -> float:
    """CPU milliseconds per day."""
    with TemporaryDirectory() as folder:
        async with simulated_world(Path(folder), days) as running:
            await running.core.start()
            began = time.process_time()
            await running.main()
            return (time.process_time() - began) / days * 1000
