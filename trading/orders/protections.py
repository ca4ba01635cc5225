"""Exit levels of positions: set from the entry price when a position is opened or grows, gone with it.

A level that a person set stays for as long as that position is open, also when it grows: nobody is surprised by a
stop that moves by itself. That it stayed is told, as the other level moves with the new entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from pydantic import TypeAdapter

from trading.domain.event import ProtectionChanged
from trading.domain.market import Instrument
from trading.domain.order import Fill, Side
from trading.domain.portfolio import Position, Protection
from trading.store.port import Queries, Transaction

LevelName = Literal["stop", "target"]
LEVELS: tuple[LevelName, ...] = ("stop", "target")

_META = "levels_by_hand"


@dataclass(frozen=True, slots=True)
class ExitRules:
    """Distances from the entry price as fractions; None turns an exit off.

    A short position loses where prices rise: its stop lies above the entry and its target below.
    """

    stop_loss: Decimal | None
    take_profit: Decimal | None


@dataclass(frozen=True, slots=True)
class ByHand:
    """A level of the position that was opened at `opened_at` was set by a person: another position is not meant."""

    symbol: str
    level: LevelName
    opened_at: datetime | None


_BY_HAND: TypeAdapter[frozenset[ByHand]] = TypeAdapter(frozenset[ByHand])


class Protections:
    """The levels in force, in memory, and their place in the store."""

    def __init__(self, rules: ExitRules) -> None:
        self._rules = rules
        self._levels: dict[str, Protection] = {}
        self.by_hand: frozenset[ByHand] = frozenset()
        """Which levels people have set; put back together with the checkpoint."""
        self._told: dict[str, str] = {}

    def load(self, kept: Iterable[Protection]) -> None:
        self._levels = {protection.symbol: protection for protection in kept}

    async def load_by_hand(self, read: Queries) -> None:
        """Take up which levels people have set."""
        self.by_hand = _BY_HAND.validate_json(await read.meta(_META) or "[]")

    def is_by_hand(self, position: Position, level: LevelName) -> bool:
        """Whether a person set this level of this position."""
        return ByHand(position.symbol, level, position.opened_at) in self.by_hand

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
        if grew:
            await self._tell_what_stayed(tx, fill, position)

    async def follow(self, tx: Transaction, position: Position, instrument: Instrument) -> None:
        """Set the levels of `position` anew from its entry price; of one that is gone, take them away."""
        symbol = position.symbol
        if position.quantity:
            await self._put(tx, self._keeping_what_people_set(position, self._around(position, instrument)))
        else:
            await self.drop(tx, symbol)

    async def set_by_hand(
        self, tx: Transaction, position: Position, instrument: Instrument, level: LevelName, price: Decimal | None
    ) -> None:
        """From now on `level` of `position` is at `price`, or off, whatever the rules say."""
        mark = ByHand(position.symbol, level, position.opened_at)
        self.by_hand = await self._write(tx, self.by_hand | {mark}, position)
        await self._put(tx, _with(self._present(position, instrument), level, price))

    async def set_by_rule(self, tx: Transaction, position: Position, instrument: Instrument, level: LevelName) -> None:
        """`level` of `position` is where the rules put it, from now on."""
        mark = ByHand(position.symbol, level, position.opened_at)
        self.by_hand = await self._write(tx, self.by_hand - {mark}, position)
        rule = self.default(position, instrument, level)
        await self._put(tx, _with(self._present(position, instrument), level, rule))

    def default(self, position: Position, instrument: Instrument, level: LevelName) -> Decimal | None:
        """Where the rules put `level` of `position`."""
        price: Decimal | None = getattr(self._around(position, instrument), level)
        return price

    async def drop(self, tx: Transaction, symbol: str) -> None:
        """No levels for `symbol` any more."""
        if self._levels.pop(symbol, None) is not None:
            await tx.clear_protection(symbol)

    def _keeping_what_people_set(self, position: Position, fresh: Protection) -> Protection:
        known = self._levels.get(position.symbol)
        if known is None or not self.by_hand:
            return fresh
        for level in LEVELS:
            if self.is_by_hand(position, level):
                fresh = _with(fresh, level, getattr(known, level))
        return fresh

    async def _tell_what_stayed(self, tx: Transaction, fill: Fill, position: Position) -> None:
        """Once per order, however many fills it has."""
        if self._told.get(position.symbol) == fill.client_order_id:
            return
        known = self._levels.get(position.symbol)
        stayed = [level for level in LEVELS if known is not None and self.is_by_hand(position, level)]
        for level in stayed:
            price = getattr(known, level)
            await tx.append(ProtectionChanged(fill.at, position.symbol, level, price, price, ""))
        if stayed:
            self._told[position.symbol] = fill.client_order_id

    async def _write(self, tx: Transaction, marks: frozenset[ByHand], position: Position) -> frozenset[ByHand]:
        """Marks of positions that are gone are left behind."""
        mine = {mark for mark in marks if mark.symbol != position.symbol and mark.symbol in self._levels}
        kept = frozenset(mine | {m for m in marks if m.symbol == position.symbol and m.opened_at == position.opened_at})
        await tx.put_meta(_META, _BY_HAND.dump_json(kept).decode())
        return kept

    async def _put(self, tx: Transaction, protection: Protection) -> None:
        self._levels[protection.symbol] = protection
        await tx.set_protection(protection)

    def _present(self, position: Position, instrument: Instrument) -> Protection:
        """As it is; a position that has no levels yet, as one that the owner bought by hand, has both off."""
        known = self._levels.get(position.symbol)
        return known or replace(self._around(position, instrument), stop=None, target=None)

    def _around(self, position: Position, instrument: Instrument) -> Protection:
        entry, tick, rules = position.entry_price, instrument.price_tick, self._rules
        up = 1 if position.quantity > 0 else -1
        stop = None if rules.stop_loss is None else to_tick(entry * (1 - up * rules.stop_loss), tick)
        target = None if rules.take_profit is None else to_tick(entry * (1 + up * rules.take_profit), tick)
        return Protection(position.symbol, stop, target, entry)


def _with(protection: Protection, level: LevelName, price: Decimal | None) -> Protection:
    return replace(protection, stop=price) if level == "stop" else replace(protection, target=price)


def to_tick(price: Decimal, tick: Decimal) -> Decimal:
    """`price` at the nearest price that can be quoted."""
    # A level between two ticks can never be quoted: the nearest one that can is what is shown and acted on. The
    # rounding is named because libraries change the context's: ccxt does.
    return (price / tick).to_integral_value(ROUND_HALF_EVEN) * tick
