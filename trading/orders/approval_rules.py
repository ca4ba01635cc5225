"""What holds for every card: how long it waits, who must agree, what ends it, and what only delays it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto

from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, RefusalCode, Refused

PASSING = frozenset(
    {
        RefusalCode.NOT_RECONCILED,
        RefusalCode.ORDER_IN_FLIGHT,
        RefusalCode.VENUE_MODE,
        RefusalCode.VENUE_UNAVAILABLE,
        RefusalCode.STALE_PRICE,
    }
)
"""What is over in a moment: a press that meets one of these leaves the card waiting."""

SWITCHED = frozenset({RefusalCode.HALTED, RefusalCode.REDUCING})
"""What a person switched and a person lifts: who stopped trading did not decide the card."""

MENDABLE = frozenset({RefusalCode.NOT_ENOUGH_CASH, RefusalCode.ABOVE_MAX_POSITION})
"""What a person can mend who left orders out: by taking them back, or by leaving out more."""


class Step(Enum):
    """What a press for approval amounts to."""

    FIRST = auto()
    """Somebody else must press too."""
    LAST = auto()


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """How long a card waits, how far (fraction) a price may move before a press asks again, and when two must agree.

    `second_above` is in quote; None where one person is always enough.
    """

    time_to_live: timedelta
    preview_time_to_live: timedelta
    drift: Decimal
    second_above: Decimal | None = None

    def lives(self, kind: ApprovalKind) -> timedelta:
        """How long a card of `kind` waits."""
        return self.preview_time_to_live if kind is ApprovalKind.PREVIEW else self.time_to_live

    def people(self, notional: Decimal) -> int:
        """How many different people must agree to trade `notional` (quote)."""
        return 2 if self.second_above is not None and notional > self.second_above else 1

    def step(self, approval: Approval, person: str) -> Step | Refused:
        """Whether a press of `person` is the last that is needed. One counts once, on however many platforms."""
        if approval.people < 2:
            return Step.LAST
        first = approval.consent.person if approval.consent else approval.proposer
        if not first:
            return Step.FIRST
        return Step.LAST if first != person else self._one_is_not_enough(approval)

    def _one_is_not_enough(self, approval: Approval) -> Refused:
        """A person pressed who has agreed already, or who asked for it."""
        done = "approved it" if approval.consent else "asked for it"
        limit = self.second_above
        why = "Two people must agree" if limit is None else f"Above {limit:,.2f} two people must agree"
        return Refused(RefusalCode.SECOND_PERSON, f"You {done} yourself. {why}; the card waits for another.")


def obstructed(approval: Approval, refused: Refused) -> Refused | None:
    """`refused` in words for a card that goes on waiting; None where it ends the card."""
    if refused.code in PASSING:
        return _stays(refused, "press again once that is over")
    if refused.code in SWITCHED:
        several = refused.code is RefusalCode.REDUCING and len(approval.estimates) > 1
        return _stays(refused, "press again after /resume" + (", or leave the entries out" if several else ""))
    if refused.code in MENDABLE and approval.excluded:
        return _stays(refused, "take an order back in, or leave out more")
    return None


def already(approval: Approval) -> Refused:
    """Why a closed card cannot be decided again, in one sentence."""
    if approval.status is ApprovalStatus.EXPIRED:
        return Refused(RefusalCode.EXPIRED, "This card has expired and nothing was sent; ask for a new one.")
    if approval.status is ApprovalStatus.SUPERSEDED:
        return Refused(RefusalCode.ALREADY_DECIDED, "The price moved and a newer card replaced this one; press there.")
    word = "approved" if approval.status is ApprovalStatus.APPROVED else "rejected"
    who = f" by {approval.decided_by} on {approval.decided_on}" if approval.decided_by else ""
    return Refused(RefusalCode.ALREADY_DECIDED, f"This card was already {word}{who}.")


def changed() -> Refused:
    """Somebody changed the card after it was shown to the one who pressed."""
    return Refused(RefusalCode.CARD_CHANGED, "An order was left out or taken back in; nothing was sent.")


def too_late() -> Refused:
    """The time was up before the press."""
    return Refused(RefusalCode.EXPIRED, "This card's time was up before the press; ask for a new one.")


def unknown() -> Refused:
    """No card has this id."""
    return Refused(RefusalCode.UNKNOWN_CARD, "This card is not known here; ask for a new one.")


def _stays(refused: Refused, what: str) -> Refused:
    return replace(refused, detail=f"{refused.detail} The card stays: {what}.")
