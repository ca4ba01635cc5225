"""A random market: three pairs with rules of their own, prices, order books, fees, and somebody's coins and cash."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from tests.faults.sizes.judge import MAX_SLIPPAGE, MAX_SPREAD, Judge
from tests.world import START, HandMade, SmallWorld, columns_of, flat, limits, rules, started
from trading.domain.market import Depth, Instrument, Quote
from trading.domain.money import Money
from trading.domain.order import Order
from trading.domain.portfolio import CashFlow

BASES = ("AA", "BB", "CC")


class RandomMarket:
    """Everything that `chance` decides about a market, and a core that trades there under the eyes of a judge."""

    world: SmallWorld
    judge: Judge

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.fee = Decimal(chance.randrange(0, 80)).scaleb(-4)
        self.slippage = Decimal(chance.randrange(0, 30)).scaleb(-4)
        self.pairs = {f"{base}/USD": self._pair(base) for base in BASES}

    async def open(self) -> None:
        """Assemble the core, fund it, and put the judge where its venue is."""
        chance = self.chance
        largest = chance.choice([None, None, Decimal(chance.randrange(20, 100_000))])
        told = limits(slippage=self.slippage, max_slippage=MAX_SLIPPAGE, max_spread=MAX_SPREAD, max_order_size=largest)
        rows = {symbol: columns_of(START - timedelta(hours=2), "1h", flat(1.0, 2)) for symbol in self.pairs}
        cash = Decimal(chance.randrange(1, 10**8)).scaleb(-chance.randrange(0, 6))
        self.world = world = await started(
            told=rules(self.pairs, told, starting_cash=cash),
            history=HandMade(rows, "1h", self.pairs),
            fee=self.fee,
            slippage=self.slippage,
        )
        for symbol, pair in self.pairs.items():
            self.move(symbol, pair.price_tick * chance.randrange(200, 10 ** chance.randrange(3, 8)))
            self._deposit(pair)
        self.judge = Judge(world, self.fee, self.slippage)
        world.venue.place_order = self.judge.place_order  # type: ignore[method-assign]
        if chance.random() < 0.5:
            world.venue.check_order = _no_dry_run  # type: ignore[method-assign]

    def quote(self, symbol: str) -> Quote:
        quote = self.world.core.quotes.latest(symbol)
        assert quote is not None
        return quote

    def move(self, symbol: str, price: Decimal) -> None:
        """A new price on the pair's ticks, with a spread of nothing to a percent."""
        tick = self.pairs[symbol].price_tick
        middle = max(int(price / tick), 100)
        half = self.chance.randrange(0, middle // 200 + 1)
        self.world.clock.advance(1)
        bid, ask, at = tick * (middle - half), tick * (middle + half), self.world.clock.now()
        quote = Quote(bid, ask, tick * middle, at)
        self.world.market.say(symbol, quote)
        self.world.core.quotes.put(symbol, quote)

    def wander(self) -> None:
        """Prices move by up to half a percent, which is less than asks a person again."""
        for symbol in self.pairs:
            self.move(symbol, self.quote(symbol).mid * (1 + Decimal(self.chance.randrange(-50, 51)).scaleb(-4)))

    def refresh_books(self) -> None:
        """Order books for some pairs and none for others: deep, thin, steep and wide ones."""
        chosen = {symbol: pair for symbol, pair in self.pairs.items() if self.chance.random() < 0.5}
        self.world.market.books = {symbol: self._book(pair, self.quote(symbol)) for symbol, pair in chosen.items()}

    def _pair(self, base: str) -> Instrument:
        choice, tenths = self.chance.choice, self.chance.randrange
        step = Decimal(choice([1, 1, 1, 5, 25])).scaleb(-tenths(0, 9))
        tick = Decimal(choice([1, 1, 5])).scaleb(-tenths(0, 7))
        least = step * choice([1, 1, 7, 100])
        return Instrument(f"{base}/USD", base, "USD", tick, step, least, Decimal(choice([0, 1, 5, 10])))

    def _deposit(self, pair: Instrument) -> None:
        """Coins from outside come in any amount: they fit no lot."""
        if self.chance.random() < 0.3:
            return
        amount = pair.lot_step * self.chance.randrange(0, 5_000) + Decimal(self.chance.randrange(1, 10**6)).scaleb(-14)
        flow = CashFlow(f"deposit-{pair.base}", Money(amount, pair.base), self.world.clock.now(), "deposit", Decimal(1))
        self.world.core.account.book.apply_flow(flow)

    def _book(self, pair: Instrument, quote: Quote) -> Depth:
        away, gap = (pair.price_tick * self.chance.choice(ticks) for ticks in ([0, 0, 1, 50], [1, 5]))
        offered = pair.lot_step * self.chance.choice([1, 1_000, 10**7])
        bid, ask = max(quote.bid - away, pair.price_tick * 30), quote.ask + away + pair.price_tick
        bids, asks = (tuple((best + way * gap * i, offered) for i in range(5)) for best, way in ((bid, -1), (ask, 1)))
        return Depth(bids, asks, self.world.clock.now())


async def _no_dry_run(order: Order) -> str:
    """Many venues have none: then nothing but our own limits stands before them."""
    return ""
