"""Reviews of closed trades: what was planned beside what came of it, computed from fills and candles alone.

They are made beside the trading, never on an order's way. What has been booked is read on from where the last look
ended; after a restart it is read again, and only what has no review yet gets one. So none is doubled or forgotten.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from trading.clock import Clock
from trading.contract.books import OrderStory
from trading.decision.trades import ClosedTrade, Trades, average_price, quantity
from trading.domain.market import TIMEFRAMES, Candle, Instrument
from trading.domain.money import ZERO
from trading.domain.order import FINAL, Fill, Side
from trading.domain.outcome import TradeReview
from trading.domain.portfolio import CashFlow, Position
from trading.errors import Retryable
from trading.market.price_path import RecentCandles, known_prices
from trading.orders.protections import LevelName, Protections
from trading.orders.story import story
from trading.store.port import Queries, Store

PAGE = 1000
"""Fills that are read at a time, so that a long history does not keep others waiting."""
MOST_CANDLES = 700
"""What venues give in one answer (Kraken: 720): the finest candles of which so many reach back are taken."""
MOST_ORDERS = 100
"""Orders of one trade whose quotes are looked up, the newest; each needs its card or its decision read."""
PATIENCE = timedelta(days=2)
"""How long a review waits for candles that are not over, or cannot be had now; then it goes without them."""

Extremes = tuple[Decimal, Decimal]
"""The highest and the lowest price."""


class Reviews:
    """Writes the reviews of what has been closed since it looked last."""

    def __init__(
        self,
        store: Store,
        candles: RecentCandles,
        exits: Protections,
        instruments: Mapping[str, Instrument],
        quote: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._candles = candles
        self._exits = exits
        self._clock = clock
        self._fresh: Callable[[], Trades] = lambda: Trades(quote, instruments)
        self._trades: Trades | None = None
        self._reviewed: set[str] = set()
        self._waiting: dict[str, ClosedTrade] = {}
        self._one_at_a_time = asyncio.Lock()

    async def catch_up(self) -> None:
        """Review every trade that is closed by now, except those whose candles cannot be had at the moment."""
        async with self._one_at_a_time:
            await self._read_on()
            for trade in list(self._waiting.values()):
                review = await self._review(trade)
                if review is not None:
                    await self._keep(review)

    async def _read_on(self) -> None:
        trades = self._trades
        if trades is None:
            async with self._store.reading() as read:
                self._reviewed = {review.id for review in await read.reviews()}
            trades = self._fresh()
        while facts := await self._page(trades):
            self._wait_for(trades.take(facts))
        self._trades = trades
        for trade in trades.left_as_dust():
            if await self._is_done(trade.fills[-1]):
                trades.close(trade)
                self._wait_for([trade])

    async def _page(self, trades: Trades) -> Sequence[CashFlow | Fill]:
        async with self._store.reading() as read:
            return await read.booked(fills=trades.fills, flows=trades.flows, limit=PAGE)

    def _wait_for(self, closed: Sequence[ClosedTrade]) -> None:
        self._waiting.update({trade.id: trade for trade in closed if trade.id not in self._reviewed})

    async def _is_done(self, fill: Fill) -> bool:
        async with self._store.reading() as read:
            order = await read.order(fill.client_order_id)
        return order is None or order.status in FINAL

    async def _keep(self, review: TradeReview) -> None:
        async with self._store.transaction() as tx:
            await tx.add_review(review)
        self._reviewed.add(review.id)
        self._waiting.pop(review.id, None)

    async def _review(self, trade: ClosedTrade) -> TradeReview | None:
        """None while its candles cannot be had and are worth waiting for."""
        try:
            extremes = await self._extremes(trade)
        except Retryable:
            if self._clock.now() - trade.closed_at < PATIENCE:
                return None
            extremes = None
        async with self._store.reading() as read:
            stories = await _stories(read, trade)
        return self._written(trade, stories, extremes)

    def _written(self, trade: ClosedTrade, stories: Mapping[str, OrderStory], extremes: Extremes | None) -> TradeReview:
        bought, sold = trade.of(Side.BUY), trade.of(Side.SELL)
        opener, closer = stories[bought[0].client_order_id], stories[trade.fills[-1].client_order_id]
        entry, plan = average_price(bought), opener.cycle.plan if opener.cycle else None
        best, worst = (_excursion(price, entry) for price in extremes) if extremes else (None, None)
        return TradeReview(
            id=trade.id,
            symbol=trade.symbol,
            opened_at=trade.opened_at,
            closed_at=trade.closed_at,
            quantity=quantity(bought),
            entry_price=entry,
            exit_price=average_price(sold),
            fees=trade.fees,
            slippage=_slippage(list(stories.values())),
            realized=trade.realized,
            planned_stop=self._planned(opener, "stop"),
            planned_target=self._planned(opener, "target"),
            best=best,
            worst=worst,
            source=closer.order.intent.source.value,
            reason=opener.order.intent.reason,
            regime=plan.regime if plan else "",
            cycle_id=opener.batch.cycle_id or "",
        )

    def _planned(self, opener: OrderStory, level: LevelName) -> Decimal | None:
        """Where the rules put `level` when the position was opened; what the owner bought by hand has none."""
        if opener.order.intent.is_external:
            return None
        position = Position(opener.order.symbol, opener.quantity, opener.notional, opener.notional)
        return self._exits.default(position, opener.order.intent.instrument, level)

    async def _extremes(self, trade: ClosedTrade) -> Extremes | None:
        """Of the finest candles that there are; what was paid and got lies between them. Raises Retryable."""
        own = [fill.price for fill in trade.fills]
        for timeframe in self._reaching_back(trade.opened_at):
            candles = await self._candles.since(trade.symbol, timeframe, trade.opened_at)
            if candles and candles[0].opened_at <= trade.opened_at:
                if candles[-1].closed_at < trade.closed_at:
                    raise Retryable(f"The candle in which {trade.symbol} was sold is not over; ask again after it.")
                prices = [*own, *_while_held(trade, candles)]
                return max(prices), min(prices)
        return None

    def _reaching_back(self, start: datetime) -> list[str]:
        span = self._clock.now() - start
        return [name for name, length in TIMEFRAMES.items() if span <= length * MOST_CANDLES]


def _excursion(price: Decimal, entry: Decimal) -> Decimal:
    """As a fraction of the entry, to the millionth."""
    return (price / entry - 1).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


def _while_held(trade: ClosedTrade, candles: Sequence[Candle]) -> Iterator[Decimal]:
    for candle in candles:
        yield from known_prices(candle, trade.opened_at, trade.closed_at)


async def _stories(read: Queries, trade: ClosedTrade) -> dict[str, OrderStory]:
    """Of the opening order and of the newest others, by client order id."""
    first, *others = trade.orders
    orders = [await read.order(name) for name in [first, *others[-MOST_ORDERS:]]]
    return {order.client_order_id: await story(read, order) for order in orders if order is not None}


def _slippage(stories: Sequence[OrderStory]) -> Decimal | None:
    """Of the orders whose quote is known; None where none is."""
    known = [each.slippage for each in stories if each.slippage is not None]
    return sum(known, ZERO) if known else None
