"""A simulated market: several assets that move together, in moods and trends, with jumps.

Log prices follow one market factor plus each asset's own moves:

    move = beta x (market trend + market noise + market jumps) + own trend + own noise + own jumps

Each day's moves depend on the seed and the day alone (see `random_days`); levels are the scenario's
prices at the first instant of the start day, and chain from there forwards, and backwards into the
history. So prices do not depend on the other symbols, on how much history there is, or on how far
and in what pieces it is extended.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from trading.domain.market import TIMEFRAMES, Instrument
from trading.errors import SettingsError
from trading.exchange.columns import EPOCH, Columns, length_ms
from trading.exchange.random_days import AssetDay, RandomDays
from trading.exchange.rules import usual_instrument
from trading.exchange.scenario import Asset, Scenario, read_scenario

BENCHMARKS = ("BTC", "ETH")
"""Always simulated, so that results can be compared with them."""

_DAY = timedelta(days=1)
_DAY_MS = 86_400_000


class SimulatedCandles:
    """`CandleHistory` from a seed (zero or above): `history_days` before `start`, and as many days after as asked for.

    The same seed, start day and timeframe give the same prices, bit for bit. BTC and ETH are there
    whether asked for or not; an asset that the scenario does not name gets its `other_asset`.
    """

    def __init__(
        self,
        seed: int,
        start: datetime,
        symbols: Sequence[str],
        quote: str = "USD",
        timeframe: str = "5m",
        history_days: int = 210,
        scenario: Scenario | None = None,
    ) -> None:
        if timeframe not in TIMEFRAMES:
            raise SettingsError(f"TIMEFRAME is {timeframe}; the simulated market has {', '.join(TIMEFRAMES)}.")
        scenario = scenario or read_scenario()
        self.timeframe = timeframe
        self._start = start
        assets = {f"{base}/{quote}": scenario.asset(base) for base in _bases(symbols, quote)}
        self._instruments = {symbol: usual_instrument(symbol, asset.tick) for symbol, asset in assets.items()}
        days = RandomDays(seed, scenario, _DAY_MS // length_ms(timeframe))
        first = (start - EPOCH) // _DAY
        self._series = _make_series(assets, days, first, history_days)
        self._next_day = first
        self._resampled: dict[tuple[str, str], Columns] = {}
        self.extend(start)

    @property
    def start(self) -> datetime:
        return self._start

    @property
    def end(self) -> datetime | None:
        """None: there is always another day."""
        return None

    def instruments(self) -> Mapping[str, Instrument]:
        return self._instruments

    def columns(self, symbol: str, timeframe: str) -> Columns:
        """All candles made so far. Raises SettingsError for a symbol or timeframe that cannot be had."""
        if symbol not in self._series:
            raise SettingsError(f"The simulated market has no {symbol}; it has {', '.join(self._series)}.")
        if timeframe == self.timeframe:
            return self._series[symbol].columns
        if timeframe not in TIMEFRAMES or length_ms(timeframe) < length_ms(self.timeframe):
            raise SettingsError(f"{timeframe} candles of {symbol} cannot be had; the finest are {self.timeframe}.")
        key = symbol, timeframe
        if key not in self._resampled:
            self._resampled[key] = self._series[symbol].columns.resample(self.timeframe, timeframe)
        return self._resampled[key]

    def extend(self, until: datetime) -> None:
        """Make whole UTC days, up to the one that holds `until`."""
        last = (until - EPOCH) // _DAY
        if last < self._next_day:
            return
        for day in range(self._next_day, last + 1):
            for series in self._series.values():
                series.append_day(day)
        self._next_day = last + 1
        self._resampled.clear()


class _Series:
    """The candles of one asset, in arrays with room to grow, so that a new day costs only its own length."""

    def __init__(self, stream: int, asset: Asset, days: RandomDays) -> None:
        self._stream = stream
        self._asset = asset
        self._days = days
        self._level = float(np.log(asset.price))
        self._size = 0
        self._table = np.empty((5, 0))
        self._opened_at = np.empty(0, dtype=np.int64)
        self.columns = Columns.empty()

    def prepend_history(self, first: int, count: int) -> None:
        """The `count` days before day `first`, backwards from the price at its start."""
        level = self._level
        tables = []
        for day in range(first - 1, first - 1 - count, -1):
            drawn = self._days.asset(self._stream, self._asset, day)
            level -= _change(drawn)
            tables.append(self._prices(drawn, level))
        for day, table in zip(range(first - count, first), reversed(tables), strict=True):
            self._append(day, table)

    def append_day(self, day: int) -> None:
        drawn = self._days.asset(self._stream, self._asset, day)
        self._append(day, self._prices(drawn, self._level))
        self._level += _change(drawn)

    def _prices(self, drawn: AssetDay, level: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """Rows open, high, low, close, volume of a day that begins at the log price `level`."""
        close = level + np.cumsum(drawn.moves + drawn.jumps)
        open_ = np.concatenate(((level,), close[:-1])) + drawn.jumps
        high = np.maximum(open_, close) + drawn.up_wicks
        low = np.minimum(open_, close) - drawn.down_wicks
        rounded = np.round(np.exp(np.stack((open_, high, low, close))), self._asset.decimals)
        return np.vstack((np.maximum(rounded, float(self._asset.tick)), drawn.volume))

    def _append(self, day: int, table: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
        candles = table.shape[1]
        end = self._size + candles
        if end > self._table.shape[1]:
            self._grow(max(end, 2 * self._size))
        step = _DAY_MS // candles
        self._table[:, self._size : end] = table
        self._opened_at[self._size : end] = day * _DAY_MS + step * np.arange(candles)
        self._size = end
        self.columns = Columns(self._opened_at[:end], *(row[:end] for row in self._table))

    def _grow(self, room: int) -> None:
        table, opened_at = np.empty((5, room)), np.empty(room, dtype=np.int64)
        table[:, : self._size] = self._table[:, : self._size]
        opened_at[: self._size] = self._opened_at[: self._size]
        self._table, self._opened_at = table, opened_at


def _change(drawn: AssetDay) -> float:
    """The log return of a whole day, added up in the order of its candles so that it ends where the last one does."""
    return float(np.cumsum(drawn.moves + drawn.jumps)[-1])


def _make_series(assets: Mapping[str, Asset], days: RandomDays, first: int, history_days: int) -> dict[str, _Series]:
    made = {}
    for symbol, asset in assets.items():
        made[symbol] = _Series(zlib.crc32(symbol.split("/")[0].encode()) + 1, asset, days)
        made[symbol].prepend_history(first, history_days)
    return made


def _bases(symbols: Sequence[str], quote: str) -> tuple[str, ...]:
    """The assets to simulate, each once. Raises SettingsError for a symbol that is not BASE/QUOTE in `quote`."""
    bases = []
    for symbol in symbols:
        base, slash, other = symbol.upper().partition("/")
        if not base or (slash and other != quote):
            raise SettingsError(f"SYMBOLS has {symbol}; the simulated market has pairs like BTC/{quote} only.")
        bases.append(base)
    return tuple(dict.fromkeys((*bases, *BENCHMARKS)))
