"""From target weights to orders: pure arithmetic on holdings, prices and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trading.domain.market import Instrument, Quote
from trading.domain.money import ONE, ZERO, round_down
from trading.domain.order import OrderIntent, OrderType, Side, Source
from trading.domain.plan import TargetPlan
from trading.risk.limits import Limits

SMALLEST_CHANGE = Decimal("0.005")
"""A weight that is off by less than this share of equity is left alone: it would cost more than it changes."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What there is to rebalance: amounts in quote, `held` in base by symbol."""

    equity: Decimal
    cash: Decimal
    held: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Derived:
    """The orders, sells first, and in plain sentences what was clamped or left out."""

    intents: tuple[OrderIntent, ...]
    notes: tuple[str, ...]


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
        limits: Limits,
        batch_id: str,
        new_id: Callable[[], str],
    ) -> None:
        self._portfolio = portfolio
        self._instruments = instruments
        self._quotes = quotes
        self._limits = limits
        self._batch_id = batch_id
        self._new_id = new_id
        self._notes: list[str] = []

    def orders(self, plan: TargetPlan) -> Derived:
        """Sells to get down to the targets, then buys from cash and the sells' proceeds."""
        changes = [change for change in map(self._change(plan), self._symbols(plan)) if change]
        sells = [intent for intent in (self._sell(c) for c in changes if c.delta < 0) if intent]
        buys = self._buys([c for c in changes if c.delta > 0], self._proceeds(sells))
        return Derived((*sells, *buys), tuple(self._notes))

    def _symbols(self, plan: TargetPlan) -> list[str]:
        held = [symbol for symbol, quantity in self._portfolio.held.items() if quantity]
        return list(dict.fromkeys([*held, *(weight.symbol for weight in plan.weights)]))

    def _change(self, plan: TargetPlan) -> Callable[[str], _Change | None]:
        reasons = {weight.symbol: weight.reason for weight in plan.weights}

        def change(symbol: str) -> _Change | None:
            instrument, quote = self._instruments.get(symbol), self._quotes.get(symbol)
            if instrument is None or quote is None:
                self._notes.append(f"{symbol}: no price, left as it is")
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
        self._notes.append(f"{instrument.base} {weight:.2f} → {most:.2f} (largest position)")
        return most

    def _sell(self, change: _Change) -> OrderIntent | None:
        rules, held = change.instrument, self._portfolio.held.get(change.instrument.symbol, ZERO)
        quantity = held if not change.weight else min(held, -change.delta / change.quote.bid)
        if (held - quantity) * change.quote.bid < rules.min_notional:
            quantity = held  # What is left would be too small ever to sell.
        return self._intent(change, Side.SELL, quantity, change.quote.bid)

    def _buys(self, changes: list[_Change], proceeds: Decimal) -> list[OrderIntent]:
        cost = self._limits.cost_factor
        wanted = sum((change.delta * cost for change in changes), ZERO)
        available = max(ZERO, self._portfolio.cash + proceeds)
        share = ONE if wanted <= available else available / wanted
        buys = [self._intent(c, Side.BUY, c.delta * share / c.quote.ask, c.quote.ask) for c in changes]
        return [intent for intent in buys if intent]

    def _proceeds(self, sells: list[OrderIntent]) -> Decimal:
        keeps = (1 - self._limits.fee_rate) * (1 - self._limits.slippage)
        return sum((s.quantity * self._quotes[s.symbol].bid * keeps for s in sells), ZERO)

    def _intent(self, change: _Change, side: Side, quantity: Decimal, price: Decimal) -> OrderIntent | None:
        rules = change.instrument
        quantity = round_down(self._sized(rules, side, quantity, price), rules.lot_step)
        value = quantity * price
        if not quantity:
            return None
        if quantity < rules.min_quantity or value < rules.min_notional:
            least = max(rules.min_notional, rules.min_quantity * price)
            self._notes.append(
                f"{side.value} {rules.base} for {value:.2f} {rules.quote} left out: below the minimum of {least:.2f}"
            )
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
        )

    def _sized(self, rules: Instrument, side: Side, quantity: Decimal, price: Decimal) -> Decimal:
        largest = self._limits.max_order_size
        if largest is None or quantity * price <= largest:
            return quantity
        value = quantity * price
        self._notes.append(f"{side.value} {rules.base} {value:.2f} → {largest:.2f} {rules.quote} (largest order)")
        return largest / price
