"""Where things go: ticks at round values and round local times, labels that do not overlap, fewer points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

_HOUR_STEPS = (1, 2, 3, 6, 12)
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_DAYS_A_MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear map of data from `low`..`high` to pixels from `start`..`end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def all(self, values: FloatArray) -> FloatArray:
        return self.start + (values - self.low) / (self.high - self.low) * (self.end - self.start)


def padded(low: float, high: float, least: float, share: float = 0.06) -> tuple[float, float]:
    """A range with `share` of air at both ends and a span of at least `least`."""
    missing = max(0.0, least - (high - low)) / 2
    air = (high - low) * share
    return low - air - missing, high + air + missing


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` multiples of 1, 2 or 5 times a power of ten within the range."""
    step = _round_step((high - low) / most)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step for number in range(first, last + 1)][:most]


def _round_step(least: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def time_ticks(start: datetime, end: datetime, zone: ZoneInfo, most: int) -> list[tuple[datetime, str]]:
    """At most `most` round local instants within the span, each with a short label."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    hours = (end - start).total_seconds() / 3600 / most
    found = [(at.astimezone(UTC), label) for at, label in _instants(first, last, hours) if first <= at <= last]
    return found[:: math.ceil(len(found) / most)] if found else []


def _instants(first: datetime, last: datetime, hours: float) -> Iterator[tuple[datetime, str]]:
    """Round local instants whose step is at least `hours` long."""
    for step in _HOUR_STEPS:
        if step >= hours:
            return _by_hour(first, last, step)
    for step in _DAY_STEPS:
        if step * 24 >= hours:
            return _by_day(first, last, step)
    months = next((step for step in _MONTH_STEPS if step * 24 * _DAYS_A_MONTH >= hours), _MONTH_STEPS[-1])
    return _by_month(first, last, months)


def _by_hour(first: datetime, last: datetime, step: int) -> Iterator[tuple[datetime, str]]:
    at = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while at <= last:
        yield at, f"{at:%H:%M}" if at.hour else f"{at.day} {at:%b}"
        at += timedelta(hours=step)


def _by_day(first: datetime, last: datetime, step: int) -> Iterator[tuple[datetime, str]]:
    at = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if step % 7 == 0:
        at -= timedelta(days=at.weekday())
    while at <= last:
        yield at, f"{at.day} {at:%b}"
        at += timedelta(days=step)


def _by_month(first: datetime, last: datetime, step: int) -> Iterator[tuple[datetime, str]]:
    month = first.year * 12 + (first.month - 1) // min(step, 12) * min(step, 12)
    if step > 12:
        month = month // step * step
    while month <= last.year * 12 + last.month - 1:
        at = datetime(month // 12, month % 12 + 1, 1, tzinfo=first.tzinfo)
        yield at, f"{at:%Y}" if at.month == 1 else f"{at:%b}"
        month += step


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places nearest to `wanted` (least squares) that are `gap` apart, moved into low..high; order kept.

    With i gaps taken off the i-th from below, "at least a gap apart" becomes "not falling": pool what falls.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    pools: list[list[float]] = []
    for rank, i in enumerate(order):
        pools.append([wanted[i] - rank * gap])
        while len(pools) > 1 and _mean(pools[-2]) >= _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    level = [_mean(pool) for pool in pools for _ in pool]
    highest = high - (len(wanted) - 1) * gap
    places = [max(low, min(height, highest)) + rank * gap for rank, height in enumerate(level)]
    return [places[order.index(i)] for i in range(len(wanted))]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def thinned(values: FloatArray, most: int) -> IndexArray:
    """Indices of at most about `most` points that keep every bucket's lowest and highest, and both ends."""
    if len(values) <= most:
        return np.arange(len(values))
    size = math.ceil(2 * len(values) / most)
    full = len(values) // size * size
    buckets = values[:full].reshape(-1, size)
    starts = np.arange(0, full, size)
    tail = full + np.array([values[full:].argmin(), values[full:].argmax()]) if full < len(values) else np.array([])
    ends = np.array([0, len(values) - 1])
    return np.unique(
        np.concatenate((ends, starts + buckets.argmin(axis=1), starts + buckets.argmax(axis=1), tail))
    ).astype(np.intp)
