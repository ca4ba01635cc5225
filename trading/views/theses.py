"""The running thesis, what it predicts, and how earlier predictions fared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.contract import ThesisView
from trading.contract.outcomes import OpenPrediction
from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.portfolio.calibration import score
from trading.store.port import Store

THESES = 10
SETTLED = 5
"""How many of the newest are shown."""
LOOKED_AT = 1000
"""The newest predictions that the record is made of."""


class ThesisViews:
    """Reads theses and predictions; `price_of` is the newest known price of a symbol, in quote."""

    def __init__(self, store: Store, price_of: Callable[[str], Decimal | None], clock: Clock) -> None:
        self._store = store
        self._price_of = price_of
        self._clock = clock

    async def view(self) -> ThesisView:
        async with self._store.reading() as read:
            theses = await read.theses(THESES)
            predictions = await read.predictions(limit=LOOKED_AT)
        waiting = [made for made in predictions if made.status is PredictionStatus.OPEN]
        settled = sorted((made for made in predictions if made.settled_at is not None), key=_settled_at)
        return ThesisView(
            current=theses[-1] if theses else None,
            earlier=tuple(reversed(theses[:-1])),
            open=tuple(map(self._open, sorted(waiting, key=lambda made: made.until))),
            settled=tuple(reversed(settled[-SETTLED:])),
            score=score(predictions),
        )

    def _open(self, made: ScoredPrediction) -> OpenPrediction:
        price, wanted = self._price_of(made.prediction.symbol), made.prediction
        return OpenPrediction(
            made=made,
            price=price,
            to_target=_distance(price, wanted.target),
            to_invalidation=_distance(price, wanted.invalidation),
            left=max(made.until - self._clock.now(), timedelta(0)),
        )


def _settled_at(made: ScoredPrediction) -> tuple[float, str]:
    assert made.settled_at is not None, "only settled ones are sorted"
    return made.settled_at.timestamp(), made.id


def _distance(price: Decimal | None, level: Decimal | None) -> Decimal | None:
    return level / price - 1 if price and level is not None else None
