"""From target weights to orders: pure arithmetic on holdings, prices and limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from trading.decision.dust import dust, is_sellable
from trading.domain.market import Instrument, Quote
from trading.domain.money import ONE, ZERO, round_down
from trading.domain.order import OrderIntent, OrderType, Side, Source
from trading.domain.plan import TargetPlan
from trading.market.fees import FeeTable
from trading.risk.limits import Limits

SHORT_OF_CASH = Decimal("0.99")
"""Buys that are cut to less than this share of what the plan wants are told; fees alone cut a little always."""

SMALLEST_CHANGE = Decimal("0.005")
"""A weight that is off by less than this share of equity is left alone: it would cost more than it changes."""


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
    fees: FeeTable
    take_profit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """The orders, sells first, and in plain sentences what was clamped, left out or stays as dust.

    `left_out` counts the changes that no order could be made of.
    """

    intents: tuple[OrderIntent, ...]
    notes: tuple[str, ...]
    left_out: int = 0


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
        self._left_out = 0

    def orders(self, plan: TargetPlan) -> Derived:
        """Sells to get down to the targets, then buys from cash and the sells' proceeds."""
        changes = [change for change in map(self._change(plan), self._symbols(plan)) if change]
        sells = [intent for intent in (self._sell(c) for c in changes if c.delta < 0) if intent]
        buys = self._buys([c for c in changes if c.delta > 0], self._proceeds(sells))
        return Derived((*sells, *buys), tuple(self._notes), self._left_out)

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
        self._notes.append(f"{instrument.base} {weight:.2f} → {most:.2f} (largest position)")
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
            self._notes.append(f"buys cut to {share:.0%} of the plan: the cash covers no more")
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
        value = quantity * price
        self._notes.append(f"{side.value} {rules.base} {value:.2f} → {largest:.2f} {rules.quote} (largest order)")
        return largest / price


def _too_small(rules: Instrument, side: Side, value: Decimal, price: Decimal) -> str:
    least = max(rules.min_notional, max(rules.min_quantity, rules.lot_step) * price)
    # What is held below a step has no cents to show.
    shown = f"{value:.2f}" if value >= Decimal("0.01") else "less than 0.01"
    return f"{side.value} {rules.base} for {shown} {rules.quote} left out: below the minimum of {least:.2f}"
