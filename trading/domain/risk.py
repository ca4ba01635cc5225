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
    """Nothing but protective exits, and selling everything when a person presses that."""


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
    WRONG_SIDE = "wrong_side"
    BUSY = "busy"
    CARD_CHANGED = "card_changed"
    LAST_ORDER = "last_order"
    SECOND_PERSON = "second_person"


@dataclass(frozen=True, slots=True)
class Approved:
    """Risk has nothing against it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why. `detail` is one sentence with the figures and what to do."""

    code: RefusalCode
    detail: str
    symbol: str | None = None


class Measure(StrEnum):
    """What an approval threshold is held against."""

    ORDER = "order"
    """The largest single order."""
    BATCH = "batch"
    """All orders of one decision."""
    DAY = "day"
    """The batch, with what its source traded without a press in the last 24 hours."""


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """A person must press first; `notional` is what crossed the threshold, by `measure`. Both in quote."""

    notional: Decimal
    threshold: Decimal
    measure: Measure = Measure.BATCH

    @property
    def excess(self) -> Decimal:
        """How far above the threshold, in quote."""
        return self.notional - self.threshold


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
class Consent:
    """The first of two presses. `person` is the same for one human on every platform; `at` is the people's clock."""

    by: str
    person: str
    on: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one order would do, as its card was made.

    `price` is what it would trade at, in quote per base; `notional` and `fee` are in quote; `share` is by how much
    of equity (fraction, negative for a sale) its symbol's weight changes. `spread` and `slippage` (fractions) are
    None where no order book was seen.
    """

    price: Decimal
    notional: Decimal
    fee: Decimal
    share: Decimal
    spread: Decimal | None = None
    slippage: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Orders that wait for a person. `id` is a 128-bit random handle in hex; times are the people's clock.

    `quoted_prices` maps symbol to the price the card shows. `actor` is who asked for a preview; empty for a card.
    `outcome` says, once decided, what came of it. `notional`, `fees` and `weights_after` count what is included.
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
    revision: int = 0
    """Grows with every order that is left out or taken back in: a press counts for the revision it was shown."""
    excluded: Mapping[str, str] = field(default_factory=dict)
    """Orders that are left out, by client order id, with who left them out."""
    warning: str = ""
    """What leaving orders out has done to the others, in a sentence."""
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    """By client order id, for all orders, left out or not."""
    needed: NeedsApproval | None = None
    """Why it asks; None for a preview, which always does."""
    people: int = 1
    """How many different people must agree."""
    proposer: str = ""
    """Which person asked for a preview; empty for a card and where nobody knows."""
    consent: Consent | None = None
    """The first of two people; None until somebody has pressed, and again after the orders were changed."""

    def includes(self, client_order_id: str) -> bool:
        """Whether the order goes out when the card is approved."""
        return client_order_id not in self.excluded
