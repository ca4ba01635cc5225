"""How alike the days of what is held are, with BTC and ETH beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from trading.contract import Status
from trading.contract.books import RiskMap, RiskMapLine
from trading.domain.market import Candle, Instrument
from trading.domain.money import ZERO
from trading.errors import Retryable, SettingsError
from trading.exchange.columns import Columns, to_ms
from trading.exchange.ports import MarketData
from trading.market.correlation import DAYS, correlation
from trading.portfolio.correlated_exposure import correlated_exposure
from trading.views.overview import Overview

_BESIDE = ("BTC", "ETH")


class RiskMapViews:
    """Asks the market for daily candles, once per symbol and UTC day."""

    def __init__(self, overview: Overview, market: MarketData, instruments: Mapping[str, Instrument]) -> None:
        self._overview = overview
        self._market = market
        self._instruments = instruments
        self._daily: dict[str, tuple[date, Columns]] = {}

    async def risk_map(self) -> RiskMap:
        status = await self._overview.status()
        lines = self._lines(status)
        charts = await asyncio.gather(*(self._chart(line.symbol, status.at.date()) for line in lines))
        matrix = _matrix(charts)
        weights = [line.weight for line in lines]
        known = [float(weight) for weight in weights if weight is not None]
        effective = correlated_exposure(known, matrix) if len(known) == len(weights) else None
        return RiskMap(status, lines, matrix, effective, DAYS)

    def _lines(self, status: Status) -> tuple[RiskMapLine, ...]:
        """What is held, the largest first, then BTC and ETH where they are traded and not held."""
        held = sorted(status.holdings, key=lambda holding: abs(holding.weight or ZERO), reverse=True)
        lines = [RiskMapLine(holding.symbol, holding.base, holding.weight) for holding in held]
        taken = {line.base for line in lines}
        beside = [i for i in self._instruments.values() if i.base in _BESIDE and i.base not in taken]
        return (*lines, *(RiskMapLine(instrument.symbol, instrument.base, ZERO) for instrument in beside))

    async def _chart(self, symbol: str, today: date) -> Columns:
        kept = self._daily.get(symbol)
        if kept is not None and kept[0] == today:
            return kept[1]
        try:
            chart = _columns(await self._market.candles(symbol, "1d", DAYS + 1))
        except (Retryable, SettingsError):
            return Columns.empty()
        self._daily[symbol] = today, chart
        return chart


def _matrix(charts: Sequence[Columns]) -> tuple[tuple[float | None, ...], ...]:
    """Correlations of all with all."""
    size = len(charts)
    rows: list[list[float | None]] = [[1.0] * size for _ in range(size)]
    for one in range(size):
        for other in range(one):
            rows[one][other] = rows[other][one] = correlation(charts[one], charts[other])
    return tuple(tuple(row) for row in rows)


def _columns(candles: Sequence[Candle]) -> Columns:
    times = np.array([to_ms(candle.opened_at) for candle in candles], dtype=np.int64)
    opened, high, low, close, volume = (
        np.array([getattr(candle, name) for candle in candles], dtype=np.float64)
        for name in ("open", "high", "low", "close", "volume")
    )
    return Columns(times, opened, high, low, close, volume)
