"""Verdicts on orders, the reasons for a refusal, and the kill switch's states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class TradingState(StrEnum):
    ACTIVE = "ACTIVE"
    REDUCING = "REDUCING"
    """Exits only."""
    HALTED = "HALTED"
    """Nothing but protective exits."""


class RefusalCode(StrEnum):
    """Every reason an order can be refused for; each has a sentence for people in the chat's words."""

    HALTED = "halted"
    REDUCING = "reducing"
    STALE_PRICE = "stale_price"
    NO_PRICE = "no_price"
    UNKNOWN_SYMBOL = "unknown_symbol"
    BELOW_MIN_QUANTITY = "below_min_quantity"
    BELOW_MIN_NOTIONAL = "below_min_notional"
    ABOVE_MAX_ORDER_SIZE = "above_max_order_size"
    ABOVE_MAX_POSITION = "above_max_position"
    NOT_ENOUGH_CASH = "not_enough_cash"
    NOTHING_TO_SELL = "nothing_to_sell"
    EXCEEDS_POSITION = "exceeds_position"
    ORDER_IN_FLIGHT = "order_in_flight"
    INVALID_AMOUNT = "invalid_amount"
    NOTHING_TO_DO = "nothing_to_do"
    PRICE_MOVED = "price_moved"
    EXPIRED = "expired"
    ALREADY_DECIDED = "already_decided"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN_CARD = "unknown_card"
    VENUE_REFUSED = "venue_refused"
    VENUE_UNAVAILABLE = "venue_unavailable"
    DAILY_LOSS_LIMIT = "daily_loss_limit"
    SPREAD_TOO_WIDE = "spread_too_wide"
    SLIPPAGE_TOO_HIGH = "slippage_too_high"
    NO_EDGE = "no_edge"
    LIVE_NOT_CONFIRMED = "live_not_confirmed"
    NOT_RECONCILED = "not_reconciled"
    DRIFT = "drift"
    PAIR_FROZEN = "pair_frozen"
    VENUE_MODE = "venue_mode"
    MARGIN_OFF = "margin_off"


@dataclass(frozen=True, slots=True)
class Approved:
    """Risk has nothing against it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why. `detail` is one sentence with the figures and what to do."""

    code: RefusalCode
    detail: str
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """A person must press first; `notional` (quote) is what crossed the threshold."""

    notional: Decimal
    threshold: Decimal


Verdict = Approved | Refused | NeedsApproval


class ApprovalStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"


class ApprovalKind(StrEnum):
    CARD = "card"
    """Raised by the core, shown on every channel."""
    PREVIEW = "preview"
    """Asked for by a person, shown where it was asked."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Orders that wait for a person. `id` is a 128-bit random handle in hex; times are the people's clock.

    `quoted_prices` maps symbol to the price the card shows. `actor` is who asked for a preview; empty for a card.
    `outcome` says, once decided, what came of it.
    """

    id: str
    kind: ApprovalKind
    batch_id: str
    notional: Decimal
    quoted_prices: Mapping[str, Decimal]
    status: ApprovalStatus
    created_at: datetime
    expires_at: datetime
    actor: str = ""
    decided_by: str = ""
    decided_on: str = ""
    decided_at: datetime | None = None
    outcome: str = ""
    fees: Decimal = Decimal(0)
    weights_now: Mapping[str, Decimal] = field(default_factory=dict)
    weights_after: Mapping[str, Decimal] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What a person should know before pressing, a sentence each: dust, expected slippage."""
