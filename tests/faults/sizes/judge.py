"""The judge stands in the venue's place.

It reckons in fractions, keeps its own account of cash and coins, and rules on each order as it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.world import SmallWorld
from trading.domain.market import Depth, Instrument, Quote
from trading.domain.order import Order, OrderStatus, Side, Source
from trading.exchange.ports import VenueOrder

MAX_SLIPPAGE, MAX_SPREAD = Decimal("0.01"), Decimal("0.02")


def whole(amount: Fraction, step: Fraction) -> Fraction:
    """`amount` cut down to a multiple of `step`."""
    return amount // step * step


@dataclass(frozen=True, slots=True)
class Ruling:
    """The judge's own reckoning of one pair's rules."""

    step: Fraction
    tick: Fraction
    least: Fraction
    least_worth: Fraction

    @classmethod
    def of(cls, pair: Instrument) -> Ruling:
        return cls(*map(Fraction, (pair.lot_step, pair.price_tick, pair.min_quantity, pair.min_notional)))

    def sellable(self, held: Fraction, price: Decimal) -> bool:
        lots = whole(held, self.step)
        return lots > 0 and lots >= self.least and lots * Fraction(price) >= self.least_worth

    def worst(self, ask: Decimal, slippage: Decimal) -> Fraction:
        """What a buyer pays for one coin where the venue slips that far, on the next price step."""
        steps = -(-Fraction(ask) * (1 + Fraction(slippage)) // self.tick)
        return steps * self.tick


class Judge:
    """Rules on each order, lets the paper venue fill it, and follows the money."""

    def __init__(self, world: SmallWorld, fee: Decimal, slippage: Decimal) -> None:
        self._world = world
        self._paper = world.venue.paper
        self._fee, self._slippage = fee, slippage
        self.cash = Fraction(world.cash)
        self.held = {symbol: Fraction(world.held(symbol)) for symbol in world.core.instruments}
        self.seen: list[Order] = []
        self.violations: list[str] = []

    async def place_order(self, order: Order) -> VenueOrder:
        self.seen.append(order)
        self.rule(order)
        answer = await self._paper.place_order(order)
        if answer.status is not OrderStatus.FILLED:
            self._against(order, f"was rejected: {answer.detail}")
        for fill in answer.fills:
            sign = 1 if fill.side is Side.BUY else -1
            self.cash -= sign * Fraction(fill.notional) + Fraction(fill.fee.amount)
            self.held[fill.symbol] += sign * Fraction(fill.quantity)
        if self.cash < 0 or self.held[order.symbol] < 0:
            self._against(order, "spent what was not there")
        return answer

    def rule(self, order: Order) -> None:
        """Whole lots, minimums, and funds for the worst price with the fee; then what the order book says."""
        ruling, quantity, quote = (
            Ruling.of(order.intent.instrument),
            Fraction(order.intent.quantity),
            self._quote(order),
        )
        price = Fraction(quote.ask if order.side is Side.BUY else quote.bid)
        if quantity <= 0 or quantity % ruling.step:
            self._against(order, "is not whole lots")
        if quantity < ruling.least or quantity * price < ruling.least_worth:
            self._against(order, "is below the minimum")
        if order.side is Side.SELL and quantity > self.held[order.symbol]:
            self._against(order, "sells more than is held")
        cost = quantity * ruling.worst(quote.ask, self._slippage) * (1 + Fraction(self._fee))
        if order.side is Side.BUY and cost > self.cash:
            self._against(order, "costs more than there is")
        book = self._world.market.books.get(order.symbol)
        if isinstance(book, Depth) and order.intent.source is not Source.FLATTEN:
            self._rule_on_liquidity(order, book)

    def _rule_on_liquidity(self, order: Order, book: Depth) -> None:
        bid, ask = Fraction(book.bids[0][0]), Fraction(book.asks[0][0])
        if order.side is Side.BUY and (ask - bid) * 2 / (ask + bid) > Fraction(MAX_SPREAD):
            self._against(order, "crosses too wide a spread")
        levels = book.asks if order.side is Side.BUY else book.bids
        best, quantity = Fraction(levels[0][0]), Fraction(order.intent.quantity)
        left, lost = quantity, Fraction(0)
        for price, offered in levels:
            taken = min(left, Fraction(offered))
            lost += taken * abs(Fraction(price) - best)
            left -= taken
        if left or lost / quantity / best > Fraction(MAX_SLIPPAGE):
            self._against(order, "walks too far into the book")

    def _quote(self, order: Order) -> Quote:
        quote = self._world.core.quotes.latest(order.symbol)
        assert quote is not None
        return quote

    def _against(self, order: Order, words: str) -> None:
        self.violations.append(f"{order.side} {order.intent.quantity} {order.symbol} {words}")
