"""What trading cost: fees by currency and coin, slippage against the quotes decided at, borrowing, models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.contract import Window, World
from trading.contract.books import Costs, FeeRate, Fees
from trading.domain.market import Instrument
from trading.domain.money import ZERO
from trading.domain.order import Fill, Order
from trading.market.fees import FeeTable
from trading.orders.story import story
from trading.store.port import Store
from trading.views.model_costs import ModelCostViews
from trading.views.portions import fills_by_week

NEXT = timedelta(microseconds=1)
MEASURED = 100
"""Orders whose slippage is looked up, newest first: each needs its card or its decision read."""


@dataclass(slots=True)
class _Tally:
    """Sums over fills; `turnover` by symbol."""

    currencies: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    symbols: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    turnover: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    trades: int = 0
    orders: dict[str, None] = field(default_factory=dict)

    def add(self, fills: Sequence[Fill]) -> None:
        for fill in fills:
            self.currencies[fill.fee.currency] += fill.fee.amount
            self.symbols[fill.symbol] += fill.fee_worth
            self.turnover[fill.symbol] += fill.notional
            self.orders[fill.client_order_id] = None
        self.trades += len(fills)


class CostViews:
    """What trading cost, and what models did beside it."""

    def __init__(
        self,
        world: Callable[[], World],
        store: Store,
        table: FeeTable,
        instruments: Mapping[str, Instrument],
        clock: Clock,
        models: ModelCostViews,
    ) -> None:
        self._world = world
        self._store = store
        self._table = table
        self._instruments = instruments
        self._clock = clock
        self._models = models

    async def fees(self, window: Window) -> Fees:
        tally = await self._tally(window)
        maker = (worth * self._table.rates(symbol).maker for symbol, worth in tally.turnover.items())
        return Fees(
            world=self._world(),
            window=window,
            total=sum(tally.symbols.values(), ZERO),
            by_currency={currency: amount for currency, amount in tally.currencies.items() if amount},
            by_symbol={symbol: worth for symbol, worth in tally.symbols.items() if worth},
            turnover=sum(tally.turnover.values(), ZERO),
            trades=tally.trades,
            as_maker=sum(maker, ZERO),
            rates=tuple(map(self._rate, self._instruments)),
        )

    async def costs(self, window: Window) -> Costs:
        tally = await self._tally(window)
        newest = list(reversed(tally.orders))[:MEASURED]
        slippages = [cost for cost in [await self._slippage(name) for name in newest] if cost is not None]
        async with self._store.reading() as read:
            flows = await read.cash_flows()
        paid = (flow.money.amount for flow in flows if flow.rollover_of and window.start <= flow.at <= window.end)
        return Costs(
            world=self._world(),
            window=window,
            fees=sum(tally.symbols.values(), ZERO),
            borrowing=-sum(paid, ZERO),
            slippage=sum(slippages, ZERO) if slippages else None,
            measured=len(slippages),
            orders=len(tally.orders),
            models=await self._models.costs(self._with_this_instant(window)),
        )

    def _with_this_instant(self, window: Window) -> Window:
        """As for fills: a window that reaches to now has no end yet, and a simulated clock may stand still."""
        return replace(window, end=window.end + NEXT) if window.end >= self._clock.now() else window

    async def _tally(self, window: Window) -> _Tally:
        tally = _Tally()
        async for fills in fills_by_week(self._store, window, self._clock.now()):
            tally.add(fills)
        return tally

    async def _slippage(self, client_order_id: str) -> Decimal | None:
        async with self._store.reading() as read:
            order: Order | None = await read.order(client_order_id)
            return None if order is None else (await story(read, order)).slippage

    def _rate(self, symbol: str) -> FeeRate:
        rates = self._table.rates(symbol)
        return FeeRate(symbol, rates.maker, rates.taker, self._table.age(symbol))
