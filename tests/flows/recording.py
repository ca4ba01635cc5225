"""A small recorded market on disk: hourly candles of three pairs, the same ones every time."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOUR = timedelta(hours=1)
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
START = datetime(2025, 2, 1, 7, tzinfo=UTC)
"""Midnight in Denver, a month after the first candle: the allocator's shortest trend needs twenty daily closes."""

PAIRS = {"BTC/USDT": 90_000.0, "ETH/USDT": 3_300.0, "SOL/USDT": 190.0}
SYMBOLS = ",".join(PAIRS)


def record(folder: Path, days: int) -> dict[str, str]:
    """Write candles from FIRST to `days` after START; the settings that trade them."""
    folder.mkdir(parents=True, exist_ok=True)
    for symbol, price in PAIRS.items():
        _write(folder / f"BINANCE_{symbol.replace('/', '_')}_1h.csv", symbol, price, START + timedelta(days=days))
    return {"MARKET": "recorded", "CANDLES_DIR": str(folder), "SYMBOLS": SYMBOLS, "STARTING_CASH": "10000"}


def _write(path: Path, symbol: str, price: float, end: datetime) -> None:
    """A walk that rises on the whole, so that there is something to hold, and swings enough to touch the exits."""
    walk = random.Random(symbol)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("timestamp", "open", "high", "low", "close", "volume"))
        opened_at, last = FIRST, price
        while opened_at < end:
            close = round(last * (1 + walk.gauss(0.0004, 0.006)), 2)
            high, low = max(last, close) * (1 + walk.random() / 500), min(last, close) * (1 - walk.random() / 500)
            rows.writerow((int(opened_at.timestamp() * 1000), last, round(high, 2), round(low, 2), close, 25.0))
            opened_at, last = opened_at + HOUR, close
