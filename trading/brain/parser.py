"""From a model's text to target weights: either everything about it is right, or there is no plan.

Nothing is salvaged: no text around the JSON, no default for a missing key, no guess at a misspelt symbol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import ROUND_DOWN, Decimal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trading.brain.schema import DecisionAnswer, PlanAnswer, readable
from trading.brain.strict_json import load_object
from trading.domain.money import ONE, ZERO
from trading.domain.plan import Hold, PlanOutcome, TargetPlan, TargetWeight

WEIGHT_STEP = Decimal("0.0001")
SUM_TOLERANCE = Decimal("0.000001")
MOST_ERRORS = 12
_WHAT_IS_WRONG = {
    "missing": "is missing",
    "extra_forbidden": "is not a key of the answer",
    "is_instance_of": "is not a number",
    "greater_than_equal": "is below 0",
    "less_than_equal": "is above 1",
    "too_short": "is empty",
    "too_long": "is longer than {max_length} characters",
    "string_type": "is not a string",
    "list_type": "is not a list",
    "literal_error": "is not one of buy, sell, hold, close",
}
"""Pydantic's error types in the words of the answer."""


def parse_plan(text: str, allowed: Collection[str], held: Collection[str], decided_by: str) -> PlanOutcome | list[str]:
    """The plan that `text` is, a chosen Hold where every decision is to hold, or what is wrong with it.

    `allowed` are the symbols that may be bought; `held` those that must be decided on. Weights are rounded
    down to 0.0001 and what that leaves goes to cash, so that the plan sums to exactly one. Never raises.
    """
    answer = read_answer(text, allowed, held)
    if isinstance(answer, list):
        return answer
    if all(decision.action == "hold" for decision in answer.decisions):
        return Hold(decided_by, answer.reason, chosen=True)
    return _target_plan(answer, decided_by)


def read_answer(text: str, allowed: Collection[str], held: Collection[str]) -> PlanAnswer | list[str]:
    """The checked answer, or one sentence for each thing wrong with it, in the answer's own terms."""
    try:
        answer = PlanAnswer.model_validate(load_object(text))
    except ValidationError as error:
        return [_field_error(detail) for detail in error.errors(include_input=False)][:MOST_ERRORS]
    except ValueError as error:
        return [str(error)]
    return list(_contradictions(answer, allowed, held))[:MOST_ERRORS] or answer


def _contradictions(answer: PlanAnswer, allowed: Collection[str], held: Collection[str]) -> Iterator[str]:
    named = Counter(decision.symbol for decision in answer.decisions)
    for symbol, times in named.items():
        if symbol not in allowed and symbol not in held:
            yield f"{_shown(symbol)} is not one of the allowed symbols: {', '.join(sorted({*allowed, *held}))}"
        if times > 1:
            yield f"{_shown(symbol)} is decided {times} times; decide each symbol once"
    for symbol in held:
        if symbol not in named:
            yield f"{symbol} is held but has no decision"
    for decision in answer.decisions:
        yield from _action_errors(decision, decision.symbol in allowed, decision.symbol in held)
    total = sum((decision.target_weight for decision in answer.decisions), answer.cash_weight)
    if abs(total - ONE) > SUM_TOLERANCE:
        yield f"target weights and cash sum to {total:.6f}, not to 1"


def _action_errors(decision: DecisionAnswer, allowed: bool, held: bool) -> Iterator[str]:
    """Where the action and the weight cannot both be meant."""
    symbol, weight = _shown(decision.symbol), decision.target_weight
    match decision.action:
        case "close" if weight > 0:
            yield f"{symbol} is to be closed, so its target weight must be 0, not {weight:.4f}"
        case "buy" if not weight:
            yield f"{symbol} is to be bought, so its target weight must be above 0"
        case "buy" if held and not allowed:
            yield f"{symbol} is held but may no longer be bought"
        case "sell" | "hold" if weight > 0 and not held:
            yield f"{symbol} is not held, so it cannot be told to {decision.action} at {weight:.4f}"


def _target_plan(answer: PlanAnswer, decided_by: str) -> TargetPlan:
    weights = tuple(
        TargetWeight(
            symbol=decision.symbol,
            weight=decision.target_weight.quantize(WEIGHT_STEP, ROUND_DOWN),
            reason=decision.reason,
            confidence=float(decision.confidence),
        )
        for decision in answer.decisions
    )
    cash = ONE - sum((weight.weight for weight in weights), ZERO)
    return TargetPlan(decided_by, weights, cash, answer.reason, thesis=answer.thesis)


def _field_error(detail: ErrorDetails) -> str:
    place = ".".join(_shown(str(part)) for part in detail["loc"]) or "the answer"
    wrong = _WHAT_IS_WRONG.get(detail["type"], detail["msg"])
    return f"{place} {wrong.format_map(detail.get('ctx', {}))}"


def _shown(text: str) -> str:
    """A name from the answer, short and on one line: it may be shown to people."""
    return str(readable(text))[:40]
