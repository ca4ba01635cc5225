"""Exit levels of positions: set from the entry price when a position is opened or grows, gone with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from trading.domain.market import Instrument
from trading.domain.order import Fill, Side
from trading.domain.portfolio import Position, Protection
from trading.store.port import Transaction


@dataclass(frozen=True, slots=True)
class ExitRules:
    """Distances from the entry price as fractions; None turns an exit off.

    A short position loses where prices rise: its stop lies above the entry and its target below.
    """

    stop_loss: Decimal | None
    take_profit: Decimal | None


class Protections:
    """The levels in force, in memory, and their place in the store."""

    def __init__(self, rules: ExitRules) -> None:
        self._rules = rules
        self._levels: dict[str, Protection] = {}

    def load(self, kept: Iterable[Protection]) -> None:
        self._levels = {protection.symbol: protection for protection in kept}

    def checkpoint(self) -> tuple[Protection, ...]:
        """The levels as they are; `load` goes back to them."""
        return tuple(self._levels.values())

    def get(self, symbol: str) -> Protection | None:
        return self._levels.get(symbol)

    def symbols(self) -> tuple[str, ...]:
        return tuple(self._levels)

    async def after_fill(self, tx: Transaction, fill: Fill, position: Position, instrument: Instrument) -> None:
        """Follow the position that `fill` left behind; one that only got smaller keeps its levels."""
        grew = (position.quantity > 0) is (fill.side is Side.BUY)
        if grew or not position.quantity:
            await self.follow(tx, position, instrument)

    async def follow(self, tx: Transaction, position: Position, instrument: Instrument) -> None:
        """Set the levels of `position` anew from its entry price; of one that is gone, take them away."""
        symbol = position.symbol
        if position.quantity:
            protection = self._levels[symbol] = self._around(position, instrument)
            await tx.set_protection(protection)
        else:
            await self.drop(tx, symbol)

    async def drop(self, tx: Transaction, symbol: str) -> None:
        """No levels for `symbol` any more."""
        if self._levels.pop(symbol, None) is not None:
            await tx.clear_protection(symbol)

    def _around(self, position: Position, instrument: Instrument) -> Protection:
        entry, tick, rules = position.entry_price, instrument.price_tick, self._rules
        up = 1 if position.quantity > 0 else -1
        stop = None if rules.stop_loss is None else _to_tick(entry * (1 - up * rules.stop_loss), tick)
        target = None if rules.take_profit is None else _to_tick(entry * (1 + up * rules.take_profit), tick)
        return Protection(position.symbol, stop, target, entry)


def _to_tick(price: Decimal, tick: Decimal) -> Decimal:
    # A level between two ticks can never be quoted: the nearest one that can is what is shown and acted on. The
    # rounding is named because libraries change the context's: ccxt does.
    return (price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
