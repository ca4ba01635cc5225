"""What asking a language model took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Purpose(StrEnum):
    REBALANCE = "rebalance"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a model and what it took. `cost` is in US dollars; None where the model has no known price.

    `cycle_id` is empty for questions. `outcome` is "ok" or one sentence about why there was no usable answer;
    a request without an answer counts with what was estimated for it.
    """

    id: str
    at: datetime
    purpose: Purpose
    cycle_id: str
    model: str
    input_tokens: int
    output_tokens: int
    cost: Decimal | None
    seconds: float
    outcome: str
