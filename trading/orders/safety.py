"""What people ask and decide about the account at the exchange: LIVE, the comparison, and what it could not explain."""

from __future__ import annotations

from collections.abc import Sequence

from trading.contract import AccountCheck, LiveView
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator, Retryable
from trading.orders.discrepancies import Discrepancies
from trading.orders.reconciler import Reconciler
from trading.orders.settlement import Settlement
from trading.risk.live_permit import PHRASE, LivePermit


class AccountSafety:
    """Implements `trading.contract.Safety` for an account at an exchange."""

    def __init__(
        self, permit: LivePermit, reconciler: Reconciler, settlement: Settlement, discrepancies: Discrepancies
    ) -> None:
        self._permit = permit
        self._reconciler = reconciler
        self._settlement = settlement
        self._discrepancies = discrepancies

    async def discrepancies(self) -> Sequence[Discrepancy]:
        return self._discrepancies.open()

    async def discrepancy(self, discrepancy_id: str) -> Discrepancy | None:
        return self._discrepancies.get(discrepancy_id)

    async def account_check(self) -> AccountCheck | None:
        return self._reconciler.last

    async def live(self) -> LiveView | None:
        given, check = self._permit.confirmation, self._reconciler.last
        return LiveView(
            confirmed=given is not None,
            phrase=PHRASE,
            exchange=self._permit.exchange,
            by=given.by if given else "",
            on=given.on if given else "",
            at=given.at if given else None,
            reconciled_at=check.at if check and check.clean else None,
            holding=self._holding(),
        )

    async def confirm_live(self, phrase: str, by: str, on: str) -> LiveView | Refused:
        refused = await self._permit.confirm(phrase, by, on)
        if refused is not None:
            return refused
        view = await self.live()
        assert view is not None
        return view

    async def check_account(self, by: str) -> AccountCheck | Refused:
        try:
            check = await self._reconciler.check()
            # What differs once may be on its way; what differs twice is told.
            return check if check.clean else await self._reconciler.check()
        except (Retryable, NeedsOperator) as error:
            return Refused(RefusalCode.VENUE_UNAVAILABLE, f"The account could not be compared: {error}")

    async def resolve(self, discrepancy_id: str, resolution: Resolution, by: str, on: str) -> Discrepancy | Refused:
        found = self._discrepancies.get(discrepancy_id)
        if found is None:
            return Refused(RefusalCode.UNKNOWN_CARD, "This difference is not known here any more.")
        if found.resolution is not None:
            who = f" by {found.resolved_by}" if found.resolved_by else " by itself"
            return Refused(RefusalCode.ALREADY_DECIDED, f"This was settled already{who}.")
        try:
            await self._resolver(found).resolve(found, resolution, by, on)
        except (Retryable, NeedsOperator) as error:
            return Refused(RefusalCode.VENUE_UNAVAILABLE, f"That could not be done: {error}")
        return self._discrepancies.get(discrepancy_id) or found

    def _resolver(self, found: Discrepancy) -> Settlement | Reconciler:
        return self._settlement if found.kind is DiscrepancyKind.ORDER else self._reconciler

    def _holding(self) -> str:
        """Why orders could not be sent now even if they were let."""
        found = (found.detail for found in self._discrepancies.open())
        return " ".join((*self._reconciler.alerts(), *found))
