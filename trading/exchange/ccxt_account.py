"""A real exchange's account: what it holds, what it pays, and everything that happened on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.portfolio import Balance
from trading.exchange.ports import AccountOrder, AccountTrade, FeeRates, LedgerEntry
from trading.exchange.private_api import PrivateApi


@dataclass(frozen=True, slots=True)
class _KnownFees:
    rates: FeeRates
    asked_at: float


class CcxtAccount:
    """`AccountData` and `ReconcileData` over one key of one exchange.

    Fee rates are those of the account's tier, remembered for `fees_max_age`. Those of `symbols` are asked for together
    with any other: questions are rationed.
    """

    def __init__(
        self, api: PrivateApi, *, symbols: Sequence[str] = (), fees_max_age: timedelta = timedelta(hours=1)
    ) -> None:
        self._api = api
        self._symbols = tuple(symbols)
        self._clock = api.line.clock
        self._fees_max_age = fees_max_age
        self._fees: dict[str, _KnownFees] = {}

    async def fees(self, symbol: str) -> FeeRates:
        """The rates in force for `symbol`. Raises Retryable when they are too old and cannot be had."""
        age = self.fees_age(symbol)
        if age is None or age > self._fees_max_age:
            told = await self._api.fee_rates(tuple(dict.fromkeys([symbol, *self._symbols])))
            self._fees.update({name: _KnownFees(rates, self._clock.monotonic()) for name, rates in told.items()})
        return self._fees[symbol].rates

    def fees_age(self, symbol: str) -> timedelta | None:
        """How old the remembered rates are; None when they were never asked for."""
        known = self._fees.get(symbol)
        return None if known is None else timedelta(seconds=self._clock.monotonic() - known.asked_at)

    async def balances(self) -> Mapping[str, Decimal]:
        """Totals by currency, zeros left out. Raises Retryable."""
        return {currency: balance.total for currency, balance in (await self.holdings()).items()}

    async def holdings(self) -> Mapping[str, Balance]:
        """Total and free by currency, zeros left out. Raises Retryable."""
        return await self._api.holdings()

    async def open_orders(self) -> Sequence[AccountOrder]:
        """Orders that wait now, oldest first. Raises Retryable."""
        return await self._api.open_orders()

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        """Orders that ended at or after `since`, oldest first. Raises Retryable."""
        return await self._api.closed_orders(since)

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        """Executions at or after `since`, oldest first. Raises Retryable."""
        return await self._api.trades(since)

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        """Balance changes at or after `since`, oldest first. Raises Retryable."""
        return await self._api.ledger(since)
