"""The paper venue: fills our orders against real or simulated quotes, by the venue's rules, without sending anything.

A market order fills whole, at once, at the far side of the quote plus slippage. A limit order fills
at once at the quote where that is as good as its limit (taker), else it rests until a quote reaches
its limit and then fills there (maker). Fees are taken in the quote currency. Short positions need margin terms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.domain.market import Instrument, Quote
from trading.domain.money import ONE, ZERO, Money, round_down, round_up
from trading.domain.order import Fill, Order, OrderIntent, OrderStatus, OrderType, Side
from trading.domain.portfolio import CashFlow
from trading.exchange.margin import MarginTerms, ShortPositions
from trading.exchange.ports import FeeRates, PriceSource, VenueOrder

_FINEST = Decimal("0.00000001")
"""The smallest step shown in a sentence."""


@dataclass(frozen=True, slots=True)
class _Execution:
    """At what price and fee rate an order would fill."""

    price: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class _Resting:
    """A limit order that waits, and what is set aside for it."""

    order: Order
    limit: Decimal
    currency: str
    reserved: Decimal


class PaperVenue:
    """`OrderVenue` and `AccountData` on paper.

    `free(currency)` tells what the book has to spend; the venue itself sets aside what its resting
    orders need, so the book must not subtract that. `slippage` is a fraction of the price. Every
    answer for one client order id is the same order: sent twice, it fills once. With `margin` terms it also takes
    margin orders: they sell what is not held, which a buy of the same pair brings back.
    """

    def __init__(
        self,
        prices: PriceSource,
        clock: Clock,
        instruments: Mapping[str, Instrument],
        *,
        fee: FeeRates,
        slippage: Decimal = Decimal("0.0005"),
        free: Callable[[str], Decimal],
        margin: MarginTerms | None = None,
    ) -> None:
        if not 0 <= slippage < 1:
            raise ValueError(f"slippage is a fraction from 0 to below 1, not {slippage}")
        self._prices = prices
        self._clock = clock
        self._instruments = instruments
        self._fee = fee
        self._buy_factor = ONE + slippage
        self._sell_factor = ONE - slippage
        self._free = free
        self._shorts = None if margin is None else ShortPositions(margin)
        self._known: dict[str, VenueOrder] = {}
        self._resting: dict[str, dict[str, _Resting]] = {}

    @property
    def visibility(self) -> timedelta:
        """None: what was placed is there, and what is not there was not placed."""
        return timedelta()

    async def place_order(self, order: Order) -> VenueOrder:
        """FILLED, ACCEPTED (it rests) or REJECTED with the reason in `detail`; never raises for an order's content."""
        known = self._known.get(order.client_order_id)
        if known is not None:
            return known
        answer = self._decide(order)
        self._known[order.client_order_id] = answer
        return answer

    async def check_order(self, order: Order) -> str:
        """Why `order` would be rejected at the prices of now, or "" if it would not. Places nothing."""
        return self._judge(order)[0]

    async def find_order(self, order: Order) -> VenueOrder | None:
        """What became of it; None for an order that was never sent here (since the program started)."""
        return self._known.get(order.client_order_id)

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        """Withdraw a resting order; an order that is final stays as it is."""
        resting = self._resting.get(order.symbol, {}).pop(order.client_order_id, None)
        if resting is not None:
            self._known[order.client_order_id] = _answer(order, OrderStatus.CANCELED)
        return self._known.get(order.client_order_id)

    def on_quote(self, symbol: str, quote: Quote) -> tuple[VenueOrder, ...]:
        """Fill the resting orders of `symbol` that `quote` reaches, oldest first."""
        waiting = self._resting.get(symbol)
        if not waiting:
            return ()
        reached = [resting for resting in waiting.values() if _reaches(quote, resting)]
        return tuple(self._fill_resting(resting) for resting in reached)

    async def fees(self, symbol: str) -> FeeRates:
        return self._fee

    async def balances(self) -> Mapping[str, Decimal]:
        """What the book holds, by currency, zeros left out."""
        currencies = {name for rules in self._instruments.values() for name in (rules.base, rules.quote)}
        held = {currency: self._free(currency) for currency in sorted(currencies)}
        return {currency: amount for currency, amount in held.items() if amount}

    def rollovers(self) -> tuple[CashFlow, ...]:
        """What borrowing has cost since the last call: one fee per short position and ended period."""
        return () if self._shorts is None else self._shorts.rollovers(self._clock.now())

    def _decide(self, order: Order) -> VenueOrder:
        fault, execution = self._judge(order)
        if fault:
            return _rejected(order, fault)
        return self._rest(order) if execution is None else self._filled(order, execution)

    def _judge(self, order: Order) -> tuple[str, _Execution | None]:
        """Why `order` cannot be taken ("" when it can), and how it would fill now: None when it would rest."""
        intent = order.intent
        fault = self._broken_rule(intent) or self._broken_margin_rule(intent)
        if fault:
            return fault, None
        quote = self._prices.latest(order.symbol)
        if quote is None:
            return f"There is no price of {order.symbol} yet; try again when market data flows.", None
        execution = self._execution(intent, quote)
        return self._below_minimum(intent, quote) or self._missing_funds(intent, execution), execution

    def _broken_rule(self, intent: OrderIntent) -> str:
        rules = self._instruments.get(intent.symbol)
        if rules is None:
            return f"{intent.symbol} is not traded here; choose one of {', '.join(sorted(self._instruments))}."
        quantity = intent.quantity
        if quantity < rules.min_quantity or quantity <= 0:
            return (
                f"{quantity:f} {rules.base} is below the minimum of {rules.min_quantity:f} {rules.base}; ask for more."
            )
        if quantity % rules.lot_step:
            return f"{quantity:f} {rules.base} is not a multiple of the lot step {rules.lot_step:f}; round it down."
        if intent.type is OrderType.MARKET:
            return ""
        if intent.limit_price is None or intent.limit_price <= 0 or intent.limit_price % rules.price_tick:
            return f"The limit price must be a multiple of {rules.price_tick:f} {rules.quote} above zero."
        return ""

    def _broken_margin_rule(self, intent: OrderIntent) -> str:
        if not intent.margin:
            return ""
        base = self._instruments[intent.symbol].base
        if self._shorts is None:
            return f"This account has no margin, so {base} cannot be sold short; sell only what is held."
        owed = max(-self._free(base), ZERO)
        if intent.side is Side.BUY and intent.reduce_only and intent.quantity > owed:
            return f"{intent.quantity:f} {base} is more than the {owed:f} {base} that is short; buy back less."
        return ""

    def _execution(self, intent: OrderIntent, quote: Quote) -> _Execution | None:
        """How the order would fill now; None when it would rest."""
        if intent.limit_price is not None and intent.type is OrderType.LIMIT:
            return self._marketable(intent.side, intent.limit_price, quote)
        step = self._instruments[intent.symbol].price_tick
        if intent.side is Side.BUY:
            return _Execution(round_up(quote.ask * self._buy_factor, step), self._fee.taker)
        return _Execution(round_down(quote.bid * self._sell_factor, step), self._fee.taker)

    def _marketable(self, side: Side, limit: Decimal, quote: Quote) -> _Execution | None:
        price = quote.ask if side is Side.BUY else quote.bid
        good = price <= limit if side is Side.BUY else price >= limit
        return _Execution(price, self._fee.taker) if good else None

    def _below_minimum(self, intent: OrderIntent, quote: Quote) -> str:
        """Judged at the price that is quoted, as exchanges do: nobody knows beforehand how far a market order slips."""
        touch = quote.ask if intent.side is Side.BUY else quote.bid
        notional = intent.quantity * (intent.limit_price or touch)
        rules = self._instruments[intent.symbol]
        if notional >= rules.min_notional and notional > 0:
            return ""
        return (
            f"The order is worth {_figure(notional)} {rules.quote}, "
            f"below the minimum of {rules.min_notional:f} {rules.quote}; ask for more."
        )

    def _missing_funds(self, intent: OrderIntent, execution: _Execution | None) -> str:
        currency, needed = self._needs(intent, execution)
        available = self._free(currency) - self._set_aside(currency) - self._backing(intent, currency)
        if needed <= available:
            return ""
        fee = "" if currency == self._instruments[intent.symbol].base else " with its fee"
        asked = _figure(round_up(needed, _FINEST))
        return f"The order needs {asked} {currency}{fee} and {_figure(available)} {currency} is free; ask for less."

    def _needs(self, intent: OrderIntent, execution: _Execution | None) -> tuple[str, Decimal]:
        """The currency an order spends, and how much of it at most, fee in."""
        rules, price = self._instruments[intent.symbol], _price(intent, execution)
        rate = self._fee.maker if execution is None else execution.rate
        if intent.side is Side.BUY:
            return rules.quote, intent.quantity * price * (ONE + rate)
        if intent.margin and self._shorts is not None:
            # What is sold short is backed once by its own proceeds and once by free cash.
            return rules.quote, self._sold_short(intent) * price * (ONE + rate + self._shorts.terms.opening_fee)
        return rules.base, intent.quantity

    def _sold_short(self, intent: OrderIntent) -> Decimal:
        """How much of a margin sale is not held."""
        return max(intent.quantity - max(self._free(self._instruments[intent.symbol].base), ZERO), ZERO)

    def _backing(self, intent: OrderIntent, currency: str) -> Decimal:
        """What open short positions bind; one's own may be spent on buying it back."""
        if self._shorts is None:
            return ZERO
        return self._shorts.backing(currency, besides=intent.symbol if intent.side is Side.BUY else "")

    def _set_aside(self, currency: str) -> Decimal:
        if not self._resting:
            return ZERO
        everything = (resting for waiting in self._resting.values() for resting in waiting.values())
        return sum((resting.reserved for resting in everything if resting.currency == currency), ZERO)

    def _rest(self, order: Order) -> VenueOrder:
        currency, needed = self._needs(order.intent, None)
        resting = _Resting(order, _price(order.intent, None), currency, needed)
        self._resting.setdefault(order.symbol, {})[order.client_order_id] = resting
        return _answer(order, OrderStatus.ACCEPTED)

    def _fill_resting(self, resting: _Resting) -> VenueOrder:
        order = resting.order
        del self._resting[order.symbol][order.client_order_id]
        answer = self._filled(order, _Execution(resting.limit, self._fee.maker))
        self._known[order.client_order_id] = answer
        return answer

    def _filled(self, order: Order, execution: _Execution) -> VenueOrder:
        intent = order.intent
        currency = self._instruments[intent.symbol].quote
        fee = Money(execution.price * intent.quantity * execution.rate + self._borrowed(intent, execution), currency)
        fill = Fill(
            trade_id=f"{order.client_order_id}-1",
            client_order_id=order.client_order_id,
            symbol=intent.symbol,
            side=intent.side,
            price=execution.price,
            quantity=intent.quantity,
            fee=fee,
            at=self._clock.now(),
            margin=intent.margin,
        )
        return _answer(order, OrderStatus.FILLED, (fill,))

    def _borrowed(self, intent: OrderIntent, execution: _Execution) -> Decimal:
        """Keep track of what is short now, and return the fee for opening it."""
        if self._shorts is None:
            return ZERO
        if intent.side is Side.BUY:
            self._shorts.covered(intent.symbol, intent.quantity)
            return ZERO
        quantity = self._sold_short(intent) if intent.margin else ZERO
        if not quantity:
            return ZERO
        proceeds = Money(quantity * execution.price, self._instruments[intent.symbol].quote)
        self._shorts.opened(intent.symbol, quantity, proceeds, self._clock.now())
        return proceeds.amount * self._shorts.terms.opening_fee


def _price(intent: OrderIntent, execution: _Execution | None) -> Decimal:
    return execution.price if execution is not None else intent.limit_price or ZERO


def _figure(amount: Decimal) -> str:
    """An amount for a sentence: at most eight decimals, no zeros at the end."""
    return f"{round_down(max(amount, ZERO), _FINEST).normalize():f}"


def _reaches(quote: Quote, resting: _Resting) -> bool:
    buying = resting.order.side is Side.BUY
    return quote.ask <= resting.limit if buying else quote.bid >= resting.limit


def _answer(order: Order, status: OrderStatus, fills: tuple[Fill, ...] = (), detail: str = "") -> VenueOrder:
    return VenueOrder(order.client_order_id, f"paper-{order.client_order_id}", status, fills, detail)


def _rejected(order: Order, reason: str) -> VenueOrder:
    return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), reason)
