"""The approval threshold as it is now: what the settings say, or what an owner set while the program ran."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

from trading.clock import Clock
from trading.domain.event import SettingChanged
from trading.domain.money import ZERO
from trading.domain.risk import RefusalCode, Refused
from trading.store.port import Store

_META = "approval_threshold"
NAME = "Approval threshold"
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class ByHand:
    """What was set, and by whom."""

    amount: Decimal
    by: str


class ApprovalThreshold:
    """Amount in quote above which a batch waits for a person. `configured` is None where nothing asks: then it cannot
    be set either. It can be lowered and raised, but never switched off."""

    def __init__(self, store: Store, configured: Decimal | None, clock: Clock) -> None:
        self._store = store
        self._configured = configured
        self._clock = clock
        self._by_hand: ByHand | None = None

    def __call__(self) -> Decimal | None:
        """The threshold in force; None where nothing asks."""
        return self._configured if self._by_hand is None else self._by_hand.amount

    @property
    def configured(self) -> Decimal | None:
        return self._configured

    @property
    def by(self) -> str:
        """Who set it; empty while the settings hold."""
        return "" if self._by_hand is None else self._by_hand.by

    async def load(self) -> None:
        """Take up what the last run had set. A setting that was changed since is the newer word."""
        async with self._store.reading() as read:
            kept = json.loads(await read.meta(_META) or "{}")
        if self._configured is not None and kept.get("configured") == str(self._configured):
            self._by_hand = ByHand(Decimal(kept["amount"]), kept["by"])

    async def change(self, amount: Decimal | None, by: str) -> Refused | None:
        """Set it to `amount`, or back to the settings' with None. Kept for good, and told."""
        if self._configured is None:
            return Refused(RefusalCode.NOTHING_TO_DO, "Nothing asks for approval here (APPROVAL_MODES in settings).")
        if amount is not None and not (amount.is_finite() and ZERO <= amount < LARGEST):
            return Refused(RefusalCode.INVALID_AMOUNT, "A threshold is an amount from 0 up; 0 asks about every order.")
        old, by_hand = self(), None if amount in (None, self._configured) else ByHand(amount, by)
        new = self._configured if by_hand is None else by_hand.amount
        async with self._store.transaction() as tx:
            await tx.put_meta(_META, self._kept(by_hand))
            if new != old:
                await tx.append(SettingChanged(self._clock.now(), NAME, f"{old:,.2f}", f"{new:,.2f}", by))
        self._by_hand = by_hand
        return None

    def _kept(self, by_hand: ByHand | None) -> str:
        if by_hand is None:
            return "{}"
        return json.dumps({"configured": str(self._configured), "amount": str(by_hand.amount), "by": by_hand.by})
