"""Watches positions: a stop or a target that is reached becomes a market exit that waits for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from trading.clock import Clock
from trading.domain.market import Instrument, Quote
from trading.domain.money import round_down
from trading.domain.order import Batch, OrderIntent, OrderType, Side, Source
from trading.domain.portfolio import Protection
from trading.domain.risk import RefusalCode, Refused
from trading.orders.account import Account
from trading.orders.intake import Intake
from trading.orders.protections import Protections

DECIDED_BY = "monitor"
_PASSING = frozenset({RefusalCode.STALE_PRICE, RefusalCode.NO_PRICE})
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


class Monitor:
    """Given each quote, exits what has reached its level. One exit per position at a time."""

    def __init__(
        self,
        intake: Intake,
        account: Account,
        protections: Protections,
        instruments: Mapping[str, Instrument],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._intake = intake
        self._account = account
        self._protections = protections
        self._instruments = instruments
        self._clock = clock
        self._new_id = new_id
        self._exiting: set[str] = set()
        # A refused exit is told once, not on every tick: dust is given up, a stale price waits for a newer one.
        self._refused: dict[Protection, datetime] = {}

    def levels(self, symbol: str) -> tuple[Decimal | None, Decimal | None]:
        """Stop and target in force for `symbol`."""
        protection = self._protections.get(symbol)
        return (protection.stop, protection.target) if protection else (None, None)

    async def on_quote(self, symbol: str, quote: Quote) -> None:
        """Exit `symbol` if the last trade has reached its stop or its target; the stop counts first."""
        protection = self._protections.get(symbol)
        if protection is None or symbol in self._exiting or quote.at <= self._refused.get(protection, _LONG_AGO):
            return
        if protection.stop is not None and quote.last <= protection.stop:
            await self._exit(protection, quote, Source.STOP)
        elif protection.target is not None and quote.last >= protection.target:
            await self._exit(protection, quote, Source.TARGET)

    async def _exit(self, protection: Protection, quote: Quote, source: Source) -> None:
        symbol, instrument = protection.symbol, self._instruments[protection.symbol]
        quantity = round_down(self._account.free_holding(symbol), instrument.lot_step)
        if not quantity:
            return
        self._exiting.add(symbol)
        try:
            reason = _reason(protection, quote, source)
            batch = Batch(self._new_id(), source, DECIDED_BY, reason, self._clock.now())
            intent = OrderIntent(
                id=self._new_id(),
                batch_id=batch.id,
                instrument=instrument,
                side=Side.SELL,
                quantity=quantity,
                type=OrderType.MARKET,
                source=source,
                reason=reason,
                reduce_only=True,
                protective=True,
            )
            refused = await self._intake.submit(batch, [intent])
            if isinstance(refused, Refused):
                self._refused[protection] = quote.at if refused.code in _PASSING else _FOR_EVER
        finally:
            self._exiting.discard(symbol)


def _reason(protection: Protection, quote: Quote, source: Source) -> str:
    base = protection.symbol.split("/")[0]
    word, level = ("fell", protection.stop) if source is Source.STOP else ("rose", protection.target)
    change = quote.last / protection.basis - 1 if protection.basis else Decimal(0)
    side = "below" if change < 0 else "above"
    return (
        f"{base} {word} to {quote.last}, {abs(change):.1%} {side} the entry of {protection.basis:.8g} "
        f"({source.value} {level})."
    )
