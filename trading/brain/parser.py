"""From a model's text to target weights: either everything about it is right, or there is no plan.

Nothing is salvaged: no text around the JSON, no default for a missing key, no guess at a misspelt symbol.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trading.brain.contradictions import contradictions, shown
from trading.brain.request import PlanRequest
from trading.brain.schema import DecisionAnswer, PlanAnswer, PredictionAnswer
from trading.brain.strict_json import load_object
from trading.domain.money import ONE, ZERO
from trading.domain.plan import Direction, Evidence, Hold, PlanOutcome, Prediction, TargetPlan, TargetWeight

WEIGHT_STEP = Decimal("0.0001")
MOST_ERRORS = 12
_WHAT_IS_WRONG = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of the answer",
    "is_instance_of": "is not a number",
    "finite_number": "is not a number that can be used",
    "int_type": "is not a whole number",
    "greater_than": "must be above {gt}",
    "greater_than_equal": "is below {ge}",
    "less_than_equal": "is above {le}",
    "string_type": "is not a string",
    "too_short": "is empty",
    "too_long": "is longer than {max_length} characters",
    "too_short List": "has fewer than {min_length} entries",
    "too_long List": "has more than {max_length} entries",
    "list_type": "is not a list",
    "bool_type": "is not true or false",
    "literal_error": "is not one of {expected}",
    "model_type": "is not an object",
}
"""Pydantic's error types in the words of the answer."""


def parse_plan(text: str, request: PlanRequest, decided_by: str) -> PlanOutcome | list[str]:
    """The plan that `text` is, a chosen Hold where every decision is to hold, or what is wrong with it.

    Weights are rounded down to 0.0001 and what that leaves goes to cash, so that the plan sums to exactly one.
    Never raises.
    """
    answer = read_answer(text, request)
    if isinstance(answer, list):
        return answer
    plan = _target_plan(answer, request, decided_by)
    if any(decision.action != "hold" for decision in answer.decisions):
        return plan
    reason = f"abstained: {answer.reason}" if answer.abstain else answer.reason
    return Hold(decided_by, reason, chosen=True, plan=plan)


def read_answer(text: str, request: PlanRequest) -> PlanAnswer | list[str]:
    """The checked answer, or one sentence for each thing wrong with it, in the answer's own terms."""
    try:
        answer = PlanAnswer.model_validate(load_object(text))
    except ValidationError as error:
        return [_field_error(detail) for detail in error.errors(include_input=False)][:MOST_ERRORS]
    except ValueError as error:
        return [str(error)]
    return list(contradictions(answer, request))[:MOST_ERRORS] or answer


def _target_plan(answer: PlanAnswer, request: PlanRequest, decided_by: str) -> TargetPlan:
    weights = tuple(_target_weight(decision, request) for decision in answer.decisions)
    return TargetPlan(
        decided_by=decided_by,
        weights=weights,
        cash_weight=ONE - sum((weight.weight for weight in weights), ZERO),
        reason=answer.reason,
        thesis=answer.thesis.text,
        regime=answer.regime,
        predictions=tuple(map(_prediction, answer.thesis.predictions)),
    )


def _target_weight(decision: DecisionAnswer, request: PlanRequest) -> TargetWeight:
    return TargetWeight(
        symbol=decision.symbol,
        weight=decision.target_weight.quantize(WEIGHT_STEP, ROUND_DOWN),
        reason=decision.reason,
        confidence=float(decision.confidence),
        action=decision.action,
        lowest=decision.lowest_price,
        highest=decision.highest_price,
        horizon=decision.horizon_days,
        invalidation=decision.invalidation,
        evidence=tuple(Evidence(e.reference, request.figures[e.reference]) for e in decision.evidence),
    )


def _prediction(answer: PredictionAnswer) -> Prediction:
    return Prediction(
        symbol=answer.symbol,
        direction=Direction(answer.direction),
        target=answer.target_price,
        invalidation=answer.invalidation_price,
        days=answer.days,
        confidence=float(answer.confidence),
    )


def _field_error(detail: ErrorDetails) -> str:
    place = ".".join(shown(str(part)) for part in detail["loc"]) or "the answer"
    context = detail.get("ctx", {})
    kind = f"{detail['type']} {context.get('field_type', '')}".removesuffix("Value").strip()
    wrong = _WHAT_IS_WRONG.get(kind, detail["msg"])
    return f"{place} {wrong.format_map(context)}"
