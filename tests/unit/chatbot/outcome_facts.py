"""Predictions and what became of them, as people are shown them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

from tests.unit.chatbot import facts
from trading.contract import ThesisView
from trading.contract.books import ModelCosts
from trading.contract.books.models import ModelUse
from trading.contract.books.outcomes import PeriodOutcomes
from trading.contract.outcomes import Bucket, OpenPrediction, Score
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Direction, Prediction
from trading.domain.usage import Purpose

NOW = facts.NOW
BTC_UP = Prediction("BTC/USD", Direction.UP, D(112000), D(99500), 14, 0.65)
ETH_DOWN = Prediction("ETH/USD", Direction.DOWN, D("3050.50"), None, 7, 0.8)
SCORE = Score(
    open=2,
    hit=7,
    invalidated=5,
    expired=2,
    said=0.66,
    buckets=(Bucket(0.5, 0.6, 0.55, 0.5, 4), Bucket(0.6, 0.7, 0.65, 0.4, 5), Bucket(0.7, 0.8, 0.74, 0.6, 5)),
)


def made(prediction: Prediction = BTC_UP, name: str = "p1", days: int = 3) -> ScoredPrediction:
    at = NOW - timedelta(days=days)
    until = at + timedelta(days=prediction.days)
    return ScoredPrediction(name, facts.CYCLE_ID, at, "gpt-4o", "trending", D(106000), prediction, until, NOW)


def settled() -> tuple[ScoredPrediction, ...]:
    hit = replace(made(), status=PredictionStatus.HIT, settled_at=NOW, settled_price=D(112000))
    wrong = replace(hit, id="p2", status=PredictionStatus.INVALIDATED, settled_price=D(99500))
    over = replace(made(ETH_DOWN, "p3"), status=PredictionStatus.EXPIRED, settled_at=NOW, settled_price=D("3127.84"))
    return hit, wrong, over


def thesis(score: Score = SCORE) -> ThesisView:
    """The running thesis with two open predictions, of which one has no price now."""
    open_ = (
        OpenPrediction(made(), D(106000), D("0.0566"), D("-0.0613"), timedelta(days=11)),
        OpenPrediction(made(ETH_DOWN, "p4"), None, None, None, timedelta(0)),
    )
    return replace(facts.thesis(), open=open_, settled=settled(), score=score)


def review(realized: str = "31.20", symbol: str = "BTC/USD") -> TradeReview:
    return TradeReview(
        id=f"t{realized}",
        symbol=symbol,
        opened_at=NOW - timedelta(days=2),
        closed_at=NOW,
        quantity=D("0.01"),
        entry_price=D(102000),
        exit_price=D(106000),
        fees=D("8.32"),
        slippage=None,
        realized=D(realized),
        planned_stop=None,
        planned_target=None,
        best=None,
        worst=None,
        source="target",
        reason="BTC leads",
        regime="trending",
        cycle_id=facts.CYCLE_ID,
    )


def week(score: Score = SCORE) -> PeriodOutcomes:
    use = ModelUse("gpt-4o", Purpose.REBALANCE, 7, 0, 90_000, 7_000, D("0.29"))
    return PeriodOutcomes(6, review(), review("-12.04", "ETH/USD"), score, ModelCosts((use,)))
