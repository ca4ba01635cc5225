"""Stops and targets set by hand: an absolute price, a distance from the entry, or off; checked against the price."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from trading.clock import Clock
from trading.contract.controls import Level, LevelUnit, LevelView
from trading.domain.event import ProtectionChanged
from trading.domain.market import Instrument
from trading.domain.money import ONE, ZERO
from trading.domain.portfolio import Position
from trading.domain.risk import RefusalCode, Refused
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.protections import LevelName, Protections, to_tick
from trading.store.port import Store, Transaction

FARTHEST = Decimal(10)
"""A level beyond so many times the price, or below that part of it, is a slip: "5" where "5%" was meant."""


HUNDRED = Decimal(100)


class Fees(Protocol):
    """What trading at once costs, as a fraction of the notional."""

    def taker(self, symbol: str) -> Decimal: ...


class Levels:
    """Sets levels of positions that are open. The monitor acts on them at the next price, as on any other."""

    def __init__(
        self,
        store: Store,
        account: Account,
        quotes: QuoteCache,
        protections: Protections,
        instruments: Mapping[str, Instrument],
        fees: Fees,
        max_age: timedelta,
        clock: Clock,
    ) -> None:
        self._store = store
        self._account = account
        self._quotes = quotes
        self._protections = protections
        self._instruments = instruments
        self._fees = fees
        self._max_age = max_age
        self._clock = clock

    def view(self, kind: LevelName, symbol: str) -> LevelView | Refused:
        """The level as it is."""
        position = self._position(symbol)
        return position if isinstance(position, Refused) else self._view(kind, position, self._now(kind, symbol))

    async def set(self, kind: LevelName, symbol: str, level: Level, by: str) -> LevelView | Refused:
        """Set the level, keep it and tell it; a refusal changes nothing."""
        position = self._position(symbol)
        if isinstance(position, Refused):
            return position
        price = self._wanted(kind, position, level)
        if isinstance(price, Refused):
            return price
        refused = self._refusal(kind, position, price)
        return refused or await self._change(kind, position, level, price, by)

    async def _change(
        self, kind: LevelName, judged: Position, level: Level, price: Decimal | None, by: str
    ) -> LevelView | Refused:
        kept = self._protections.checkpoint(), self._protections.by_hand
        try:
            async with self._store.transaction() as tx:
                # Nobody else writes now, so memory is what the store holds.
                kept = self._protections.checkpoint(), self._protections.by_hand
                position = self._account.book.position(judged.symbol)
                if (position.quantity, position.opened_at) != (judged.quantity, judged.opened_at):
                    return _changed_meanwhile(judged.symbol)
                old = self._now(kind, position.symbol)
                await self._write(tx, kind, position, level, price)
                if price != old:
                    await tx.append(ProtectionChanged(self._clock.now(), position.symbol, kind, old, price, by))
        except BaseException:
            self._protections.load(kept[0])
            self._protections.by_hand = kept[1]
            raise
        return self._view(kind, position, old)

    async def _write(
        self, tx: Transaction, kind: LevelName, position: Position, level: Level, price: Decimal | None
    ) -> None:
        market = self._instruments[position.symbol]
        if level.unit is LevelUnit.DEFAULT:
            await self._protections.set_by_rule(tx, position, market, kind)
        else:
            await self._protections.set_by_hand(tx, position, market, kind, price)

    def _position(self, symbol: str) -> Position | Refused:
        instrument = self._instruments.get(symbol)
        if instrument is None:
            return Refused(RefusalCode.UNKNOWN_SYMBOL, f"{symbol} is not traded here.", symbol)
        position = self._account.book.position(symbol)
        if not position.quantity:
            detail = f"No {instrument.base} is held, so there is nothing to protect."
            return Refused(RefusalCode.NOTHING_TO_SELL, detail, symbol)
        return position

    def _wanted(self, kind: LevelName, position: Position, level: Level) -> Decimal | Refused | None:
        """Where the level shall be, on a tick; None for off."""
        market = self._instruments[position.symbol]
        if level.unit is LevelUnit.OFF:
            return None
        if level.unit is LevelUnit.DEFAULT:
            return self._protections.default(position, market, kind)
        if level.value is None or not level.value.is_finite():
            return Refused(RefusalCode.INVALID_AMOUNT, "Name a price, a percentage, or off.", position.symbol)
        price = to_tick(_price(kind, position, level.unit, level.value), market.price_tick)
        if price <= ZERO:
            detail = f"A {kind} lies above 0; name a price, or a smaller percentage."
            return Refused(RefusalCode.INVALID_AMOUNT, detail, position.symbol)
        return price

    def _refusal(self, kind: LevelName, position: Position, price: Decimal | None) -> Refused | None:
        """A level that the price has reached already would sell at once; that is what /close is for."""
        if price is None:
            return None
        symbol, base = position.symbol, self._instruments[position.symbol].base
        quote, age = self._quotes.latest(symbol), self._quotes.age(symbol)
        if quote is None or age is None:
            return Refused(RefusalCode.NO_PRICE, f"There is no price of {base} to hold it against; try again.", symbol)
        if age > self._max_age:
            detail = f"The price of {base} is {int(age.total_seconds())} s old; wait for the feed, then set it."
            return Refused(RefusalCode.STALE_PRICE, detail, symbol)
        if not quote.last / FARTHEST < price < quote.last * FARTHEST:
            meant = f" For a percentage write {price:f}%." if price < HUNDRED else ""
            detail = f"{price:,f} is far from the price of {quote.last:,f}.{meant}"
            return Refused(RefusalCode.INVALID_AMOUNT, detail, symbol)
        must_be_below = (kind == "stop") is (position.quantity > 0)
        if price < quote.last if must_be_below else price > quote.last:
            return None
        side = "below" if must_be_below else "above"
        detail = f"A {kind} at {price:,f} is not {side} the price of {quote.last:,f}: it would sell at once."
        return Refused(RefusalCode.WRONG_SIDE, f"{detail} To sell now: /close {base}.", symbol)

    def _now(self, kind: LevelName, symbol: str) -> Decimal | None:
        protection = self._protections.get(symbol)
        price: Decimal | None = None if protection is None else getattr(protection, kind)
        return price

    def _view(self, kind: LevelName, position: Position, old: Decimal | None) -> LevelView:
        quote, new = self._quotes.latest(position.symbol), self._now(kind, position.symbol)
        return LevelView(
            kind=kind,
            instrument=self._instruments[position.symbol],
            old=old,
            new=new,
            entry=position.entry_price,
            quantity=position.quantity,
            price=None if quote is None else quote.last,
            result=None if new is None else self._result(position, new),
            by_hand=self._protections.is_by_hand(position, kind),
        )

    def _result(self, position: Position, price: Decimal) -> Decimal:
        """Profit on the whole position once it is sold at `price` (a short one bought back), fees on both ways in."""
        fee = abs(position.quantity) * price * self._fees.taker(position.symbol)
        return position.quantity * price - fee - position.cost


def _price(kind: LevelName, position: Position, unit: LevelUnit, value: Decimal) -> Decimal:
    """In quote per base. A distance is taken to the losing side for a stop, to the winning one for a target."""
    if unit is LevelUnit.PRICE:
        return value
    if unit is LevelUnit.DISTANCE:
        losing = -1 if position.quantity > 0 else 1
        value *= losing if kind == "stop" else -losing
    return position.entry_price * (ONE + value)


def _changed_meanwhile(symbol: str) -> Refused:
    return Refused(RefusalCode.BUSY, "The position changed this very moment; look at it and try again.", symbol)
