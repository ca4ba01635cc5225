"""What became of a period: trades that were closed, predictions that were settled, and what models took."""

from __future__ import annotations

from dataclasses import dataclass

from trading.contract.books.models import ModelCosts
from trading.contract.outcomes import Score
from trading.domain.outcome import TradeReview


@dataclass(frozen=True, slots=True)
class PeriodOutcomes:
    """Trades closed in the period with the best and the worst by profit; predictions settled in it, or open."""

    closed: int
    best: TradeReview | None
    worst: TradeReview | None
    score: Score
    models: ModelCosts
