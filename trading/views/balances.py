"""What is held in every currency, what of it is kept back, and what the account says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from trading.contract import Safety, Status
from trading.contract.books import BalanceLine, Balances
from trading.domain.market import base_of
from trading.orders.account import Account
from trading.views.overview import Overview


class BalanceViews:
    """Balances by currency; figures of positions are those of the status."""

    def __init__(self, overview: Overview, account: Account, safety: Safety) -> None:
        self._overview = overview
        self._account = account
        self._safety = safety

    async def balances(self) -> Balances:
        status, check = await self._overview.status(), await self._safety.account_check()
        venue = {line.currency: line.venue for line in check.lines} if check else {}
        return Balances(
            world=status.world,
            at=status.at,
            equity=status.equity,
            lines=tuple(self._lines(status, venue)),
            compared_at=check.at if check else None,
            agreed=check.clean if check else None,
        )

    def _lines(self, status: Status, venue: Mapping[str, Decimal]) -> Iterator[BalanceLine]:
        quote = status.world.quote
        reserved = status.cash - self._account.free_cash()
        yield BalanceLine(quote, status.cash, reserved, status.cash, at_exchange=venue.get(quote))
        for held in status.holdings:
            kept = held.quantity - self._account.free_holding(held.symbol)
            base = base_of(held.symbol)
            yield BalanceLine(base, held.quantity, kept, held.value, held.price_age, venue.get(base))
        others = self._account.book.others
        for currency in sorted(others):
            if currency != quote:
                yield BalanceLine(currency, others[currency], Decimal(0), None, at_exchange=venue.get(currency))
