"""Recorded candles as a market: real prices from files, at whatever pace the clock gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np

from trading.domain.market import TIMEFRAMES, Instrument
from trading.errors import SettingsError
from trading.exchange.candle_file import CandleFile, candle_files, read_candles
from trading.exchange.columns import Columns, Floats, from_ms, length_ms
from trading.exchange.rules import usual_instrument

FINEST_TICK_DECIMALS = 8


class RecordedCandles:
    """The candles of `symbols` in `folder`: `CandleHistory` over files.

    All symbols come from one exchange where one has them all; `timeframe` is the finest that every
    symbol has, unless one is given. Longer frames come from their own file and, where that does not
    reach, from shorter ones. Raises SettingsError where files are missing or bad.
    """

    def __init__(self, folder: Path, symbols: Sequence[str], timeframe: str | None = None) -> None:
        wanted = tuple(dict.fromkeys(symbol.upper() for symbol in symbols))
        found = tuple(candle_files(folder))
        _check_symbols(wanted, found, folder)
        self.timeframe = _common_timeframe(wanted, found, timeframe)
        chosen = _choose_exchanges(wanted, found, self.timeframe)
        self.exchange_name = ", ".join(sorted({name.title() for name in chosen.values()}))
        self._frames = {symbol: _read_frames(found, symbol, chosen[symbol]) for symbol in wanted}
        self._joined: dict[tuple[str, str], Columns] = {}
        self._instruments = {symbol: self._instrument(symbol) for symbol in wanted}

    @property
    def start(self) -> datetime:
        return max(from_ms(int(columns.opened_at[0])) for columns in self._finest())

    @property
    def end(self) -> datetime | None:
        return min(from_ms(int(columns.opened_at[-1])) for columns in self._finest()) + TIMEFRAMES[self.timeframe]

    def instruments(self) -> Mapping[str, Instrument]:
        return self._instruments

    def columns(self, symbol: str, timeframe: str) -> Columns:
        """All candles there are, from the first file that reaches back to the last. Raises SettingsError."""
        if symbol not in self._frames:
            raise SettingsError(f"No candles of {symbol} were asked for; there are {', '.join(self._frames)}.")
        if timeframe not in TIMEFRAMES or length_ms(timeframe) < length_ms(self.timeframe):
            raise SettingsError(f"{timeframe} candles of {symbol} cannot be had; the finest are {self.timeframe}.")
        if (symbol, timeframe) not in self._joined:
            self._joined[symbol, timeframe] = _join(self._frames[symbol], timeframe)
        return self._joined[symbol, timeframe]

    def extend(self, until: datetime) -> None:
        """Nothing: what is recorded is all there is."""

    def omitted(self, symbol: str) -> int:
        """How many candles of the finest frame are missing between the first and the last (nothing traded)."""
        opened_at = self.columns(symbol, self.timeframe).opened_at
        return int(opened_at[-1] - opened_at[0]) // length_ms(self.timeframe) + 1 - len(opened_at)

    def _instrument(self, symbol: str) -> Instrument:
        return usual_instrument(symbol, _price_tick(self.columns(symbol, self.timeframe).close))

    def _finest(self) -> Iterable[Columns]:
        return (self.columns(symbol, self.timeframe) for symbol in self._frames)


def _check_symbols(wanted: Sequence[str], found: Collection[CandleFile], folder: Path) -> None:
    available = sorted({file.symbol for file in found})
    missing = [symbol for symbol in wanted if symbol not in available]
    if not wanted:
        raise SettingsError(f"SYMBOLS is empty; {folder} has {', '.join(available) or 'no candle files'}.")
    if missing:
        raise SettingsError(
            f"SYMBOLS names {', '.join(missing)}, but {folder} has only {', '.join(available) or 'no candle files'}."
        )


def _timeframes(found: Iterable[CandleFile], symbol: str) -> set[str]:
    return {file.timeframe for file in found if file.symbol == symbol}


def _can_make(available: Collection[str], timeframe: str) -> bool:
    """Whether candles of `timeframe` are there or can be put together from shorter ones."""
    return any(length_ms(timeframe) % length_ms(shorter) == 0 for shorter in available)


def _common_timeframe(wanted: Sequence[str], found: Collection[CandleFile], asked: str | None) -> str:
    by_symbol = {symbol: _timeframes(found, symbol) for symbol in wanted}
    if asked is not None:
        lacking = [s for s in wanted if asked not in TIMEFRAMES or not _can_make(by_symbol[s], asked)]
        if lacking:
            has = ", ".join(sorted(by_symbol[lacking[0]], key=length_ms))
            raise SettingsError(f"TIMEFRAME is {asked}, but {lacking[0]} has only {has}.")
        return asked
    shared = [frame for frame in TIMEFRAMES if all(frame in frames for frames in by_symbol.values())]
    makeable = [frame for frame in TIMEFRAMES if all(_can_make(frames, frame) for frames in by_symbol.values())]
    return (shared or makeable)[0]


def _choose_exchanges(wanted: Sequence[str], found: Collection[CandleFile], timeframe: str) -> Mapping[str, str]:
    """Each symbol's exchange: the one that has the most of the symbols, the first by name where two have as many."""
    able = {symbol: _able_exchanges(found, symbol, timeframe) for symbol in wanted}
    covered = Counter(exchange for exchanges in able.values() for exchange in exchanges)
    return {symbol: min(exchanges, key=lambda name: (-covered[name], name)) for symbol, exchanges in able.items()}


def _able_exchanges(found: Collection[CandleFile], symbol: str, timeframe: str) -> set[str]:
    exchanges = {file.exchange for file in found if file.symbol == symbol}
    return {name for name in exchanges if _can_make(_timeframes(_of(found, name), symbol), timeframe)}


def _of(found: Iterable[CandleFile], exchange: str) -> list[CandleFile]:
    return [file for file in found if file.exchange == exchange]


def _read_frames(found: Collection[CandleFile], symbol: str, exchange: str) -> dict[str, Columns]:
    return {file.timeframe: read_candles(file) for file in _of(found, exchange) if file.symbol == symbol}


def _join(frames: Mapping[str, Columns], timeframe: str) -> Columns:
    """The candles of `timeframe`: its own file first, then what shorter frames add, the longest of them first."""
    joined = frames.get(timeframe, Columns.empty())
    shorter = [frame for frame in TIMEFRAMES if frame in frames and length_ms(frame) < length_ms(timeframe)]
    for frame in reversed(shorter):
        if length_ms(timeframe) % length_ms(frame) == 0:
            joined = joined.join(frames[frame].resample(frame, timeframe))
    return joined


def _price_tick(prices: Floats) -> Decimal:
    """The step of the prices, from the most decimals that any of them has (eight at most)."""
    for decimals in range(FINEST_TICK_DECIMALS):
        if np.allclose(np.round(prices, decimals), prices, rtol=1e-12, atol=0.0):
            return Decimal(1).scaleb(-decimals)
    return Decimal(1).scaleb(-FINEST_TICK_DECIMALS)
