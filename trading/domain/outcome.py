"""What became of predictions and of trades, computed from prices and fills, for people and for the next decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from trading.domain.plan import Prediction


class PredictionStatus(StrEnum):
    """How a prediction ended. Where a candle holds both prices, the invalidation counts."""

    OPEN = "open"
    HIT = "hit"
    INVALIDATED = "invalidated"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ScoredPrediction:
    """A prediction on record: made `at` a `price`, good until `until`, and what came of it.

    `watched_until` is how far prices have been looked at; `settled_at` and `settled_price` are None while it is open.
    """

    id: str
    cycle_id: str
    at: datetime
    decided_by: str
    regime: str
    price: Decimal
    prediction: Prediction
    until: datetime
    watched_until: datetime
    status: PredictionStatus = PredictionStatus.OPEN
    settled_at: datetime | None = None
    settled_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TradeReview:
    """A closed trade: a position from its first buy to the sale that ended it. Amounts in the quote currency.

    Prices are averages over the fills. `planned_stop` and `planned_target` are the exits that were set when it was
    opened; `best` and `worst` are the highest and lowest price while it was held, as fractions of the entry
    (excursions); both None where no candles cover it. `realized` is after fees. `slippage` is what the fills cost
    against the quotes decided at, None where none is known.
    """

    id: str
    symbol: str
    opened_at: datetime
    closed_at: datetime
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    fees: Decimal
    slippage: Decimal | None
    realized: Decimal
    planned_stop: Decimal | None
    planned_target: Decimal | None
    best: Decimal | None
    worst: Decimal | None
    source: str
    """What closed it: "stop", "target", "rebalance", "user" and so on."""
    reason: str
    """Why it was opened, in the decider's words."""
    regime: str
    cycle_id: str
    """The cycle that opened it, empty where a person did."""
