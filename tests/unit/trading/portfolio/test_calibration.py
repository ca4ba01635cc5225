"""Calibration: what was claimed beside what came true, worked out by hand."""

from __future__ import annotations

import pytest

from tests.unit.trading.decision.predictions import settled
from trading.contract.outcomes import Bucket, Score
from trading.domain.outcome import PredictionStatus
from trading.portfolio.calibration import score

OPEN, HIT = PredictionStatus.OPEN, PredictionStatus.HIT
INVALIDATED, EXPIRED = PredictionStatus.INVALIDATED, PredictionStatus.EXPIRED


def test_without_predictions_there_is_no_rate() -> None:
    assert score([]) == Score()
    assert score([]).hit_rate is None
    assert score([settled(OPEN, 0.9)]) == Score(open=1)


def test_ten_predictions_worked_out_by_hand() -> None:
    claims = [
        (0.3, EXPIRED),
        (0.45, HIT),
        (0.6, HIT),
        (0.65, INVALIDATED),
        (0.69, INVALIDATED),
        (0.62, EXPIRED),
        (0.9, HIT),
        (0.95, HIT),
        (1.0, HIT),
        (0.84, INVALIDATED),
    ]
    found = score([*(settled(status, claim) for claim, status in claims), settled(OPEN, 0.7)])
    assert (found.open, found.hit, found.invalidated, found.expired) == (1, 5, 3, 2)
    assert found.hit_rate == 0.5
    assert found.said == pytest.approx(0.70)
    assert not found.too_few
    assert [(b.lowest, b.highest, b.count) for b in found.buckets] == [
        (0.0, 0.5, 2),
        (0.6, 0.7, 4),
        (0.8, 0.9, 1),
        (0.9, 1.0, 3),
    ]
    assert [b.hit for b in found.buckets] == [0.5, 0.25, 0.0, 1.0]
    assert [b.said for b in found.buckets] == pytest.approx([0.375, 0.64, 0.84, 0.95])


@pytest.mark.parametrize(
    ("claim", "lowest"), [(0.0, 0.0), (0.499, 0.0), (0.5, 0.5), (0.6, 0.6), (0.899, 0.8), (0.9, 0.9), (1.0, 0.9)]
)
def test_a_claim_on_the_edge_belongs_to_the_bucket_above(claim: float, lowest: float) -> None:
    (bucket,) = score([settled(HIT, claim)]).buckets
    assert (bucket.lowest, bucket.count) == (lowest, 1)


def test_fewer_than_ten_are_too_few() -> None:
    assert score([settled(HIT, 0.6)] * 9).too_few
    assert not score([settled(HIT, 0.6)] * 10).too_few


def test_a_bucket_s_figures_are_fractions() -> None:
    assert score([settled(HIT, 0.7)]).buckets == (Bucket(0.7, 0.8, 0.7, 1.0, 1),)
