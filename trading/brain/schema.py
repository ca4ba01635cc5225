"""The shape of a rebalance answer, as pydantic models that check it; `json_schema` is the same shape as it is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from trading.brain.json_schema import AnswerSchema as AnswerSchema

SCHEMA_VERSION = 1
REGIME_LENGTH = 80
REASON_LENGTH = 300
INVALIDATION_LENGTH = 200
THESIS_LENGTH = 800
MOST_EVIDENCE = 8
MOST_PREDICTIONS = 5
MOST_DAYS = 365

Action = Literal["buy", "sell", "hold", "close"]
ACTIONS: tuple[Action, ...] = get_args(Action)


def readable(text: object) -> object:
    """A string on one line without control characters, lone surrogates and invisible marks; all else untouched."""
    if not isinstance(text, str):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _whole(number: object) -> object:
    """A Decimal without a fraction as an int; all else untouched, for strict mode to refuse."""
    whole = isinstance(number, Decimal) and number.is_finite() and number == number.to_integral_value()
    return int(number) if whole and isinstance(number, Decimal) else number


Fraction = Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)]
Price = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
Days = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_DAYS)]
Version = Annotated[int, BeforeValidator(_whole), Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
Regime = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=REGIME_LENGTH)]
Reason = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=REASON_LENGTH)]
Condition = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=INVALIDATION_LENGTH)]
ThesisText = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=THESIS_LENGTH)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EvidenceAnswer(_Strict):
    """A figure of the snapshot that a decision rests on, with its value as it stands there."""

    reference: str
    value: str


class DecisionAnswer(_Strict):
    """What to do with one symbol: the share of equity (fraction) it should have, within which prices, and why."""

    symbol: str
    action: Action
    target_weight: Fraction
    lowest_price: Price | None
    highest_price: Price | None
    confidence: Fraction
    horizon_days: Days
    invalidation: Condition
    evidence: Annotated[list[EvidenceAnswer], Field(min_length=1, max_length=MOST_EVIDENCE)]
    reason: Reason


class PredictionAnswer(_Strict):
    """A part of the thesis that time proves right or wrong. Prices are in the quote currency."""

    symbol: str
    direction: Literal["up", "down"]
    target_price: Price
    invalidation_price: Price | None
    days: Days
    confidence: Fraction


class ThesisAnswer(_Strict):
    """The running view, and what of it can be scored later."""

    text: ThesisText
    predictions: Annotated[list[PredictionAnswer], Field(max_length=MOST_PREDICTIONS)]


class PlanAnswer(_Strict):
    """A whole answer. What it says of the request and of itself is checked by :mod:`trading.brain.contradictions`."""

    schema_version: Version
    cycle_id: str
    snapshot_hash: str
    regime: Regime
    abstain: bool
    decisions: list[DecisionAnswer]
    cash_weight: Fraction
    thesis: ThesisAnswer
    reason: Reason
