"""What language models cost, as lines of a card. Money is US dollars here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chatbot.present import numbers as n
from chatbot.present.layout import Lines, pair, wrapped
from trading.contract.books import ModelBudget, ModelCosts, ModelUse

_MOST = 6


def dollars(cost: Decimal) -> str:
    """ "$0.42"."""
    return n.money(cost, "USD")


def uses(costs: ModelCosts) -> Lines:
    """Two lines for each model and purpose."""
    if not costs.uses:
        return wrapped("No model calls.")
    lines = [line for use in costs.uses[:_MOST] for line in _use(use)]
    rest = len(costs.uses) - _MOST
    return lines + wrapped(f"and {rest} more") if rest > 0 else lines


def today(budget: ModelBudget | None) -> Lines:
    """What is left of the day's budget; nothing without a model."""
    if budget is None:
        return []
    return [
        *pair("Model today", f"{dollars(budget.cost)} of {dollars(budget.most_cost)}"),
        *pair("  tokens", f"{_short(budget.tokens)} of {_short(budget.most_tokens)}"),
    ]


def unpriced(names: Sequence[str]) -> Lines:
    """Whose calls are not in the dollars."""
    return wrapped(f"No price known for {', '.join(names)}: counted in tokens only.") if names else []


def _use(use: ModelUse) -> Lines:
    failed = f", {use.failed} failed" if use.failed else ""
    cost = "no price" if use.cost is None else dollars(use.cost)
    return [
        *pair(use.model, cost),
        *wrapped(f"{n.counted(use.calls, use.purpose.value)}{failed}", indent="  "),
        *wrapped(f"tokens {_short(use.input_tokens)} in, {_short(use.output_tokens)} out", indent="  "),
    ]


def _short(tokens: int) -> str:
    """ "950", "12.3k", "1.20M"."""
    if tokens < 1_000:
        return str(tokens)
    return f"{tokens / 1_000:.1f}k" if tokens < 1_000_000 else f"{tokens / 1_000_000:.2f}M"
