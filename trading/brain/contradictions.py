"""Where an answer of the right shape contradicts the request, the snapshot or itself: one sentence for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from trading.brain.plan_schema import nameable
from trading.brain.request import PlanRequest
from trading.brain.schema import DecisionAnswer, EvidenceAnswer, PlanAnswer, PredictionAnswer, readable
from trading.domain.money import ONE, ZERO

SUM_TOLERANCE = Decimal("0.000001")
HOLD_TOLERANCE = Decimal("0.005")
"""How far (share of equity) the weight of a hold may be from the one held now: as much as is never traded."""

LEAST_KEPT = Decimal("0.0001")
"""The smallest weight that a sale may leave; below it the position would be closed."""


def contradictions(answer: PlanAnswer, request: PlanRequest) -> Iterator[str]:
    """Nothing where `answer` can be used as it is."""
    yield from _echoes(answer, request)
    yield from _symbols(answer, request)
    for decision in answer.decisions:
        yield from _decision(decision, request)
    yield from _whole(answer)
    for prediction in answer.thesis.predictions:
        yield from _prediction(prediction, request)


def _echoes(answer: PlanAnswer, request: PlanRequest) -> Iterator[str]:
    if answer.cycle_id != request.cycle_id:
        yield f"cycle_id is {shown(answer.cycle_id)}, but this is cycle {request.cycle_id}"
    if answer.snapshot_hash != request.snapshot_hash:
        yield f"snapshot_hash is {shown(answer.snapshot_hash)}, but the snapshot is {request.snapshot_hash}"


def _symbols(answer: PlanAnswer, request: PlanRequest) -> Iterator[str]:
    known, named = nameable(request), Counter(decision.symbol for decision in answer.decisions)
    for symbol, times in named.items():
        if symbol not in known:
            yield f"{shown(symbol)} is not one of the allowed symbols: {', '.join(sorted(known))}"
        if times > 1:
            yield f"{shown(symbol)} is decided {times} times; decide each symbol once"
    for symbol, weight in request.weights.items():
        if weight and symbol not in named:
            yield f"{symbol} is held but has no decision"


def _decision(decision: DecisionAnswer, request: PlanRequest) -> Iterator[str]:
    symbol = shown(decision.symbol)
    yield from _action(decision, symbol, request.weights.get(decision.symbol, ZERO))
    if decision.action == "buy" and decision.symbol not in request.allowed and request.weights.get(decision.symbol):
        yield f"{symbol} is held but may no longer be bought"
    lowest, highest = decision.lowest_price, decision.highest_price
    if lowest is not None and highest is not None and lowest > highest:
        yield f"{symbol}: lowest_price {lowest:f} is above highest_price {highest:f}"
    for evidence in decision.evidence:
        yield from _evidence(evidence, symbol, request)


def _action(decision: DecisionAnswer, symbol: str, now: Decimal) -> Iterator[str]:
    """Where the action and the change of weight cannot both be meant."""
    weight = decision.target_weight
    match decision.action:
        case "close" if weight:
            yield f"{symbol} is to be closed, so its target weight must be 0, not {weight:.4f}"
        case "buy" if weight <= now:
            yield f"{symbol} is to be bought, so its target weight must be above the {now:.4f} held now"
        case "sell" if weight < LEAST_KEPT or weight >= now:
            yield f"{symbol} is to be sold in part, so its target weight must be above 0 and below {now:.4f}"
        case "hold" if abs(weight - now) > HOLD_TOLERANCE:
            yield f"{symbol} is to be held, so its target weight must be the {now:.4f} held now, not {weight:.4f}"


def _evidence(evidence: EvidenceAnswer, symbol: str, request: PlanRequest) -> Iterator[str]:
    known = request.figures.get(evidence.reference)
    if known is None:
        yield f"{symbol}: the snapshot has no figure {shown(evidence.reference)}"
    elif not same_figure(evidence.value, known):
        yield f"{symbol}: {shown(evidence.reference)} is {shown(known)}, not {shown(evidence.value)}"


def same_figure(said: str, known: str) -> bool:
    """Whether two spellings are the same number, or the same text where one of them is no number."""
    try:
        return Decimal(said) == Decimal(known)
    except InvalidOperation:
        return said == known


def _whole(answer: PlanAnswer) -> Iterator[str]:
    total = sum((decision.target_weight for decision in answer.decisions), answer.cash_weight)
    if abs(total - ONE) > SUM_TOLERANCE:
        yield f"target weights and cash sum to {total:.6f}, not to 1"
    changed = [shown(decision.symbol) for decision in answer.decisions if decision.action != "hold"]
    if answer.abstain and changed:
        yield f"abstain is true, so every action must be hold, but {', '.join(changed[:3])} is to change"


def _prediction(prediction: PredictionAnswer, request: PlanRequest) -> Iterator[str]:
    symbol, price = shown(prediction.symbol), request.prices.get(prediction.symbol)
    if prediction.symbol not in nameable(request) or price is None:
        yield f"thesis: {symbol} cannot be predicted; name an allowed symbol that has a price"
        return
    sign = 1 if prediction.direction == "up" else -1
    target, wrong = prediction.target_price, prediction.invalidation_price
    if (target - price) * sign <= 0:
        yield f"thesis: {symbol} is at {price:f}, so going {prediction.direction} it cannot reach {target:f}"
    if wrong is not None and (price - wrong) * sign <= 0:
        yield f"thesis: {symbol} is at {price:f}, so {wrong:f} cannot prove a way {prediction.direction} wrong"


def shown(text: str) -> str:
    """A name from the answer, short and on one line: it may be shown to people."""
    return str(readable(text))[:40]
