"""Decisions to look at afterwards: a small world rebalanced once by a model that answers as it is told."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.reading_model import read_plan
from tests.unit.trading.brain.answers import PROMPTS
from tests.world import started
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.panel import Panel
from trading.brain.planner import ModelPlanner
from trading.brain.prompt import Message
from trading.decision.planners import AllocatorPlanner, LanguageModelPlanner, Planner
from trading.domain.plan import Cycle
from trading.strategy.allocator import DECIDED_BY

SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")
PROSE = "I would buy some bitcoin."


class Told:
    """Says what it was told to, then what the figures lead to, with some of it changed.

    The first `skipped` symbols are left out; `shift` (fraction) makes the weight of the next one another.
    """

    name = "gpt-4o"

    def __init__(self, *first: str, shift: float = 0, skipped: int = 0) -> None:
        self._first = deque(first)
        self._shift = shift
        self._skipped = skipped

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        text = self._first.popleft() if self._first else self._plan(messages)
        return Completion(text, 900, 100, self.name)

    def _plan(self, messages: Sequence[Message]) -> str:
        plan = read_plan({"messages": [{"content": message.content} for message in messages]})
        chosen = plan["decisions"] = plan["decisions"][self._skipped :]
        chosen[0]["target_weight"] = round(chosen[0]["target_weight"] + self._shift, 4)
        plan["cash_weight"] = round(1 - sum(each["target_weight"] for each in chosen), 4)
        return json.dumps(plan)


async def decided(*models: Told, **world: Any) -> Cycle:
    """What `models` decided: one alone, or several by a vote of 60 %."""
    members = [ModelPlanner(model, PROMPTS) for model in models]
    planner = members[0] if len(members) == 1 else Panel(members, Decimal("0.6"))
    return await rebalanced(LanguageModelPlanner(planner, planner.name, SYMBOLS), **world)


async def allocated(**world: Any) -> Cycle:
    """What the allocator decided."""
    cycle = await rebalanced(AllocatorPlanner(), **world)
    assert cycle.decided_by == DECIDED_BY
    return cycle


async def rebalanced(planner: Planner, **world: Any) -> Cycle:
    small = await started(planner=planner, **world)
    return await small.core.rebalance.run("schedule")
