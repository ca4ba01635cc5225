"""What language models cost: by model and purpose, against the budget, and beside the performance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trading.brain.oversight import Oversight
from trading.contract import Performance, Window
from trading.contract.books import DOLLARS, ModelBudget, ModelCosts, ModelUse
from trading.domain.money import ZERO
from trading.domain.usage import ModelCall
from trading.store.port import Queries, Store
from trading.store.remembered import Remembered


class ModelCostViews:
    """`oversight` is None where no model is configured; what earlier ones took is told all the same."""

    def __init__(self, store: Store, oversight: Oversight | None) -> None:
        self._store = store
        self._oversight = oversight
        self._ever = Remembered(store, _ever)

    async def costs(self, window: Window) -> ModelCosts:
        """Calls with window.start <= at < window.end."""
        uses = _uses(await self._calls(window))
        unpriced = [use.model for use in uses if use.cost is None]
        configured = self._oversight.unpriced() if self._oversight else ()
        return ModelCosts(uses, self._budget(), tuple(dict.fromkeys([*configured, *unpriced])))

    async def beside(self, performance: Performance | None, equity: Decimal | None) -> Performance | None:
        """`performance` with what models cost in its window; `equity` is the portfolio's at the window's end."""
        if performance is None:
            return None
        cost = await self._cost(performance.window)
        return replace(performance, model_costs=cost, after_model_costs=_after(performance, cost, equity))

    async def _cost(self, window: Window) -> Decimal:
        if not await self._ever.get():
            return ZERO  # Nobody was ever paid: most portfolios have no model, and ask for this often.
        async with self._store.reading() as read:
            return await read.model_cost(since=window.start, until=window.end)

    async def _calls(self, window: Window) -> Sequence[ModelCall]:
        async with self._store.reading() as read:
            return await read.model_calls(since=window.start, until=window.end)

    def _budget(self) -> ModelBudget | None:
        if self._oversight is None:
            return None
        spent, limits = self._oversight.today(), self._oversight.limits
        return ModelBudget(spent.cost, limits.per_day, spent.tokens, limits.tokens_per_day)


async def _ever(read: Queries) -> Decimal:
    return await read.model_cost()


def _after(performance: Performance, cost: Decimal, equity: Decimal | None) -> Decimal | None:
    """The return had the models been paid from the portfolio at the end; None where that cannot be told."""
    if not cost or not equity or performance.world.quote not in DOLLARS:
        return None
    return (1 + performance.lines[0].total_return) * (1 - cost / equity) - 1


def _uses(calls: Sequence[ModelCall]) -> tuple[ModelUse, ...]:
    """One row for each model and purpose, the dearest first."""
    rows: defaultdict[tuple[str, str], list[ModelCall]] = defaultdict(list)
    for call in calls:
        rows[call.model, call.purpose].append(call)
    return tuple(sorted(map(_use, rows.values()), key=lambda use: (-(use.cost or ZERO), -use.input_tokens, use.model)))


def _use(calls: Sequence[ModelCall]) -> ModelUse:
    """`calls` of one model for one purpose, added up."""
    priced = [call.cost for call in calls if call.cost is not None]
    return ModelUse(
        model=calls[0].model,
        purpose=calls[0].purpose,
        calls=len(calls),
        failed=sum(call.outcome != "ok" for call in calls),
        input_tokens=sum(call.input_tokens for call in calls),
        output_tokens=sum(call.output_tokens for call in calls),
        cost=sum(priced, ZERO) if priced else None,
    )
