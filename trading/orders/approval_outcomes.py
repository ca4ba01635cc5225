"""What a press on a card can come to, besides a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from trading.domain.order import Order
from trading.domain.risk import Approval


@dataclass(frozen=True, slots=True)
class Executed:
    """The press decided the card. `orders` is empty for a rejection."""

    approval: Approval
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class HalfApproved:
    """The press counts as the first of two; somebody else must press too."""

    approval: Approval


@dataclass(frozen=True, slots=True)
class Superseded:
    """The price moved: `old` is closed, `new` asks again."""

    old: Approval
    new: Approval
