"""Watches positions: a stop or a target that is reached becomes a market exit that waits for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from trading.clock import Clock
from trading.decision.dust import dust
from trading.domain.market import Instrument, Quote, base_of
from trading.domain.money import ZERO, round_down
from trading.domain.order import Batch, OrderIntent, OrderType, Side, Source
from trading.domain.portfolio import Protection
from trading.domain.risk import RefusalCode, Refused
from trading.orders.account import Account
from trading.orders.intake import Intake, Submission
from trading.orders.protections import Protections

DECIDED_BY = "monitor"


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
        # A refused exit is told once, not on every tick; it goes out as soon as nothing is said against it any more.
        self._told: dict[str, tuple[Protection, RefusalCode]] = {}

    def levels(self, symbol: str) -> tuple[Decimal | None, Decimal | None]:
        """Stop and target in force for `symbol`."""
        protection = self._protections.get(symbol)
        return (protection.stop, protection.target) if protection else (None, None)

    async def on_quote(self, symbol: str, quote: Quote) -> None:
        """Exit `symbol`, a short position by buying it back, if the last trade has reached its stop or its target."""
        protection = self._protections.get(symbol)
        if protection is None or symbol in self._exiting:
            return
        short = self._account.book.position(symbol).quantity < 0
        source = _reached_by_short(protection, quote.last) if short else _reached(protection, quote.last)
        if source is not None:
            await self._exit(protection, quote, source, short)

    async def _exit(self, protection: Protection, quote: Quote, source: Source, short: bool) -> None:
        symbol, instrument = protection.symbol, self._instruments[protection.symbol]
        free = self._account.free_holding(symbol)
        quantity = round_down(max(-free if short else free, ZERO), instrument.lot_step)
        if not quantity and not short:
            # Where the owner's own orders keep all of it, the exit is refused, and thereby told.
            quantity = round_down(max(free + self._account.held_outside(symbol), ZERO), instrument.lot_step)
        if not quantity:
            return
        self._exiting.add(symbol)
        try:
            reason = _reason(protection, quote, source, short)
            stays = dust(instrument, free - quantity, quote.bid)
            reason = f"{reason} {stays}." if stays else reason
            batch = Batch(self._new_id(), source, DECIDED_BY, reason, self._clock.now())
            intent = OrderIntent(
                id=self._new_id(),
                batch_id=batch.id,
                instrument=instrument,
                side=Side.BUY if short else Side.SELL,
                quantity=quantity,
                type=OrderType.MARKET,
                source=source,
                reason=reason,
                reduce_only=True,
                protective=True,
                margin=short,
            )
            if not self._is_told(protection, self._intake.refusal([intent])):
                self._tell(protection, await self._intake.submit(batch, [intent]))
        finally:
            self._exiting.discard(symbol)

    def _is_told(self, protection: Protection, refused: Refused | None) -> bool:
        return refused is not None and self._told.get(protection.symbol) == (protection, refused.code)

    def _tell(self, protection: Protection, submission: Submission) -> None:
        self._told.pop(protection.symbol, None)
        if isinstance(submission, Refused):
            self._told[protection.symbol] = (protection, submission.code)


def _reached(protection: Protection, last: Decimal) -> Source | None:
    """The level of a long position that `last` has reached; the stop counts first."""
    if protection.stop is not None and last <= protection.stop:
        return Source.STOP
    return Source.TARGET if protection.target is not None and last >= protection.target else None


def _reached_by_short(protection: Protection, last: Decimal) -> Source | None:
    """The same upside down: a short position is stopped above its entry."""
    if protection.stop is not None and last >= protection.stop:
        return Source.STOP
    return Source.TARGET if protection.target is not None and last <= protection.target else None


def _reason(protection: Protection, quote: Quote, source: Source, short: bool) -> str:
    base = base_of(protection.symbol)
    word = "fell" if (source is Source.STOP) is not short else "rose"
    level = (protection.stop if source is Source.STOP else protection.target) or quote.last
    # Levels lie on price steps, entries between them.
    entry = protection.basis.quantize(level)
    change = quote.last / protection.basis - 1 if protection.basis else Decimal(0)
    side = "below" if change < 0 else "above"
    return (
        f"{base} {word} to {quote.last:,f}, {abs(change) * 100:.1f} % {side} the entry of {entry:,f} "
        f"({source.value} {level:,f})."
    )
