"""What trading costs: the fee rates in force for each pair, with their age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

import structlog

from trading.clock import Clock
from trading.errors import Retryable
from trading.exchange.ports import FeeRates

MAX_AGE = timedelta(days=1)
"""Older rates are believed only where they are dearer than the default: an account's tier changes with its volume."""

REFRESH_EVERY = timedelta(hours=1)

log = structlog.get_logger(__name__)


class AccountFees(Protocol):
    """Where rates come from: an account's own tier."""

    async def fees(self, symbol: str) -> FeeRates:
        """The rates in force for `symbol`. Raises Retryable."""
        ...


@dataclass(frozen=True, slots=True)
class _Known:
    rates: FeeRates
    asked_at: float


class FeeTable:
    """Maker and taker rates by symbol, in memory. `default` stands in for what was never told; let it be dear."""

    def __init__(self, default: FeeRates, clock: Clock) -> None:
        self._default = default
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def rates(self, symbol: str) -> FeeRates:
        """The rates to reckon with: what was told last, and never less than the default once that is a day old."""
        known = self._known.get(symbol)
        if known is None:
            return self._default
        if self._clock.monotonic() - known.asked_at <= MAX_AGE.total_seconds():
            return known.rates
        return _dearer(known.rates, self._default)

    def taker(self, symbol: str) -> Decimal:
        """The fee of an order that trades at once, as a fraction of its notional."""
        return self.rates(symbol).taker

    def age(self, symbol: str) -> timedelta | None:
        """How long ago the rates of `symbol` were told; None when they never were."""
        known = self._known.get(symbol)
        return None if known is None else timedelta(seconds=self._clock.monotonic() - known.asked_at)

    def put(self, symbol: str, rates: FeeRates) -> None:
        """Keep `rates` as told now."""
        self._known[symbol] = _Known(rates, self._clock.monotonic())

    async def refresh(self, source: AccountFees, symbols: Sequence[str]) -> None:
        """Ask `source` for every symbol; one that cannot be asked keeps its rates. Raises Retryable for the last."""
        failed: Retryable | None = None
        for symbol in symbols:
            try:
                self.put(symbol, await source.fees(symbol))
            except Retryable as error:
                failed = error
        if failed is not None:
            raise failed

    async def keep_current(self, source: AccountFees, symbols: Sequence[str]) -> None:
        """Refresh every hour until cancelled. An outage is only logged: rates know their age."""
        while True:
            await self._clock.sleep(REFRESH_EVERY.total_seconds())
            await self.refresh_or_keep(source, symbols)

    async def refresh_or_keep(self, source: AccountFees, symbols: Sequence[str]) -> None:
        """Refresh what can be had; the rest stays as it is known, or at the default."""
        try:
            await self.refresh(source, symbols)
        except Retryable as error:
            log.warning("fee rates are not current", why=str(error))


def _dearer(one: FeeRates, other: FeeRates) -> FeeRates:
    return FeeRates(maker=max(one.maker, other.maker), taker=max(one.taker, other.taker))
