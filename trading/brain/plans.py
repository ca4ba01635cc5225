"""The port of whoever decides a rebalance from a request: one model, several, or one under supervision."""

from __future__ import annotations

from typing import Protocol

from trading.brain.planner import PlannedBy
from trading.brain.request import PlanRequest


class Plans(Protocol):
    """Turns a request into target weights or a hold. Never raises."""

    @property
    def name(self) -> str: ...

    async def plan(self, request: PlanRequest) -> PlannedBy: ...
