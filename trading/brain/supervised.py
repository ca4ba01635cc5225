"""Asking a model for a plan under supervision: for whom it is paid, and whether it is to be asked at all."""

from __future__ import annotations

from trading.brain.charge import Charge, charged
from trading.brain.planner import PlannedBy
from trading.brain.plans import Plans
from trading.brain.request import PlanRequest
from trading.brain.safe_mode import WHY_HELD, SafeMode
from trading.domain.plan import Hold
from trading.domain.usage import Purpose


class SupervisedPlanner:
    """Asks `plans` unless safe mode is on, charges what it takes to the cycle, and counts its failures."""

    def __init__(self, plans: Plans, safe_mode: SafeMode) -> None:
        self._plans = plans
        self._safe_mode = safe_mode

    @property
    def name(self) -> str:
        return self._plans.name

    async def plan(self, request: PlanRequest) -> PlannedBy:
        """The plan, or a hold. Only cancellation gets out, and a fault of the store."""
        if self._safe_mode.on:
            return PlannedBy(Hold(self.name, WHY_HELD, chosen=False), ())
        with charged(Purpose.REBALANCE, request.cycle_id) as charge:
            planned = await self._plans.plan(request)
        await self._count(planned, charge)
        return planned

    async def _count(self, planned: PlannedBy, charge: Charge) -> None:
        outcome = planned.outcome
        if not isinstance(outcome, Hold) or outcome.chosen:
            await self._safe_mode.worked()
        elif charge.requests:
            # Where nothing was sent, as when the budget is used, it is not the model that failed.
            await self._safe_mode.failed(outcome.reason)
