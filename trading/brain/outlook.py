"""What asking takes, told before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trading.brain.budget import dollars
from trading.brain.ladder import longest_answer
from trading.brain.prices import PriceTable
from trading.brain.prompt import RebalancePrompt
from trading.brain.request import PlanRequest
from trading.brain.tokens import estimate
from trading.domain.money import ZERO


class Outlook:
    """Estimates a request to `asked`, the names of the models that are asked for one answer each."""

    def __init__(self, prompt: RebalancePrompt, prices: PriceTable, asked: Sequence[str]) -> None:
        self._prompt = prompt
        self._prices = prices
        self._asked = asked

    def __call__(self, request: PlanRequest) -> str:
        """ "about 4,200 tokens, at most $0.10"; the tokens are those that are sent, a repair is not in it. Empty where
        nobody is asked."""
        if not self._asked:
            return ""
        tokens = estimate(self._prompt.ask(request))
        sent = f"about {tokens * len(self._asked):,} tokens"
        cost = self._most(tokens)
        return sent if cost is None else f"{sent}, at most {dollars(cost)}"

    def _most(self, tokens: int) -> Decimal | None:
        costs = [self._prices.estimate(name, tokens, longest_answer(name)) for name in self._asked]
        return None if None in costs else sum((cost for cost in costs if cost is not None), ZERO)
