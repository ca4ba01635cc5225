"""Columns made by hand, by chance, and from the recorded candles, for the tests of strategies."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RECORDED = Path(__file__).parents[4].parent / "shared" / "data" / "ohlcv"
MINUTE_MS = 60_000
DAY_MS = 86_400_000
START_MS = 1_700_006_400_000
"""A UTC midnight."""


@dataclass(frozen=True)
class Columns:
    opened_at: npt.NDArray[np.int64]
    open: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    close: npt.NDArray[np.float64]
    volume: npt.NDArray[np.float64]

    def until(self, bars: int) -> Columns:
        """The first `bars` bars."""
        return Columns(*(getattr(self, name)[:bars] for name in self.__dataclass_fields__))


def columns_of(closes: npt.ArrayLike, frame_ms: int = DAY_MS, start_ms: int = START_MS) -> Columns:
    """Candles that open where the one before closed."""
    close = np.asarray(closes, dtype=np.float64)
    opening = np.concatenate([close[:1], close[:-1]])
    opened_at = start_ms + frame_ms * np.arange(len(close), dtype=np.int64)
    return Columns(
        opened_at, opening, np.maximum(opening, close), np.minimum(opening, close), close, np.ones(len(close))
    )


def random_walk(bars: int, seed: int, frame_ms: int = DAY_MS, volatility: float = 0.03) -> Columns:
    """A geometric random walk."""
    steps = np.random.default_rng(seed).normal(0, volatility, bars)
    return columns_of(100 * np.exp(np.cumsum(steps)), frame_ms)


def recorded_closes(name: str) -> dict[int, float]:
    """Daily closes of a recorded file by day number since 1970."""
    with (RECORDED / f"{name}_1d.csv").open() as file:
        return {int(row["timestamp"]) // DAY_MS: float(row["close"]) for row in csv.DictReader(file)}
