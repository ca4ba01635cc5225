"""A paper desk with a small past: bought, sold at a profit and at a loss, refused, and two days of prices since."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

from tests.world import HISTORY_DAYS, PRICES, START, HandMade, Row, SmallWorld, columns_of, started

LAST = {"BTC/USD": Decimal(110), "ETH/USD": Decimal(8), "SOL/USD": Decimal(1)}
HOURS = 24 * (HISTORY_DAYS + 30)


async def traded_desk() -> SmallWorld:
    """Holds 1 BTC, 15 ETH, 100 SOL; one sale won, one lost; two days have passed since."""
    world = await started(history=swinging_history())
    for symbol, price in PRICES.items():
        world.tell(symbol, str(price))
    for quantity, symbol in (("2", "BTC/USD"), ("20", "ETH/USD"), ("100", "SOL/USD")):
        await world.buy(quantity, symbol)
    await _sold(world, "BTC/USD", "110", "1")
    await _sold(world, "ETH/USD", "8", "5")
    await _days_pass(world, 2)
    return world


async def _sold(world: SmallWorld, symbol: str, price: str, quantity: str) -> None:
    await world.tick(symbol, Decimal(price))
    await world.sell(quantity, symbol)


async def _days_pass(world: SmallWorld, days: int) -> None:
    """Hour after hour is sampled; BTC falls and recovers."""
    for hour in range(24 * days):
        world.clock.advance_to(world.clock.now() + timedelta(hours=1))
        for symbol, price in LAST.items():
            world.tell(symbol, price - (hour % 24 if symbol == "BTC/USD" else 0))
        await world.core.curve.sample()


def swinging_history() -> HandMade:
    """Hourly candles that swing by a few percent, each pair out of step with the others."""
    first = START - timedelta(days=HISTORY_DAYS)
    return HandMade({s: columns_of(first, "1h", _rows(p, i)) for i, (s, p) in enumerate(PRICES.items())}, "1h")


def _rows(price: float, phase: int) -> list[Row]:
    closes = [price * (1 + 0.03 * math.sin(i / 9 + phase) + 0.01 * math.sin(i / 2.3)) for i in range(HOURS)]
    opens = [closes[0], *closes[:-1]]
    return [(a, max(a, b) * 1.002, min(a, b) * 0.998, b) for a, b in zip(opens, closes, strict=True)]
