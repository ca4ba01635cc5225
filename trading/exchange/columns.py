"""Candles as columns: one numpy array per field, the shape that indicators and replays work on.

All times are UTC and in whole milliseconds since 1970; buckets of every timeframe are aligned to
that origin, so a day starts at 00:00 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from trading.domain.market import TIMEFRAMES, Candle, Instrument

Times = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970 of an aware instant, rounded down."""
    return (instant - EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant of `milliseconds` since 1970."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def length_ms(timeframe: str) -> int:
    """The length of one candle in milliseconds. Raises KeyError for a timeframe we do not know."""
    return TIMEFRAMES[timeframe] // _MILLISECOND


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Candles of one symbol, oldest first; six arrays of one length.

    `opened_at` is each candle's first instant (ms). Prices are quote per base, `volume` is in base.
    A candle in which nothing traded may be missing.
    """

    opened_at: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.opened_at)

    @classmethod
    def empty(cls) -> Columns:
        nothing = np.empty(0, dtype=np.float64)
        return cls(np.empty(0, dtype=np.int64), nothing, nothing, nothing, nothing, nothing)

    def slice(self, start: int, stop: int) -> Columns:
        """Candles `start` to before `stop`, counted from 0, as views on the same memory."""
        part = slice(start, stop)
        return Columns(
            self.opened_at[part], self.open[part], self.high[part], self.low[part], self.close[part], self.volume[part]
        )

    def between(self, start: datetime, end: datetime) -> Columns:
        """The candles that open at or after `start` and before `end`."""
        first, last = np.searchsorted(self.opened_at, (to_ms(start), to_ms(end)))
        return self.slice(int(first), int(last))

    def closed_by(self, instant: datetime, timeframe: str) -> int:
        """How many candles are over at `instant`: the index up to which nothing looks ahead."""
        return int(np.searchsorted(self.opened_at, to_ms(instant) - length_ms(timeframe), side="right"))

    def find(self, opened_at: datetime) -> int | None:
        """The index of the candle that opens exactly then, or None."""
        wanted = to_ms(opened_at)
        index = int(np.searchsorted(self.opened_at, wanted))
        return index if index < len(self) and int(self.opened_at[index]) == wanted else None

    def resample(self, from_timeframe: str, to_timeframe: str) -> Columns:
        """The same candles in longer ones, aligned to UTC.

        A bucket is built from the candles that exist in it. The last one is dropped unless its last
        candle is there, because it may still change. Raises ValueError where the one timeframe does
        not divide the other.
        """
        short, long = length_ms(from_timeframe), length_ms(to_timeframe)
        if long % short:
            raise ValueError(f"{to_timeframe} candles cannot be made from {from_timeframe} candles")
        if short == long or not len(self):
            return self
        return self._grouped(self.opened_at - self.opened_at % long)._complete(int(self.opened_at[-1]) + short, long)

    def to_candles(self, timeframe: str) -> Sequence[Candle]:
        """One `Candle` object each."""
        rows = zip(*(column.tolist() for column in self._arrays()), strict=True)
        return [Candle(timeframe, from_ms(at), o, h, low, c, v) for at, o, h, low, c, v in rows]

    def join(self, other: Columns) -> Columns:
        """Both sets of candles in time order; where both have one, ours stands."""
        missing = ~np.isin(other.opened_at, self.opened_at)
        if not missing.any():
            return self
        opened_at = np.concatenate((self.opened_at, other.opened_at[missing]))
        order = np.argsort(opened_at, kind="stable")
        floats = (
            np.concatenate((ours, theirs[missing]))[order]
            for ours, theirs in zip(self._floats(), other._floats(), strict=True)
        )
        return Columns(opened_at[order], *floats)

    def _grouped(self, buckets: Times) -> Columns:
        starts = np.flatnonzero(np.diff(buckets, prepend=buckets[0] - 1))
        ends = np.append(starts[1:], len(buckets)) - 1
        return Columns(
            buckets[starts],
            self.open[starts],
            np.maximum.reduceat(self.high, starts),
            np.minimum.reduceat(self.low, starts),
            self.close[ends],
            np.add.reduceat(self.volume, starts),
        )

    def _complete(self, covered_until: int, length: int) -> Columns:
        done = int(self.opened_at[-1]) + length <= covered_until
        return self if done else self.slice(0, len(self) - 1)

    def _floats(self) -> tuple[Floats, ...]:
        return self.open, self.high, self.low, self.close, self.volume

    def _arrays(self) -> tuple[npt.NDArray[np.int64] | Floats, ...]:
        return self.opened_at, *self._floats()


class CandleHistory(Protocol):
    """Candles from a file or a generator, past and future alike; `CandleMarket` hides what is not over yet."""

    @property
    def timeframe(self) -> str:
        """The finest one."""
        ...

    @property
    def start(self) -> datetime:
        """The first instant from which every symbol has candles of the finest timeframe."""
        ...

    @property
    def end(self) -> datetime | None:
        """The last instant that every symbol's candles cover; None where more can always be made."""
        ...

    def instruments(self) -> Mapping[str, Instrument]: ...

    def columns(self, symbol: str, timeframe: str) -> Columns:
        """All candles there are. Raises SettingsError for a symbol or timeframe that cannot be had."""
        ...

    def extend(self, until: datetime) -> None:
        """See to it that there are candles up to `until`, where they can be made."""
        ...
