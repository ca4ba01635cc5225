"""Pictures: the sentence they show, and PNGs drawn off the event loop.

matplotlib is imported when the first picture is drawn, in the thread that draws it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

from chatbot.present.finding import finding
from trading.contract import Performance, Status, World
from trading.contract.books import Profit, RiskMap
from trading.domain.market import Candle
from trading.domain.order import Fill

__all__ = [
    "Charts",
    "allocation_chart",
    "comparison_chart",
    "equity_chart",
    "finding",
    "price_chart",
    "profit_chart",
    "risk_map_chart",
]


def equity_chart(performance: Performance, *, dark: bool = False) -> bytes:
    """Growth in percent against BTC and ETH, drawdown below: a PNG of 1080 x 900 pixels."""
    from chatbot.present.pictures import equity, theme

    return equity.draw(performance, theme.DARK if dark else theme.LIGHT)


def allocation_chart(status: Status, *, dark: bool = False) -> bytes:
    """What is held, by share of equity: a PNG 1080 pixels wide."""
    from chatbot.present.pictures import allocation, theme

    return allocation.draw(status, theme.DARK if dark else theme.LIGHT)


def price_chart(
    symbol: str,
    candles: Sequence[Candle],
    trades: Sequence[Fill],
    stop: Decimal | None,
    target: Decimal | None,
    *,
    world: World,
    dark: bool = False,
) -> bytes:
    """Candles with our trades, stop and target: a PNG of 1080 x 900 pixels. Raises ValueError without candles."""
    from chatbot.present.pictures import price, theme

    return price.draw(symbol, candles, trades, stop, target, world, theme.DARK if dark else theme.LIGHT)


def comparison_chart(performance: Performance, *, dark: bool = False) -> bytes:
    """:func:`equity_chart` with every benchmark: a PNG of 1080 x 900 pixels."""
    from chatbot.present.pictures import equity, theme

    return equity.draw(performance, theme.DARK if dark else theme.LIGHT, equity.EVERYTHING)


def profit_chart(profit: Profit, *, dark: bool = False) -> bytes:
    """The change of each part of a window as a bar: a PNG of 1080 x 700 pixels. Raises ValueError without any."""
    from chatbot.present.pictures import profit as bars
    from chatbot.present.pictures import theme

    return bars.draw(profit, theme.DARK if dark else theme.LIGHT)


def risk_map_chart(found: RiskMap, *, dark: bool = False) -> bytes:
    """How alike the coins' days are, with weights: a PNG 1080 pixels wide. Raises ValueError without any pair."""
    from chatbot.present.pictures import risk_map, theme

    return risk_map.draw(found, theme.DARK if dark else theme.LIGHT)


class Charts:
    """The same pictures for coroutines, drawn one after the other in a thread of their own."""

    def __init__(self, *, dark: bool = False) -> None:
        self._dark = dark
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")

    async def equity(self, performance: Performance) -> bytes:
        return await self._drawn(partial(equity_chart, performance, dark=self._dark))

    async def comparison(self, performance: Performance) -> bytes:
        return await self._drawn(partial(comparison_chart, performance, dark=self._dark))

    async def profit(self, profit: Profit) -> bytes:
        """Raises ValueError without a part whose change is known."""
        return await self._drawn(partial(profit_chart, profit, dark=self._dark))

    async def allocation(self, status: Status) -> bytes:
        return await self._drawn(partial(allocation_chart, status, dark=self._dark))

    async def risk_map(self, found: RiskMap) -> bytes:
        """Raises ValueError without any pair."""
        return await self._drawn(partial(risk_map_chart, found, dark=self._dark))

    async def price(
        self,
        symbol: str,
        candles: Sequence[Candle],
        trades: Sequence[Fill],
        stop: Decimal | None,
        target: Decimal | None,
        *,
        world: World,
    ) -> bytes:
        """Raises ValueError without candles."""
        draw = partial(price_chart, symbol, candles, trades, stop, target, world=world, dark=self._dark)
        return await self._drawn(draw)

    def close(self) -> None:
        """Let the thread end; pictures not begun are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _drawn(self, draw: Callable[[], bytes]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._thread, draw)
