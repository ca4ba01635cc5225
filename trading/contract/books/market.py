"""Indicators of one coin, from its closed candles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trading.contract.read_models import World
from trading.domain.market import Instrument


@dataclass(frozen=True, slots=True)
class IndicatorsView:
    """Prices are floats in quote per base, shares fractions; None is what too few candles leave unknown.

    `closed_at` is when the newest of the `candles` closed. `rsi` (14) and `choppiness` (14) run from 0 to 100.
    `macd`, `macd_signal` (12, 26, 9), `sma_20`, `sma_50`, `atr` (14) and the bands (20, 2) are prices. `volatility` is
    a year's, from 30 returns. `highest` and `lowest` are those of the last 50 candles, `volume` the base traded in the
    last 24 hours of them.
    """

    world: World
    instrument: Instrument
    timeframe: str
    closed_at: datetime | None
    candles: int
    close: float | None
    rsi: float | None
    macd: float | None
    macd_signal: float | None
    sma_20: float | None
    sma_50: float | None
    atr: float | None
    upper_band: float | None
    lower_band: float | None
    choppiness: float | None
    volatility: float | None
    highest: float | None
    lowest: float | None
    volume: float | None
