"""Several answers to one rebalance: samples of one model, or several models, asked side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal

from trading.brain.agreement import agree
from trading.brain.planner import PlannedBy
from trading.brain.plans import Plans
from trading.brain.request import PlanRequest
from trading.domain.plan import Quorum


class Panel:
    """Asks each of `members` at once and keeps what `share` (fraction) of them agree on, with every answer."""

    def __init__(self, members: Sequence[Plans], share: Decimal) -> None:
        self._members = members
        self._share = share
        names = list(dict.fromkeys(member.name for member in members))
        alone = len(names) == 1
        self.name = f"{names[0]}, {len(members)} answers" if alone else ", ".join(names)

    async def plan(self, request: PlanRequest) -> PlannedBy:
        """What they agree on; a forced hold where too few gave a usable answer."""
        planned = await asyncio.gather(*(member.plan(request) for member in self._members))
        agreed = agree(self.name, [each.outcome for each in planned], request.weights, self._share)
        return PlannedBy(
            outcome=agreed.outcome,
            raw=tuple(text for each in planned for text in each.raw),
            input_tokens=sum(each.input_tokens for each in planned),
            output_tokens=sum(each.output_tokens for each in planned),
            prompt=planned[0].prompt,
            clamps=agreed.clamps,
            notes=agreed.notes,
            quorum=Quorum(len(planned), self._share),
        )
