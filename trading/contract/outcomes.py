"""What became of predictions, in figures: how many came true, and whether confidence was worth its name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.domain.outcome import ScoredPrediction

ENOUGH = 10
"""Fewer settled predictions than this prove nothing."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Settled predictions whose confidence lay in `lowest` <= c < `highest` (the last one includes 1).

    `said` is their mean confidence, `hit` the share that came true; both fractions.
    """

    lowest: float
    highest: float
    said: float
    hit: float
    count: int


@dataclass(frozen=True, slots=True)
class Score:
    """Predictions by how they ended, and their calibration: the buckets that have any, lowest first.

    `said` is the mean confidence of all that are settled; None without any.
    """

    open: int = 0
    hit: int = 0
    invalidated: int = 0
    expired: int = 0
    said: float | None = None
    buckets: tuple[Bucket, ...] = ()

    @property
    def settled(self) -> int:
        return self.hit + self.invalidated + self.expired

    @property
    def hit_rate(self) -> float | None:
        """The share of the settled that came true."""
        return self.hit / self.settled if self.settled else None

    @property
    def too_few(self) -> bool:
        return self.settled < ENOUGH


@dataclass(frozen=True, slots=True)
class OpenPrediction:
    """A prediction that nothing has decided yet. Distances are fractions of `price` now, None without a price.

    `left` is never negative: a prediction whose time is over waits for the prices that settle it.
    """

    made: ScoredPrediction
    price: Decimal | None
    to_target: Decimal | None
    to_invalidation: Decimal | None
    left: timedelta
