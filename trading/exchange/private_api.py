"""What we need of an exchange's private interface, as facts: the part that differs from venue to venue.

`CcxtVenue` and `CcxtAccount` are written against this; `KrakenApi` speaks to Kraken in its own words, and
`UnifiedApi` to any other exchange through what ccxt offers for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from trading.domain.order import Order
from trading.domain.portfolio import Balance
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.key_permissions import KeyPermissions, Unverifiable
from trading.exchange.ports import AccountOrder, AccountTrade, FeeRates, LedgerEntry
from trading.exchange.request_budget import Urgency


class PrivateApi(Protocol):
    """Questions raise Retryable and answer whole or not at all: every page, or none."""

    @property
    def line(self) -> PrivateClient:
        """The key's connection."""
        ...

    async def add_order(self, order: Order, deadline: datetime) -> object:
        """Send `order` in the caller's turn. Returns what came back and raises what ccxt raised, both unjudged.

        The venue must refuse it after `deadline` (its own time), where it can.
        """
        ...

    async def check_order(self, order: Order, deadline: datetime) -> object:
        """The same without placing anything; None where the venue has no such check."""
        ...

    async def remove_order(self, order: Order) -> object:
        """Ask for our own order's cancellation in the caller's turn; answers and errors unjudged."""
        ...

    async def orders_of(self, order: Order, urgency: Urgency) -> Sequence[AccountOrder]:
        """Every order on the account, open or closed, that carries `order`'s client order id."""
        ...

    async def trades_of(self, found: AccountOrder, urgency: Urgency) -> Sequence[AccountTrade]:
        """Every execution of `found`, oldest first."""
        ...

    async def open_orders(self) -> Sequence[AccountOrder]: ...

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]: ...

    async def trades(self, since: datetime) -> Sequence[AccountTrade]: ...

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]: ...

    async def holdings(self) -> Mapping[str, Balance]: ...

    async def fee_rates(self, symbols: Sequence[str]) -> Mapping[str, FeeRates]: ...

    async def permissions(self) -> KeyPermissions | Unverifiable:
        """What the key may do."""
        ...
