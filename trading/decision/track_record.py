"""How earlier decisions fared, as the next decision is told: reviews, statistics over them, predictions, theses.

Everything is JSON-able, in a fixed order, rounded, and made of what is in the books: nothing of it is later than they
are. Amounts are texts in the quote currency, shares and returns texts of fractions with four decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from statistics import fmean

from trading.contract.outcomes import Score
from trading.domain.money import ZERO
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Thesis
from trading.portfolio.calibration import score
from trading.store.port import Queries

REVIEWS_SHOWN = 10
THESES_SHOWN = 5
LOOKED_AT = 500
"""The newest reviews, and the newest predictions, that statistics are made of."""
MOST_TEXT = 200
_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")


async def track_record(read: Queries, until: datetime | None = None) -> dict[str, object]:
    """The newest trades in short, statistics by symbol, source and regime, predictions, and theses with outcomes.

    What came to be at `until` or later is left out.
    """
    reviews = await read.reviews(until=until, limit=LOOKED_AT)
    predictions = _known(await read.predictions(limit=LOOKED_AT), until)
    theses = [thesis for thesis in await read.theses(2 * THESES_SHOWN) if until is None or thesis.at < until]
    return {
        "reviews": [_review(review) for review in reviews[-REVIEWS_SHOWN:]],
        "statistics": {
            "all": _statistics(reviews),
            "by_symbol": _grouped(reviews, lambda review: review.symbol),
            "by_source": _grouped(reviews, lambda review: review.source),
            "by_regime": _grouped(reviews, lambda review: review.regime),
        },
        "predictions": _score(score(predictions)),
        "theses": [_thesis(thesis, predictions) for thesis in theses[-THESES_SHOWN:]],
    }


def _known(predictions: Sequence[ScoredPrediction], until: datetime | None) -> Sequence[ScoredPrediction]:
    """Those made before `until`; one that was settled later was still open then."""
    if until is None:
        return predictions
    made = [prediction for prediction in predictions if prediction.at < until]
    return [
        replace(each, status=PredictionStatus.OPEN, settled_at=None, settled_price=None)
        if each.settled_at and each.settled_at >= until
        else each
        for each in made
    ]


def return_of(review: TradeReview) -> Decimal:
    """The profit after fees over what was paid, fees left out of the latter."""
    paid = review.entry_price * review.quantity
    return review.realized / paid if paid else ZERO


def _review(review: TradeReview) -> dict[str, object]:
    return {
        "symbol": review.symbol,
        "opened_at": _instant(review.opened_at),
        "closed_at": _instant(review.closed_at),
        "hours": _hours([review]),
        "return": _fraction(return_of(review)),
        "realized": _amount(review.realized),
        "fees": _amount(review.fees),
        "slippage": _amount(review.slippage),
        "planned_stop": _plain(review.planned_stop),
        "planned_target": _plain(review.planned_target),
        "exit_price": _plain(_significant(review.exit_price)),
        "best": _fraction(review.best),
        "worst": _fraction(review.worst),
        "source": review.source,
        "regime": _short(review.regime),
        "reason": _short(review.reason),
    }


def _grouped(reviews: Sequence[TradeReview], key: Callable[[TradeReview], str]) -> dict[str, object]:
    names = sorted({key(review) for review in reviews if key(review)})
    return {_short(name): _statistics([review for review in reviews if key(review) == name]) for name in names}


def _statistics(reviews: Sequence[TradeReview]) -> dict[str, object]:
    if not reviews:
        return {"count": 0}
    returns = [return_of(review) for review in reviews]
    return {
        "count": len(reviews),
        "win_rate": _fraction(Decimal(sum(review.realized > 0 for review in reviews)) / len(reviews)),
        "mean_return": _fraction(sum(returns, ZERO) / len(returns)),
        "mean_hours": _hours(reviews),
        "fees": _amount(sum((review.fees for review in reviews), ZERO)),
    }


def _score(found: Score) -> dict[str, object]:
    return {
        "open": found.open,
        "hit": found.hit,
        "invalidated": found.invalidated,
        "expired": found.expired,
        "hit_rate": _share(found.hit_rate),
        "too_few": found.too_few,
        "calibration": [
            {
                "from": _share(each.lowest),
                "to": _share(each.highest),
                "said": _share(each.said),
                "hit": _share(each.hit),
                "count": each.count,
            }
            for each in found.buckets
        ],
    }


def _thesis(thesis: Thesis, predictions: Iterable[ScoredPrediction]) -> dict[str, object]:
    mine = [made for made in predictions if made.cycle_id == thesis.cycle_id]
    return {
        "at": _instant(thesis.at),
        "decided_by": thesis.decided_by,
        "text": _short(thesis.text),
        "predictions": [
            {
                "symbol": made.prediction.symbol,
                "direction": made.prediction.direction.value,
                "target": _plain(made.prediction.target),
                "invalidation": _plain(made.prediction.invalidation),
                "until": _instant(made.until),
                "confidence": _share(made.prediction.confidence),
                "status": made.status.value,
            }
            for made in mine
        ],
    }


def _hours(reviews: Sequence[TradeReview]) -> str:
    return f"{fmean((review.closed_at - review.opened_at).total_seconds() for review in reviews) / 3600:.1f}"


def _fraction(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.quantize(_PLACES, ROUND_HALF_EVEN):f}"


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.quantize(_CENT, ROUND_HALF_EVEN):f}"


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _significant(value: Decimal) -> Decimal:
    """Eight digits: an average price has dozens, and a cent says nothing about a coin of a thousandth."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 7), ROUND_HALF_EVEN) if value else value


def _short(text: str) -> str:
    return " ".join(text.split())[:MOST_TEXT]


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
