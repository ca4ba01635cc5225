"""What a decision is made from: everything known at one instant, the same text every time, nothing from later."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import numpy as np

from tests.world import HISTORY_DAYS, PRICES, START, HandMade, SmallWorld, columns_of, flat, started
from trading.domain.plan import Thesis
from trading.exchange.columns import Columns


async def test_holdings_prices_indicators_and_thesis_are_in_it(world: SmallWorld) -> None:
    await world.buy("5")
    snapshot = await world.core.rebalance._snapshots.take(START, Thesis(START, "me", "Bitcoin leads.", "c"))
    told = json.loads(snapshot.text)
    assert snapshot.equity == 998
    assert snapshot.weights == {"BTC/USD": Decimal(500) / 998}
    assert told["thesis"] == "Bitcoin leads."
    (held,) = told["holdings"]
    assert (held["symbol"], held["quantity"]) == ("BTC/USD", "5")
    assert set(told["prices"]) == set(told["indicators"]) == set(PRICES)
    assert Decimal(told["prices"]["BTC/USD"]["last"]) == 100
    assert len(snapshot.daily_closes["BTC/USD"]) == HISTORY_DAYS


async def test_the_same_world_gives_the_same_text(world: SmallWorld) -> None:
    first = await world.core.rebalance._snapshots.take(START, None)
    second = await world.core.rebalance._snapshots.take(START, None)
    assert first.text == second.text
    assert first.text == json.dumps(json.loads(first.text), sort_keys=True, separators=(",", ":"))


def moving(after: float) -> HandMade:
    """Hourly candles that wander up to START and do whatever `after` says from there on."""
    rng, first = np.random.default_rng(5), START - timedelta(days=HISTORY_DAYS)
    made: dict[str, Columns] = {}
    for symbol, price in PRICES.items():
        closes = price * np.exp(np.cumsum(rng.normal(0, 0.01, 24 * HISTORY_DAYS)))
        rows = [(float(c), float(c) * 1.01, float(c) * 0.99, float(c)) for c in closes]
        made[symbol] = columns_of(first, "1h", [*rows, *flat(after, 48)])
    return HandMade(made, "1h")


async def test_nothing_of_the_future_is_in_it() -> None:
    texts = []
    for after in (0.01, 1_000_000.0):
        world = await started(history=moving(after))
        texts.append((await world.core.rebalance._snapshots.take(START, None)).text)
    assert texts[0] == texts[1]
