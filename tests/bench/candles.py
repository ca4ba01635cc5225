"""The candles of the replay: real ones where they are at hand, else as many simulated ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from tests.candles import SHARED_CANDLES
from trading.exchange.columns import Columns
from trading.exchange.simulated import SimulatedCandles

SYMBOL, TIMEFRAME = "BTC/USDT", "5m"
REAL = SHARED_CANDLES / "BINANCE_BTC_USDT_5m.parquet"
BARS, BARS_PER_DAY = 70_272, 288
SEED = 7


@contextmanager
def candle_folder() -> Iterator[tuple[Path, str]]:
    """A folder with 5-minute candles of BTC/USDT, and what kind they are."""
    if REAL.exists():
        yield SHARED_CANDLES, "real 5m BTC candles"
        return
    with TemporaryDirectory() as folder:
        _write(Path(folder) / f"SIMULATED_BTC_USDT_{TIMEFRAME}.parquet", _simulated())
        yield Path(folder), "SIMULATED 5m candles (no real ones here)"


def _simulated() -> Columns:
    made = SimulatedCandles(SEED, datetime(2025, 1, 1, tzinfo=UTC), [SYMBOL], "USDT", TIMEFRAME, BARS // BARS_PER_DAY)
    return made.columns(SYMBOL, TIMEFRAME).slice(0, BARS)


def _write(path: Path, columns: Columns) -> None:
    """In the layout of the real file."""
    names = ("open", "high", "low", "close", "volume")
    table = {"timestamp": columns.opened_at, **{name: getattr(columns, name) for name in names}}
    pq.write_table(pa.table(table), path)
