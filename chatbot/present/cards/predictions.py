"""Predictions in words and figures: what was said, what came of it, and how well confidence was meant."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, pair, prose, wrapped
from trading.contract import World
from trading.contract.outcomes import ENOUGH, OpenPrediction, Score
from trading.domain.market import base_of
from trading.domain.outcome import PredictionStatus, ScoredPrediction

_MOST_TOLD = 6


def said(made: ScoredPrediction) -> str:
    """ "BTC up to 72,000"."""
    prediction = made.prediction
    return f"{base_of(prediction.symbol)} {prediction.direction.value} to {n.exact(prediction.target)}"


def outcome(made: ScoredPrediction, zone: ZoneInfo) -> str:
    """ "hit on 28 Nov", "invalidated at 64,000 on 25 Nov", "expired at 68,120 on 12 Dec"."""
    if made.settled_at is None or made.settled_price is None:
        return "open"
    day, price = n.local_day(made.settled_at, zone), n.exact(made.settled_price)
    if made.status is PredictionStatus.HIT:
        return f"hit on {day}"
    return f"{made.status.value} at {price} on {day}"


def settled(predictions: Sequence[ScoredPrediction], world: World) -> Reply:
    """What became of predictions, those that were settled together in one message."""
    zone, more = world.timezone, len(predictions) - _MOST_TOLD
    head = "A prediction is settled" if len(predictions) == 1 else f"{len(predictions)} predictions are settled"
    return Reply(
        text=prose(
            f"{marks.REPORT} {marks.mode(world)} · {head}",
            *(
                f"{said(made)} by {n.local_day(made.until, zone)}, confidence {_share(made.prediction.confidence)}: "
                f"{outcome(made, zone)}."
                for made in predictions[:_MOST_TOLD]
            ),
            f"And {more} more: /thesis" if more > 0 else "",
        ),
        buttons=(Button("Thesis", "do:/thesis"),),
    )


def outcome_line(made: ScoredPrediction, zone: ZoneInfo) -> Lines:
    """What was said, and how and when it ended, for a list."""
    day = "" if made.settled_at is None else f" {n.local_day(made.settled_at, zone)}"
    return pair(said(made), f"{made.status.value}{day}")


def open_lines(waiting: OpenPrediction) -> Lines:
    """What is predicted, the way to its target and to its invalidation, and the time left."""
    made = waiting.made
    time_left = n.duration(waiting.left) if waiting.left else "awaits prices"
    invalidation = made.prediction.invalidation
    wrong = [] if invalidation is None else pair(f"  wrong at {n.exact(invalidation)}", _way(waiting.to_invalidation))
    return [
        *pair(said(made), time_left),
        *pair("  to go", _way(waiting.to_target)),
        *wrong,
        *pair("  confidence", _share(made.prediction.confidence)),
    ]


def score_lines(score: Score) -> Lines:
    """Counts by outcome; the calibration where there are enough to mean something."""
    if not score.settled:
        return []
    counts = [
        *pair("Predictions hit", f"{score.hit} of {score.settled}, {_share(score.hit_rate)}"),
        *pair("Invalidated", f"{score.invalidated}"),
        *pair("Expired", f"{score.expired}"),
    ]
    if score.too_few:
        return [*counts, *wrapped(f"Fewer than {ENOUGH} are too few to judge.")]
    claims = [
        pair(f"Confidence {_share(each.said)}", f"hit {_share(each.hit)} of {each.count}") for each in score.buckets
    ]
    return [*counts, *(line for lines in claims for line in lines)]


def finding(score: Score) -> str:
    """ "Hit 40 % of 30 predictions, at a confidence of 65 %."."""
    if not score.settled:
        return ""
    count = n.counted(score.settled, "prediction")
    if score.too_few:
        return f"Hit {score.hit} of {count}, too few to judge."
    return f"Hit {_share(score.hit_rate)} of {count}, at a confidence of {_share(score.said)}."


def _share(fraction: float | None) -> str:
    return n.share(fraction, 0)


def _way(fraction: Decimal | None) -> str:
    return n.percent(fraction)
