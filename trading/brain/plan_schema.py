"""The JSON schema of a rebalance answer, made for one request: only its symbols and its references can be named."""

from __future__ import annotations

from collections.abc import Sequence

from trading.brain.json_schema import (
    AnswerSchema,
    JsonSchema,
    a_fraction,
    a_list,
    a_price,
    a_price_or_null,
    an_object,
    days,
    one_of,
    some_text,
)
from trading.brain.request import PlanRequest
from trading.brain.schema import (
    ACTIONS,
    INVALIDATION_LENGTH,
    MOST_DAYS,
    MOST_EVIDENCE,
    MOST_PREDICTIONS,
    REASON_LENGTH,
    REGIME_LENGTH,
    SCHEMA_VERSION,
    THESIS_LENGTH,
)

MOST_NAMES = 1000
"""Values that servers take in all enumerations of a schema together."""

LONGEST_LIST = 250
MOST_CHARACTERS = 15_000
"""An enumeration of more than LONGEST_LIST values may have this many characters."""


def plan_schema(request: PlanRequest) -> AnswerSchema:
    """The schema of :class:`trading.brain.schema.PlanAnswer` for `request`."""
    symbols = nameable(request)
    answer = an_object(
        schema_version={"type": "integer", "enum": [SCHEMA_VERSION]},
        cycle_id=one_of([request.cycle_id], "The cycle that is asked about"),
        snapshot_hash=one_of([request.snapshot_hash], "The snapshot that was seen"),
        regime=some_text("The market's state in a few words", REGIME_LENGTH),
        abstain={"type": "boolean", "description": "True to hold everything; then every action is hold"},
        decisions=a_list(_decision(request), "Each symbol at most once, each held one always"),
        cash_weight=a_fraction("Share left in cash; with all target weights it sums to 1"),
        thesis=an_object(
            text=some_text("The running view, with what would prove it wrong", THESIS_LENGTH),
            predictions=a_list(_prediction(symbols), f"At most {MOST_PREDICTIONS}, each about an allowed symbol"),
        ),
        reason=some_text("The whole decision in one sentence", REASON_LENGTH),
    )
    return AnswerSchema("rebalance_plan", answer)


def nameable(request: PlanRequest) -> list[str]:
    """The symbols that an answer may name: the allowed first, then what is held besides."""
    return list(dict.fromkeys([*request.allowed, *(symbol for symbol, weight in request.weights.items() if weight)]))


def _decision(request: PlanRequest) -> JsonSchema:
    return an_object(
        symbol=_named(nameable(request), 2),
        action=one_of(ACTIONS),
        target_weight=a_fraction("Share of equity after the rebalance, as a fraction"),
        lowest_price=a_price_or_null("Nothing is traded below this price"),
        highest_price=a_price_or_null("Nothing is traded above this price"),
        confidence=a_fraction("How sure you are"),
        horizon_days=days("How long the decision is meant to hold", MOST_DAYS),
        invalidation=some_text("What would prove the decision wrong", INVALIDATION_LENGTH),
        evidence=a_list(_evidence(request), f"1 to {MOST_EVIDENCE} figures of the snapshot that decided it"),
        reason=some_text("Why, in one sentence", REASON_LENGTH),
    )


def _evidence(request: PlanRequest) -> JsonSchema:
    # Servers count every enumeration: the symbols are there twice, the rest are a dozen words.
    references, taken = list(request.figures), 2 * len(nameable(request)) + 20
    return an_object(
        reference=_named(references, 1, taken),
        value={"type": "string", "description": "The figure's value, spelled as in the snapshot"},
    )


def _prediction(symbols: Sequence[str]) -> JsonSchema:
    return an_object(
        symbol=_named(symbols, 2),
        direction=one_of(("up", "down")),
        target_price=a_price("The price it reaches"),
        invalidation_price=a_price_or_null("The price that proves it wrong, on the other side of today's"),
        days=days("By when", MOST_DAYS),
        confidence=a_fraction("How sure you are"),
    )


def _named(names: Sequence[str], times: int, taken: int = 20) -> JsonSchema:
    """One of `names`, or any text where there are more than a schema takes: they are checked in the answer anyway."""
    too_many = not names or len(names) * times + taken > MOST_NAMES
    too_long = len(names) > LONGEST_LIST and sum(map(len, names)) > MOST_CHARACTERS
    return {"type": "string"} if too_many or too_long else one_of(names)
