"""Orders that wait for people: raised as cards, decided once by enough of them, re-quoted on every press."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from trading.clock import Clock
from trading.domain.event import BatchRefused
from trading.domain.risk import Approval, ApprovalStatus, Consent, RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.account import Account
from trading.orders.approval_draft import Drafts, Question
from trading.orders.approval_outcomes import Executed, HalfApproved, Superseded
from trading.orders.approval_rows import ApprovalRows, Card, Press
from trading.orders.approval_rules import ApprovalRules, Step, obstructed
from trading.orders.execution import Execution
from trading.orders.manager import OrderManager
from trading.orders.preflight import Inspection, Preflight
from trading.risk.review import UNSEEN, Review
from trading.store.port import Store, Transaction

Refresh = Callable[[Sequence[str]], Awaitable[None]]
"""Fetches fresh quotes of these symbols. Raises Retryable."""


class Approvals:
    """Raises and decides cards. `people` is the clock people live by; `market` the one trades are dated with."""

    def __init__(
        self,
        store: Store,
        review: Review,
        preflight: Preflight,
        manager: OrderManager,
        execution: Execution,
        account: Account,
        refresh: Refresh,
        rules: ApprovalRules,
        people: Clock,
        market: Clock,
        lock: asyncio.Lock,
    ) -> None:
        self._store = store
        self._review = review
        self._preflight = preflight
        self._manager = manager
        self._execution = execution
        self._account = account
        self._refresh = refresh
        self._rules = rules
        self._people = people
        self._market = market
        self._lock = lock
        self._drafts = Drafts(review, account, rules, people)
        self._rows = ApprovalRows(store, people, market)

    async def load(self) -> None:
        """Take up the cards that were waiting when the last run ended."""
        await self._rows.load()

    def waiting(self) -> bool:
        """Whether any card waits for a person."""
        return bool(self._rows.deadlines)

    async def request(self, tx: Transaction, question: Question) -> Approval:
        """Raise a card inside `tx`."""
        approval = self._drafts.card(question)
        await self._rows.ask(tx, approval)
        self._rows.deadlines.add(approval)
        return approval

    async def approve(
        self, approval_id: str, by: str, on: str, *, person: str | None = None, revision: int | None = None
    ) -> Executed | HalfApproved | Superseded | Refused:
        """Re-quote, check again, and decide once; execute when enough different people have agreed.

        `person` is the same for one human on every platform. `revision` is that of the card that was shown; None
        takes the card as it is.
        """
        press = Press(by, on, person or f"{on}:{by}", revision)
        card = await self._decidable(approval_id, press)
        if isinstance(card, Refused):
            return card
        seen = await self._look(card)
        async with self._lock:
            outcome = await self._judge(approval_id, press, seen)
            if isinstance(outcome, Card):
                self._manager.reserve(outcome.included)
        if not isinstance(outcome, Card):
            return outcome
        done = await self._execution.execute(outcome.included)
        return Executed(await self._rows.read(approval_id), done)

    async def reject(self, approval_id: str, by: str, on: str) -> Executed | Refused:
        """Decide against the card; its orders are canceled. One person is always enough for that."""
        await self.expire_due()
        card = await self._rows.find(approval_id)
        if isinstance(card, Refused):
            return card
        async with self._store.transaction() as tx:
            press, why = Press(by, on), f"Rejected by {by}."
            if not await self._rows.close(tx, card, ApprovalStatus.REJECTED, why, press):
                return await self._rows.late(tx, approval_id)
        return Executed(await self._rows.read(approval_id), ())

    async def toggle(
        self, approval_id: str, client_order_id: str, by: str, on: str, *, revision: int | None = None
    ) -> Approval | Refused:
        """Leave one order of a card out, or take it back in; the card waits on under a new revision."""
        await self.expire_due()
        card = await self._rows.find(approval_id, revision)
        if isinstance(card, Refused):
            return card
        flipped = self._drafts.toggled(card.approval, card.orders, client_order_id, by)
        if isinstance(flipped, Refused):
            return flipped
        return await self._rows.revise(flipped, card.approval.revision) or flipped

    async def expire_due(self) -> None:
        """Close every card whose time is up."""
        for approval_id in self._rows.deadlines.due():
            card = await self._rows.find(approval_id)
            if isinstance(card, Card):
                async with self._store.transaction() as tx:
                    await self._rows.close(tx, card, ApprovalStatus.EXPIRED, "Nobody pressed in time.")
            self._rows.deadlines.drop(approval_id)

    async def run(self) -> None:
        """Expire cards as their time comes, until cancelled."""
        while True:
            await self.expire_due()
            await self._rows.deadlines.next_look()

    async def settled(self) -> None:
        """Return once no card waits."""
        while self._rows.deadlines:
            await self._rows.deadlines.change()

    async def _decidable(self, approval_id: str, press: Press) -> Card | Refused:
        """The card if it waits, reads as it was shown, and this person's press may count."""
        await self.expire_due()
        card = await self._rows.find(approval_id, press.revision)
        step = card if isinstance(card, Refused) else self._rules.step(card.approval, press.person)
        return step if isinstance(step, Refused) else card

    async def _look(self, card: Card) -> Inspection | Refused:
        """Fresh quotes, and what only the venue knows of what is included; nothing is held meanwhile."""
        try:
            await self._refresh(sorted({order.symbol for order in card.included}))
        except Retryable as error:
            return Refused(RefusalCode.VENUE_UNAVAILABLE, f"Prices cannot be refreshed ({error}).")
        return await self._preflight.inspect(card.included)

    async def _judge(
        self, approval_id: str, press: Press, seen: Inspection | Refused
    ) -> Card | HalfApproved | Superseded | Refused:
        """Under the lock: the card as it is now against the books as they are now. A card comes back decided."""
        card = await self._decidable(approval_id, press)
        if isinstance(card, Refused):
            return card
        unlearned = isinstance(seen, Refused) and seen.code is RefusalCode.VENUE_UNAVAILABLE
        if not unlearned and self._drifted(card):
            return await self._supersede(card, seen)
        refused = seen if isinstance(seen, Refused) else self._refusal(card, seen)
        if refused is not None:
            return obstructed(card.approval, refused) or await self._refuse(card, refused, press)
        return await self._agree(card, press)

    def _refusal(self, card: Card, seen: Inspection) -> Refused | None:
        return self._review.refusal([order.intent for order in card.included], seen.liquidity)

    async def _agree(self, card: Card, press: Press) -> Card | HalfApproved | Refused:
        """Keep the press: as the first of two, or as the decision."""
        if self._rules.step(card.approval, press.person) is Step.FIRST:
            consent = Consent(press.by, press.person, press.on, self._people.now())
            agreed = replace(card.approval, consent=consent)
            return await self._rows.revise(agreed, agreed.revision) or HalfApproved(agreed)
        async with self._store.transaction() as tx:
            if not await self._rows.approve(tx, card, press):
                return await self._rows.late(tx, card.approval.id)
        return card

    def _drifted(self, card: Card) -> bool:
        """Whether a price of what is included is further from the card's than the limit."""
        for symbol in {order.symbol for order in card.included}:
            quoted, price = card.approval.quoted_prices.get(symbol), self._account.price(symbol)
            if price is None or not quoted or abs(price / quoted - 1) > self._rules.drift:
                return True
        return False

    async def _supersede(self, card: Card, seen: Inspection | Refused) -> Superseded | Refused:
        liquidity = seen.liquidity if isinstance(seen, Inspection) else UNSEEN
        fresh = self._drafts.again(card.approval, card.orders, liquidity)
        old = await self._rows.replace(card.approval, fresh)
        return old if isinstance(old, Refused) else Superseded(old, fresh)

    async def _refuse(self, card: Card, refused: Refused, press: Press) -> Refused:
        approval, why = card.approval, refused.detail
        async with self._store.transaction() as tx:
            if not await self._rows.close(tx, card, ApprovalStatus.REJECTED, why, press, outcome=why):
                return await self._rows.late(tx, approval.id)
            await tx.append(BatchRefused(self._market.now(), approval.batch_id, refused.code, why))
        return refused
