"""The safety room of a world without an account at an exchange: nothing to compare, nothing to confirm."""

from __future__ import annotations

from collections.abc import Sequence

from trading.contract import AccountCheck, LiveView
from trading.domain.discrepancy import Discrepancy, Resolution
from trading.domain.risk import RefusalCode, Refused

_NO_ACCOUNT = "The money of this world is in the books alone: there is no account at an exchange to compare with."
_NOT_LIVE = "No real money is traded here. Set LIVE up in the settings first, then start again."


class NoAccount:
    """Implements `trading.contract.Safety` where the books are all there is."""

    async def discrepancies(self) -> Sequence[Discrepancy]:
        return ()

    async def discrepancy(self, discrepancy_id: str) -> Discrepancy | None:
        return None

    async def live(self) -> LiveView | None:
        return None

    async def account_check(self) -> AccountCheck | None:
        return None

    async def resolve(self, discrepancy_id: str, resolution: Resolution, by: str, on: str) -> Discrepancy | Refused:
        return Refused(RefusalCode.UNKNOWN_CARD, _NO_ACCOUNT)

    async def confirm_live(self, phrase: str, by: str, on: str) -> LiveView | Refused:
        return Refused(RefusalCode.NOTHING_TO_DO, _NOT_LIVE)

    async def check_account(self, by: str) -> AccountCheck | Refused:
        return Refused(RefusalCode.NOTHING_TO_DO, _NO_ACCOUNT)
