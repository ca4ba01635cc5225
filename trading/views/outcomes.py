"""What became of a period's trades and predictions, and of a model's calls in it."""

from __future__ import annotations

from trading.contract import Window
from trading.contract.books.outcomes import PeriodOutcomes
from trading.portfolio.calibration import score
from trading.store.port import Store
from trading.views.model_costs import ModelCostViews

LOOKED_AT = 1000
"""The newest predictions that are looked through for those settled in the period."""


class OutcomeViews:
    """Reads reviews, predictions and model calls of any span."""

    def __init__(self, store: Store, models: ModelCostViews) -> None:
        self._store = store
        self._models = models

    async def of(self, window: Window) -> PeriodOutcomes:
        """Trades closed, predictions settled and calls made with start <= instant < end."""
        start, end = window.start, window.end
        async with self._store.reading() as read:
            reviews = await read.reviews(since=start, until=end)
            predictions = await read.predictions(limit=LOOKED_AT)
        settled = [made for made in predictions if made.settled_at is not None and start <= made.settled_at < end]
        still_open = [made for made in predictions if made.settled_at is None and made.at < end]
        return PeriodOutcomes(
            closed=len(reviews),
            best=max(reviews, key=lambda review: review.realized, default=None),
            worst=min(reviews, key=lambda review: review.realized, default=None),
            score=score([*settled, *still_open]),
            models=await self._models.costs(window),
        )
