"""What fills add up to, every digit kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trading.domain.order import Side
from trading.domain.portfolio import Traded
from trading.store.exact import exact_sum


def traded_of(symbol: str, side: Side, realized: Sequence[Decimal], fees: Sequence[Decimal]) -> Traded:
    """The sums over fills of one symbol and side, from what each realized and cost."""
    wins = sum(amount > 0 for amount in realized)
    return Traded(symbol, side, len(realized), wins, exact_sum(realized), exact_sum(fees))
