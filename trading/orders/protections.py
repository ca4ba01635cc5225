"""Exit levels of positions: set from the entry price when something is bought, gone with the position."""

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
    """Distances from the entry price as fractions; None turns an exit off."""

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
        """Follow the position that `fill` left behind."""
        if not position.quantity:
            if self._levels.pop(fill.symbol, None) is not None:
                await tx.clear_protection(fill.symbol)
        elif fill.side is Side.BUY:
            protection = self._levels[fill.symbol] = self._around(position, instrument)
            await tx.set_protection(protection)

    def _around(self, position: Position, instrument: Instrument) -> Protection:
        entry, rules = position.entry_price, self._rules
        stop = None if rules.stop_loss is None else _to_tick(entry * (1 - rules.stop_loss), instrument.price_tick)
        target = None if rules.take_profit is None else _to_tick(entry * (1 + rules.take_profit), instrument.price_tick)
        return Protection(position.symbol, stop, target, entry)


def _to_tick(price: Decimal, tick: Decimal) -> Decimal:
    # A level between two ticks can never be quoted: the nearest one that can is what is shown and acted on. The
    # rounding is named because libraries change the context's: ccxt does.
    return (price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
