"""What a card says: its figures at the quotes of now, and what of them is left when orders are left out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trading.clock import Clock
from trading.domain.money import ZERO
from trading.domain.order import Order, Side
from trading.domain.risk import (
    Approval,
    ApprovalKind,
    ApprovalStatus,
    Estimate,
    NeedsApproval,
    RefusalCode,
    Refused,
)
from trading.orders.account import Account
from trading.orders.approval_rules import ApprovalRules
from trading.risk.limits import Liquidity
from trading.risk.review import UNSEEN, Review


@dataclass(frozen=True, slots=True)
class Question:
    """What a card is raised for. `actor` and `proposer` are who asked for a preview: as shown, and which person.

    `liquidity` is what the order books said, by intent id.
    """

    kind: ApprovalKind
    batch_id: str
    orders: Sequence[Order]
    actor: str = ""
    proposer: str = ""
    notes: Sequence[str] = ()
    needed: NeedsApproval | None = None
    liquidity: Mapping[str, Liquidity] = field(default_factory=lambda: UNSEEN)


class Drafts:
    """Writes cards at the quotes of now. `people` is the clock they expire by."""

    def __init__(self, review: Review, account: Account, rules: ApprovalRules, people: Clock) -> None:
        self._review = review
        self._account = account
        self._rules = rules
        self._people = people

    def card(self, question: Question) -> Approval:
        """A new card with every order in."""
        now, orders = self._people.now(), question.orders
        blank = Approval(
            id=secrets.token_hex(16),
            kind=question.kind,
            batch_id=question.batch_id,
            notional=ZERO,
            quoted_prices={order.symbol: self._account.price(order.symbol) or ZERO for order in orders},
            status=ApprovalStatus.PENDING,
            created_at=now,
            expires_at=now + self._rules.lives(question.kind),
            actor=question.actor,
            proposer=question.proposer,
            notes=tuple(question.notes),
            needed=question.needed,
            weights_now=self._weights(),
            estimates=self._estimates(orders, question.liquidity),
        )
        return self.counted(blank, orders)

    def again(self, old: Approval, orders: Sequence[Order], liquidity: Mapping[str, Liquidity]) -> Approval:
        """A new card in place of `old`, at today's prices, with the same orders left out."""
        question = Question(old.kind, old.batch_id, orders, old.actor, old.proposer, old.notes, old.needed, liquidity)
        fresh = replace(self.card(question), excluded=old.excluded)
        return self.counted(replace(fresh, needed=self._needed(fresh, orders)), orders)

    def toggled(self, approval: Approval, orders: Sequence[Order], client_order_id: str, by: str) -> Approval | Refused:
        """The card with one order left out by `by`, or taken back in. Whoever agreed before agreed to another card."""
        if client_order_id not in approval.estimates:
            return Refused(RefusalCode.UNKNOWN_CARD, "That order is not on this card; nothing was changed.")
        excluded = dict(approval.excluded)
        if excluded.pop(client_order_id, None) is None:
            excluded[client_order_id] = by
        if len(excluded) == len(orders):
            return Refused(RefusalCode.LAST_ORDER, "Reject the card if none of its orders is wanted.")
        flipped = replace(approval, revision=approval.revision + 1, excluded=excluded, consent=None)
        warning, needed = self._warning(flipped, orders), self._needed(flipped, orders)
        return self.counted(replace(flipped, warning=warning, needed=needed), orders)

    def counted(self, approval: Approval, orders: Sequence[Order]) -> Approval:
        """`approval` with the sums of what is included, from its own estimates: no price moves by leaving out."""
        included = [order for order in orders if approval.includes(order.client_order_id)]
        estimates = [approval.estimates[order.client_order_id] for order in included]
        notional = sum((estimate.notional for estimate in estimates), ZERO)
        valued = bool(approval.weights_now) or any(estimate.share for estimate in approval.estimates.values())
        after = dict(approval.weights_now)
        for order, estimate in zip(included, estimates, strict=True):
            after[order.symbol] = after.get(order.symbol, ZERO) + estimate.share
        return replace(
            approval,
            notional=notional,
            fees=sum((estimate.fee for estimate in estimates), ZERO),
            weights_after=after if valued else {},
            people=self._rules.people(notional),
        )

    def _needed(self, approval: Approval, orders: Sequence[Order]) -> NeedsApproval | None:
        """Which threshold what is included crosses, at the card's own prices. A preview asks whatever its size."""
        included = [order for order in orders if approval.includes(order.client_order_id)]
        if approval.kind is ApprovalKind.PREVIEW or not included:
            return approval.needed
        sizes = [approval.estimates[order.client_order_id].notional for order in included]
        return self._review.needed(sizes, included[0].intent.source)

    def _warning(self, approval: Approval, orders: Sequence[Order]) -> str:
        """What the review would say now of the orders that are left, where leaving out is the cause."""
        left = [order.intent for order in orders if approval.includes(order.client_order_id)]
        refused = self._review.refusal(left) if approval.excluded else None
        if refused is None or refused.code is not RefusalCode.NOT_ENOUGH_CASH:
            return ""
        return f"What is left out would have paid for the rest: {refused.detail}"

    def _estimates(self, orders: Sequence[Order], liquidity: Mapping[str, Liquidity]) -> Mapping[str, Estimate]:
        return {order.client_order_id: self._estimate(order, liquidity.get(order.intent.id)) for order in orders}

    def _estimate(self, order: Order, seen: Liquidity | None) -> Estimate:
        intent, equity = order.intent, self._account.equity()
        signed = intent.quantity if order.side is Side.BUY else -intent.quantity
        return Estimate(
            price=self._review.price(intent) or ZERO,
            notional=self._review.worth(intent),
            fee=self._review.fee(intent),
            share=signed * (self._account.price(order.symbol) or ZERO) / equity if equity else ZERO,
            spread=seen.spread if seen else None,
            slippage=seen.slippage if seen else None,
        )

    def _weights(self) -> Mapping[str, Decimal]:
        """Share of equity by symbol, as things stand."""
        equity = self._account.equity()
        if not equity:
            return {}
        positions = self._account.book.positions()
        return {p.symbol: p.quantity * (self._account.price(p.symbol) or ZERO) / equity for p in positions}
