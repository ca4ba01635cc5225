"""The shape of a rebalance answer: as pydantic models that check it, and as the JSON schema that is sent.

The schema is written for strict structured output: lists of objects, every key required, no unknown keys.
Lengths are checked here only, because strict mode does not allow them in the schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

REGIME_LENGTH = 80
REASON_LENGTH = 300
THESIS_LENGTH = 800

JsonSchema = Mapping[str, Any]


Action = Literal["buy", "sell", "hold", "close"]
ACTIONS: tuple[Action, ...] = get_args(Action)


def readable(text: object) -> object:
    """A string on one line without control characters, lone surrogates and invisible marks; all else untouched."""
    if not isinstance(text, str):
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


Fraction = Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)]
Regime = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=REGIME_LENGTH)]
Reason = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=REASON_LENGTH)]
ThesisText = Annotated[str, BeforeValidator(readable), StringConstraints(min_length=1, max_length=THESIS_LENGTH)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DecisionAnswer(_Strict):
    """What to do with one symbol: the share of equity (fraction) it should have, and why."""

    symbol: str
    action: Action
    target_weight: Fraction
    confidence: Fraction
    reason: Reason


class PlanAnswer(_Strict):
    """A whole answer. Weights and cash sum to one; :mod:`trading.brain.parser` checks that and the symbols."""

    regime: Regime
    decisions: list[DecisionAnswer]
    cash_weight: Fraction
    thesis: ThesisText
    reason: Reason


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """A JSON schema with the name that structured output wants."""

    name: str
    schema: JsonSchema


def plan_schema(symbols: Sequence[str]) -> AnswerSchema:
    """The JSON schema of :class:`PlanAnswer` with `symbols` as the only ones it may name."""
    decision = _object(
        symbol={"type": "string", "enum": list(symbols)},
        action={"type": "string", "enum": list(ACTIONS)},
        target_weight=_fraction("Share of equity after the rebalance, as a fraction"),
        confidence=_fraction("How sure you are"),
        reason=_text("Why, in one sentence", REASON_LENGTH),
    )
    answer = _object(
        regime=_text("The market's state in a few words", REGIME_LENGTH),
        decisions={"type": "array", "items": decision, "description": "Each symbol at most once, each held one always"},
        cash_weight=_fraction("Share left in cash; with all target weights it sums to 1"),
        thesis=_text("The running view, with what would prove it wrong", THESIS_LENGTH),
        reason=_text("The whole decision in one sentence", REASON_LENGTH),
    )
    return AnswerSchema("rebalance_plan", answer)


def _object(**properties: JsonSchema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _fraction(description: str) -> JsonSchema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": f"{description}, from 0 to 1"}


def _text(description: str, length: int) -> JsonSchema:
    return {"type": "string", "description": f"{description}, at most {length} characters"}
