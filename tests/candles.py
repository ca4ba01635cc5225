"""Candle files for tests: small ones written on the spot, and the real ones where they are at hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from trading.domain.market import TIMEFRAMES
from trading.exchange.columns import to_ms

SHARED_CANDLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "ohlcv"

needs_shared_candles = pytest.mark.skipif(
    not SHARED_CANDLES.is_dir(), reason="real candles are not at hand (../shared/data/ohlcv)"
)


def write_candles(folder: Path, name: str, start: datetime, count: int, price: float = 100.0) -> Path:
    """A file `name`.csv (EXCHANGE_BASE_QUOTE_TIMEFRAME) of `count` candles that rise by one from `price`."""
    step = TIMEFRAMES[name.rsplit("_", 1)[1]]
    rows = ["timestamp,open,high,low,close,volume"]
    for index in range(count):
        level = price + index
        rows.append(f"{to_ms(start + index * step)},{level},{level + 1.5},{level - 0.5},{level + 1},10.0")
    path = folder / f"{name}.csv"
    path.write_text("\n".join(rows) + "\n")
    return path
