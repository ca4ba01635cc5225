"""An order that is placed nowhere: what it would cost, and what it would leave."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from trading.contract.books import WhatIf
from trading.domain.market import Instrument
from trading.domain.money import ZERO, round_down
from trading.domain.order import Side
from trading.market.fees import FeeTable
from trading.orders.account import Account
from trading.views.overview import Overview


class WhatIfViews:
    """Reckons with the last prices and the taker's fee."""

    def __init__(
        self, overview: Overview, account: Account, fees: FeeTable, instruments: Mapping[str, Instrument]
    ) -> None:
        self._overview = overview
        self._account = account
        self._fees = fees
        self._instruments = instruments

    async def order(self, side: Side, symbol: str, notional: Decimal) -> WhatIf | None:
        """None without a price of `symbol`. Raises KeyError for one not traded here."""
        instrument, price = self._instruments[symbol], self._account.price(symbol)
        if not price:
            return None
        status = await self._overview.status()
        sign = 1 if side is Side.BUY else -1
        quantity = round_down(notional / price, instrument.lot_step)
        fee = quantity * price * self._fees.taker(symbol)
        held = next((each.value for each in status.holdings if each.symbol == symbol), ZERO)
        known = held is not None and bool(status.equity)
        equity = status.equity or ZERO
        return WhatIf(
            world=status.world,
            at=status.at,
            side=side,
            instrument=instrument,
            quantity=quantity,
            price=price,
            fee=fee,
            cash_after=status.cash - sign * quantity * price - fee,
            weight_before=held / equity if known and held is not None else None,
            weight_after=(held + sign * quantity * price) / (equity - fee) if known and held is not None else None,
        )
