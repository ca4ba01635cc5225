"""Comparing the books with what a venue says the account holds: pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trading.domain.money import ZERO

# A venue rounds each cost and each fee of a trade to its own decimals; the books do not. (Kraken: USD to four.)
_QUOTE_CRUMB = Decimal("0.0001")
_BASE_CRUMB = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Difference:
    """What `venue` holds of `currency` beyond `books`."""

    currency: str
    books: Decimal
    venue: Decimal

    @property
    def amount(self) -> Decimal:
        """Positive when the venue holds more."""
        return self.venue - self.books


def differences(
    books: Mapping[str, Decimal],
    venue: Mapping[str, Decimal],
    currencies: Collection[str],
    set_aside: Mapping[str, Decimal],
) -> tuple[Difference, ...]:
    """One line per currency, equal ones too. `set_aside` is what a person has decided to leave out of the books."""
    return tuple(
        Difference(c, books.get(c, ZERO), venue.get(c, ZERO) - set_aside.get(c, ZERO)) for c in sorted(currencies)
    )


def is_rounding(difference: Difference, quote: str, fills: int) -> bool:
    """Whether a venue's rounding of `fills` trades explains it: at most two crumbs a trade, cost and fee."""
    crumb = _QUOTE_CRUMB if difference.currency == quote else _BASE_CRUMB
    return abs(difference.amount) <= 2 * crumb * fills
