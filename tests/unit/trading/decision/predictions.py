"""Predictions and candles for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.world import START, Row
from trading.domain.market import TIMEFRAMES, Candle
from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.domain.plan import Cycle, CycleOutcome, Direction, Prediction, TargetPlan

UP = Prediction("BTC/USD", Direction.UP, Decimal(110), Decimal(95), 2, 0.65)
DOWN = replace(UP, direction=Direction.DOWN, target=Decimal(90), invalidation=Decimal(105))


SNAPSHOT = json.dumps({"quotes": {"BTC/USD": {"bid": "99", "ask": "101"}}})
"""What decisions look at here: BTC at 100."""


def made(prediction: Prediction = UP, at: datetime = START, name: str = "p", **changes: Any) -> ScoredPrediction:
    """`prediction` as it is on record, made at a price of 100."""
    plain = ScoredPrediction(
        id=name,
        cycle_id="cycle",
        at=at,
        decided_by="a model",
        regime="trending",
        price=Decimal(100),
        prediction=prediction,
        until=at + timedelta(days=prediction.days),
        watched_until=at,
    )
    return replace(plain, **changes)


def settled(status: PredictionStatus, confidence: float, name: str = "p", at: datetime = START) -> ScoredPrediction:
    """One that ended `at`, after it was claimed with `confidence`."""
    price = None if status is PredictionStatus.OPEN else Decimal(110)
    ended = None if status is PredictionStatus.OPEN else at
    prediction = replace(UP, confidence=confidence)
    return made(prediction, at - timedelta(days=1), name, status=status, settled_at=ended, settled_price=price)


def candles(rows: Sequence[Row], start: datetime = START, timeframe: str = "1h") -> list[Candle]:
    """One after the other from `start` on."""
    length = TIMEFRAMES[timeframe]
    return [Candle(timeframe, start + place * length, *row, 1.0) for place, row in enumerate(rows)]


def cycle(*predictions: Prediction, at: datetime = START, name: str = "cycle", thesis: str = "") -> Cycle:
    """A decision that predicts."""
    plan = TargetPlan("a model", (), Decimal(1), "because", thesis, regime="trending", predictions=predictions)
    return Cycle(name, at, "schedule", "a model", CycleOutcome.HELD, "because", SNAPSHOT, plan)
