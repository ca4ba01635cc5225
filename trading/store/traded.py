"""What fills add up to, every digit kept, and which brought the most."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trading.domain.order import Fill, Side
from trading.domain.portfolio import Traded
from trading.store.exact import exact_sum


def traded_of(symbol: str, side: Side, realized: Sequence[Decimal], fees: Sequence[Decimal]) -> Traded:
    """The sums over fills of one symbol and side, from what each realized and cost."""
    won = [amount for amount in realized if amount > 0]
    return Traded(symbol, side, len(realized), len(won), exact_sum(realized), exact_sum(fees), exact_sum(won))


def best_first(sales: Sequence[Fill]) -> list[Fill]:
    """By what they realized, the most first; the newer one first where two realized the same."""
    return sorted(sales, key=lambda sale: (sale.realized, sale.at), reverse=True)


def worst_first(sales: Sequence[Fill]) -> list[Fill]:
    """By what they realized, the least first; the newer one first where two realized the same."""
    return sorted(sorted(sales, key=lambda sale: sale.at, reverse=True), key=lambda sale: sale.realized)
