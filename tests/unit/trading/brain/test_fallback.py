"""A second model in the place of one that cannot be asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.trading.brain.asking import ASK, SCHEMA
from trading.brain.budget import BudgetUsed
from trading.brain.charge import charged
from trading.brain.fallback import FallbackModel
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.prompt import Message
from trading.contract import ModelTurn, ToolSpec, Utterance
from trading.domain.usage import Purpose
from trading.errors import NeedsOperator, PurserError, Retryable


class Scripted:
    """Answers with its name, or raises what it is told to."""

    def __init__(self, name: str, fault: PurserError | None = None, problem: str = "") -> None:
        self.name = name
        self.fault = fault
        self.problem = problem
        self.asked = 0

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        self._fail()
        return Completion(self.name, 1, 1, self.name, self.problem)

    async def turn(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        self._fail()
        return ModelTurn(self.name)

    def _fail(self) -> None:
        self.asked += 1
        if self.fault:
            raise self.fault


@pytest.mark.parametrize("fault", [Retryable("one is slow"), NeedsOperator("one refused the key")])
async def test_the_second_answers_where_the_first_fails(fault: PurserError) -> None:
    model = FallbackModel(Scripted("one", fault), Scripted("two"))
    assert (await model.complete(ASK, SCHEMA)).text == "two"
    assert (await model.turn([], [])).text == "two"
    assert model.name == "one"


async def test_a_bad_answer_is_no_failure() -> None:
    second = Scripted("two")
    completion = await FallbackModel(Scripted("one", problem="cut off"), second).complete(ASK, SCHEMA)
    assert (completion.text, second.asked) == ("one", 0)


async def test_a_used_budget_is_used_for_both() -> None:
    second = Scripted("two")
    with pytest.raises(BudgetUsed):
        await FallbackModel(Scripted("one", BudgetUsed("it is used")), second).complete(ASK, SCHEMA)
    assert second.asked == 0


async def test_two_failures_are_told_together() -> None:
    model = FallbackModel(Scripted("one", Retryable("one is slow")), Scripted("two", NeedsOperator("no such model")))
    with pytest.raises(NeedsOperator, match="one is slow; in its place two: no such model"):
        await model.complete(ASK, SCHEMA)


async def test_within_one_rebalance_the_first_is_given_up_after_one_failure_and_tried_again_in_the_next() -> None:
    first = Scripted("one", Retryable("one is slow"))
    model = FallbackModel(first, Scripted("two"))
    for cycle in ("c1", "c2"):
        with charged(Purpose.REBALANCE, cycle):
            await model.complete(ASK, SCHEMA)
            await model.complete(ASK, SCHEMA)
    assert first.asked == 2
