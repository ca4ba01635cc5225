"""From target weights to orders: pure arithmetic on holdings, prices and limits.

What is made smaller is on record as a clamp; what is left out, or stays as dust, as a note.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from trading.decision.dust import dust, is_sellable
from trading.domain.market import Instrument, Quote
from trading.domain.money import ONE, ZERO, round_down
from trading.domain.order import OrderIntent, OrderType, Side, Source
from trading.domain.plan import Clamp, TargetPlan
from trading.risk.limits import Limits
from trading.risk.standing import SMALLEST_CHANGE

SHORT_OF_CASH = Decimal("0.99")
"""Buys that are cut to less than this share of what the plan wants are told; fees alone cut a little always."""


class TakerFees(Protocol):
    """Knows the taker's fee of each symbol, as a fraction."""

    def taker(self, symbol: str) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What there is to rebalance: amounts in quote, `held` in base by symbol."""

    equity: Decimal
    cash: Decimal
    held: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Terms:
    """What orders are derived under. `take_profit` is how far (fraction) an entry may run; None where nothing says."""

    limits: Limits
    fees: TakerFees
    take_profit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """The orders, sells first, what was made smaller, and in plain sentences what was left out or stays as dust.

    `left_out` counts the changes that no order could be made of.
    """

    intents: tuple[OrderIntent, ...]
    notes: tuple[str, ...]
    left_out: int = 0
    clamps: tuple[Clamp, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    instrument: Instrument
    quote: Quote
    weight: Decimal
    delta: Decimal
    reason: str


class Derivation:
    """One derivation of orders from a plan. `new_id` names intents."""

    def __init__(
        self,
        portfolio: Portfolio,
        instruments: Mapping[str, Instrument],
        quotes: Mapping[str, Quote],
        terms: Terms,
        batch_id: str,
        new_id: Callable[[], str],
    ) -> None:
        self._portfolio = portfolio
        self._instruments = instruments
        self._quotes = quotes
        self._limits = terms.limits
        self._fees = terms.fees
        self._take_profit = terms.take_profit
        self._batch_id = batch_id
        self._new_id = new_id
        self._notes: list[str] = []
        self._clamps: list[Clamp] = []
        self._left_out = 0

    def orders(self, plan: TargetPlan, untouched: Collection[str] = ()) -> Derived:
        """Sells to get down to the targets, then buys from cash and the sells' proceeds.

        The symbols of `untouched` are not traded, whatever a spread makes of their weight.
        """
        symbols = [symbol for symbol in self._symbols(plan) if symbol not in untouched]
        changes = [change for change in map(self._change(plan), symbols) if change]
        sells = [intent for intent in (self._sell(c) for c in changes if c.delta < 0) if intent]
        buys = self._buys([c for c in changes if c.delta > 0], self._proceeds(sells))
        return Derived((*sells, *buys), tuple(self._notes), self._left_out, tuple(self._clamps))

    def _symbols(self, plan: TargetPlan) -> list[str]:
        held = [symbol for symbol, quantity in self._portfolio.held.items() if quantity]
        return list(dict.fromkeys([*held, *(weight.symbol for weight in plan.weights)]))

    def _change(self, plan: TargetPlan) -> Callable[[str], _Change | None]:
        reasons = {weight.symbol: weight.reason for weight in plan.weights}

        def change(symbol: str) -> _Change | None:
            instrument, quote = self._instruments.get(symbol), self._quotes.get(symbol)
            if instrument is None or quote is None:
                self._leave_out(f"{symbol}: no price, left as it is")
                return None
            weight = self._clamped(instrument, plan.weight_of(symbol))
            quantity, equity = self._portfolio.held.get(symbol, ZERO), self._portfolio.equity
            # Risk values a position that grows at the ask: no buy may go beyond the largest position there.
            most = self._limits.max_position * equity - quantity * quote.ask
            delta = weight * equity - quantity * quote.mid
            delta = min(delta, max(most, ZERO)) if delta > 0 else delta
            if weight and abs(delta) < SMALLEST_CHANGE * equity:
                return None
            return _Change(instrument, quote, weight, delta, reasons.get(symbol) or plan.reason)

        return change

    def _clamped(self, instrument: Instrument, weight: Decimal) -> Decimal:
        most = self._limits.max_position
        if weight <= most:
            return weight
        detail = f"{instrument.base} is kept to {most:.1%} of equity at most."
        self._clamps.append(Clamp("largest position", instrument.symbol, weight, most, "weight", most, detail))
        return most

    def _sell(self, change: _Change) -> OrderIntent | None:
        rules, held = change.instrument, self._portfolio.held.get(change.instrument.symbol, ZERO)
        quantity = held if not change.weight else min(held, -change.delta / change.quote.bid)
        if not is_sellable(rules, held - quantity, change.quote.bid):
            quantity = held  # What is left would be too small ever to sell.
        intent = self._intent(change, Side.SELL, quantity, change.quote.bid)
        stays = dust(rules, held - intent.quantity, change.quote.bid) if intent else ""
        if stays:
            self._notes.append(stays)
        return intent

    def _buys(self, changes: list[_Change], proceeds: Decimal) -> list[OrderIntent]:
        wanted = sum((change.delta / change.quote.ask * self._cost(change) for change in changes), ZERO)
        available = max(ZERO, self._portfolio.cash + proceeds)
        share = ONE if wanted <= available else available / wanted
        if share < SHORT_OF_CASH:
            detail = f"The buys are cut to {share:.0%} of the plan: the cash covers no more."
            self._clamps.append(Clamp("cash", "", wanted, available, "quote", available, detail))
        buys = [self._intent(c, Side.BUY, c.delta * share / c.quote.ask, c.quote.ask) for c in changes]
        return [intent for intent in buys if intent]

    def _proceeds(self, sells: list[OrderIntent]) -> Decimal:
        return sum((sell.quantity * self._left(sell.instrument) for sell in sells), ZERO)

    def _cost(self, change: _Change) -> Decimal:
        rules = change.instrument
        return self._limits.cost_of_buying(rules, change.quote.ask, self._fees.taker(rules.symbol))

    def _left(self, rules: Instrument) -> Decimal:
        return self._limits.left_of_selling(rules, self._quotes[rules.symbol].bid, self._fees.taker(rules.symbol))

    def _leave_out(self, note: str) -> None:
        self._left_out += 1
        self._notes.append(note)

    def _intent(self, change: _Change, side: Side, quantity: Decimal, price: Decimal) -> OrderIntent | None:
        rules = change.instrument
        wanted = self._sized(rules, side, quantity, price)
        quantity = round_down(wanted, rules.lot_step)
        if not is_sellable(rules, quantity, price):
            if wanted:
                self._leave_out(_too_small(rules, side, (quantity or wanted) * price, price))
            return None
        return OrderIntent(
            id=self._new_id(),
            batch_id=self._batch_id,
            instrument=rules,
            side=side,
            quantity=quantity,
            type=OrderType.MARKET,
            source=Source.REBALANCE,
            reason=change.reason,
            reduce_only=side is Side.SELL,
            expected_move=self._take_profit if side is Side.BUY else None,
        )

    def _sized(self, rules: Instrument, side: Side, quantity: Decimal, price: Decimal) -> Decimal:
        largest = self._limits.max_order_size
        if largest is None or quantity * price <= largest:
            return quantity
        detail = f"The {side.value} of {rules.base} is kept to {largest:,.2f} {rules.quote}, the largest order."
        self._clamps.append(Clamp("largest order", rules.symbol, quantity * price, largest, "quote", largest, detail))
        return largest / price


def _too_small(rules: Instrument, side: Side, value: Decimal, price: Decimal) -> str:
    least = max(rules.min_notional, max(rules.min_quantity, rules.lot_step) * price)
    # What is held below a step has no cents to show.
    shown = f"{value:.2f}" if value >= Decimal("0.01") else "less than 0.01"
    return f"{side.value} {rules.base} for {shown} {rules.quote} left out: below the minimum of {least:.2f}"
