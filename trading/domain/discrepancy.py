"""A difference between our books and the venue that nothing explains, and what a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DiscrepancyKind(StrEnum):
    BALANCE = "balance"
    """The account holds more or less of a currency than the books; `subject` is the currency. Entries pause."""
    ORDER = "order"
    """What became of an order cannot be proved; `subject` is its symbol, which is frozen."""


class Resolution(StrEnum):
    ADOPT = "adopt"
    """The venue is right: make the books agree with it."""
    IGNORE = "ignore"
    """The books are right for our purpose: leave them and stop asking."""
    RETRY = "retry"
    """Look once more."""
    VANISHED = "vanished"
    """A later check found no difference any more."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """`subject` is a currency or a symbol, `detail` one sentence with the figures; `reference` an order's client id.

    Open while `resolution` is None.
    """

    id: str
    kind: DiscrepancyKind
    subject: str
    detail: str
    found_at: datetime
    reference: str = ""
    resolution: Resolution | None = None
    resolved_by: str = ""
    resolved_at: datetime | None = None
    resolved_on: str = ""
    """The platform it was resolved on."""
