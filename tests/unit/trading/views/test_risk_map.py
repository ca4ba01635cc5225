"""The risk map: what is held and what matters beside it, how alike it moves, and silence where that is not known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from tests.world import START, HandMade, SmallWorld, columns_of, started
from trading.domain.order import Side
from trading.errors import Retryable

DAYS = 120


def moving(*steps: float) -> HandMade:
    """Daily candles: BTC by `steps` in turn, ETH by half of each, so that the two move as one; SOL never moves."""
    first = START - timedelta(days=DAYS)
    prices: dict[str, list[float]] = {"BTC/USD": [100.0], "ETH/USD": [10.0], "SOL/USD": [5.0]}
    for day in range(DAYS + 30):
        step = steps[day % len(steps)]
        prices["BTC/USD"].append(prices["BTC/USD"][-1] * (1 + step))
        prices["ETH/USD"].append(prices["ETH/USD"][-1] * (1 + step / 2))
        prices["SOL/USD"].append(5.0)
    return HandMade({s: columns_of(first, "1d", [(p, p, p, p) for p in found]) for s, found in prices.items()}, "1d")


async def world_that_moves() -> SmallWorld:
    world = await started(history=moving(0.02, -0.01, 0.005))
    world.tell("BTC/USD", 100)
    world.tell("ETH/USD", 10)
    return world


async def test_what_is_held_comes_first_and_btc_and_eth_beside_it() -> None:
    world = await world_that_moves()
    await world.submit(world.intent(Side.BUY, "10", "ETH/USD"))
    found = await world.desk.books.risk_map()
    assert [line.base for line in found.lines] == ["ETH", "BTC"]
    assert found.lines[0].weight and found.lines[1].weight == 0
    assert found.effective == pytest.approx(float(found.lines[0].weight or D(0)))


async def test_coins_that_move_as_one_add_up() -> None:
    world = await world_that_moves()
    await world.submit(world.intent(Side.BUY, "10", "ETH/USD"), world.intent(Side.BUY, "2", "BTC/USD"))
    found = await world.desk.books.risk_map()
    assert found.correlations[0][1] == pytest.approx(1.0)
    assert found.correlations[0][1] == found.correlations[1][0]
    together = sum((line.weight or D(0) for line in found.lines), D(0))
    assert found.effective == pytest.approx(float(together))
    assert found.is_known


async def test_prices_that_never_moved_say_nothing() -> None:
    world = await started()
    await world.submit(world.intent(Side.BUY, "1", "BTC/USD"), world.intent(Side.BUY, "1", "ETH/USD"))
    found = await world.desk.books.risk_map()
    assert not found.is_known and found.effective is None


async def test_a_market_that_does_not_answer_leaves_it_unknown_and_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await world_that_moves()
    candles = world.market.candles

    async def down(*_: object) -> object:
        raise Retryable("no route to the exchange")

    monkeypatch.setattr(world.market, "candles", down)
    assert not (await world.desk.books.risk_map()).is_known
    monkeypatch.setattr(world.market, "candles", candles)
    assert (await world.desk.books.risk_map()).is_known


async def test_candles_of_one_day_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await world_that_moves()
    asked: list[str] = []
    candles = world.market.candles

    async def counted(symbol: str, timeframe: str, limit: int) -> object:
        asked.append(symbol)
        return await candles(symbol, timeframe, limit)

    monkeypatch.setattr(world.market, "candles", counted)
    for _ in range(3):
        await world.desk.books.risk_map()
    assert sorted(asked) == ["BTC/USD", "ETH/USD"]
    world.clock.advance(86_400)
    await world.desk.books.risk_map()
    assert len(asked) == 4
