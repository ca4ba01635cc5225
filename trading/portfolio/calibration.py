"""How predictions fared: counts by outcome, and the share that came true beside the confidence that was claimed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from trading.contract.outcomes import Bucket, Score
from trading.domain.outcome import PredictionStatus, ScoredPrediction

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Where the buckets of confidence begin and end. A claim below one half is one of not knowing, so it is one bucket."""


def score(predictions: Sequence[ScoredPrediction]) -> Score:
    """Counts and calibration; what is open counts as open and nowhere else."""
    counts = Counter(made.status for made in predictions)
    settled = [made for made in predictions if made.status is not PredictionStatus.OPEN]
    return Score(
        open=counts[PredictionStatus.OPEN],
        hit=counts[PredictionStatus.HIT],
        invalidated=counts[PredictionStatus.INVALIDATED],
        expired=counts[PredictionStatus.EXPIRED],
        said=_said(settled) if settled else None,
        buckets=tuple(_bucket(low, high, within) for low, high in pairwise(EDGES) if (within := _in(low, settled))),
    )


def _in(lowest: float, settled: Sequence[ScoredPrediction]) -> list[ScoredPrediction]:
    return [made for made in settled if _floor(made.prediction.confidence) == lowest]


def _floor(confidence: float) -> float:
    """Where the bucket of `confidence` begins."""
    return max(edge for edge in EDGES[:-1] if edge <= max(confidence, EDGES[0]))


def _bucket(lowest: float, highest: float, within: Sequence[ScoredPrediction]) -> Bucket:
    hits = sum(made.status is PredictionStatus.HIT for made in within)
    return Bucket(lowest, highest, _said(within), hits / len(within), len(within))


def _said(settled: Sequence[ScoredPrediction]) -> float:
    return fmean(made.prediction.confidence for made in settled)
