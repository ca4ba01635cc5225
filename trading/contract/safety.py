"""What people may ask about the account at the exchange, and what they may decide about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trading.contract.read_models import AccountCheck, LiveView
from trading.domain.discrepancy import Discrepancy, Resolution
from trading.domain.risk import Refused


class SafetyReader(Protocol):
    """Read-only; none of these waits for the network."""

    async def discrepancies(self) -> Sequence[Discrepancy]:
        """The open ones, oldest first."""
        ...

    async def discrepancy(self, discrepancy_id: str) -> Discrepancy | None:
        """One as it is now, open or resolved."""
        ...

    async def live(self) -> LiveView | None:
        """How far LIVE is; None where the world is not LIVE."""
        ...

    async def account_check(self) -> AccountCheck | None:
        """The last comparison of books and account; None before the first, and where there is no account."""
        ...


class SafetyOperator(Protocol):
    """Access is checked by the caller, at press time. `by` is who, `on` the platform."""

    async def resolve(self, discrepancy_id: str, resolution: Resolution, by: str, on: str) -> Discrepancy | Refused:
        """Adopt, ignore or check again; the discrepancy as it is afterwards, still open where a check found it again.

        Refused with UNKNOWN_CARD, or with ALREADY_DECIDED when it is closed.
        """
        ...

    async def confirm_live(self, phrase: str, by: str, on: str) -> LiveView | Refused:
        """Let orders go to the exchange. `phrase` is as a person typed it: case and spaces do not count.

        Any other phrase than the view's changes nothing and is refused with LIVE_NOT_CONFIRMED.
        """
        ...

    async def check_account(self, by: str) -> AccountCheck | Refused:
        """Compare books and account now. Refused with NOTHING_TO_DO where there is no account."""
        ...


class Safety(SafetyReader, SafetyOperator, Protocol):
    """Whoever guards the account."""
