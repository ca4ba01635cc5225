"""A desk with a past: seven weeks of buys and sales, gains and losses, three coins and a curve."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.world import SmallWorld, rules, started
from trading.orders.protections import ExitRules

FIRST = datetime(2025, 3, 4, 7, tzinfo=UTC)
DAYS = 48
MOVES = {"BTC/USD": (100, 7, 3), "ETH/USD": (10, 5, -1), "SOL/USD": (1, 3, 1)}
"""First price, and two numbers that make its path: no two coins end at the same change."""


async def traded_desk() -> SmallWorld:
    """Nothing happens at the same price twice, so that no two figures are the same by chance."""
    world = await started(told=rules(exits=ExitRules(Decimal("0.5"), None)))
    for day in range(DAYS):
        world.clock.advance_to(FIRST + timedelta(days=day))
        for symbol, (first, wave, drift) in MOVES.items():
            bend = Decimal(first) * (Decimal(day * wave % 11) + Decimal(drift * day) / 5) / 100
            world.tell(symbol, (Decimal(first) + bend).quantize(Decimal("0.01")))
        if day % 12 == 0:
            await world.buy("0.51")
        if day % 16 == 2:
            await world.buy("9", "ETH/USD")
        if day % 16 == 9:
            await world.sell("4", "ETH/USD")
        if day % 20 == 15:
            await world.sell("0.2")
        if day == 30:
            await world.buy("60", "SOL/USD")
        await world.core.curve.sample()
    return world
