"""Candles of four lengths: what the market lacks is unknown, what is running is left out, what is known is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.unit.trading.decision.snapshots.rig import SYMBOLS, Rig, wandering
from tests.world import START, Market
from trading.decision.snapshots.charts import BARS, FRAMES, ChartReader
from trading.decision.snapshots.taking import MANY_SYMBOLS
from trading.domain.market import TIMEFRAMES, Candle
from trading.errors import Retryable


class Listening:
    """A market that remembers what it was asked."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self.asked: list[tuple[str, str]] = []
        self.broken = ""

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
        self.asked.append((symbol, timeframe))
        if timeframe == self.broken:
            raise Retryable("the market does not answer")
        return await self._market.candles(symbol, timeframe, limit)


@pytest.mark.parametrize(
    ("finest", "known"), [("15m", FRAMES), ("1h", ("1h", "4h", "1d")), ("4h", ("4h", "1d")), ("1d", ("1d",))]
)
async def test_a_market_of_longer_candles_lacks_the_shorter_ones(finest: str, known: tuple[str, ...]) -> None:
    snapshot = await Rig(history=wandering(SYMBOLS, finest)).snapshots.take(START, "cycle", None)
    assert {frame for frame in FRAMES if f"BTC/USD.{frame}.rsi14" in snapshot.figures} == set(known)
    assert len(snapshot.daily_closes["BTC/USD"]) == 30


@pytest.mark.parametrize("frame", FRAMES)
async def test_the_running_candle_is_not_in_it(frame: str) -> None:
    rig = Rig(history=wandering(SYMBOLS, "15m"))
    at = START + timedelta(minutes=37)
    rig.clock.advance_to(at + timedelta(days=1))
    # The market knows a day more by now: what counts is what was over then.
    chart = (await ChartReader(rig.market).read(["BTC/USD"], {"BTC/USD"}, at))[frame]["BTC/USD"]
    last = datetime.fromtimestamp(int(chart.opened_at[-1]) / 1000, at.tzinfo)
    assert last + TIMEFRAMES[frame] <= at < last + 2 * TIMEFRAMES[frame]


async def test_each_symbol_costs_four_requests_and_none_before_another_candle_is_over() -> None:
    rig = Rig(history=wandering(SYMBOLS, "15m"))
    market = Listening(rig.market)
    reader = ChartReader(market)  # type: ignore[arg-type]
    await reader.read(SYMBOLS, set(SYMBOLS), START)
    assert sorted(market.asked) == sorted((symbol, frame) for symbol in SYMBOLS for frame in FRAMES)
    market.asked.clear()
    await reader.read(SYMBOLS, set(SYMBOLS), START + timedelta(minutes=14))
    assert market.asked == []
    rig.clock.advance(15 * 60)
    await reader.read(SYMBOLS, set(SYMBOLS), rig.clock.now())
    assert set(market.asked) == {(symbol, "15m") for symbol in SYMBOLS}


async def test_a_market_that_does_not_answer_is_not_taken_for_one_without_candles() -> None:
    market = Listening(Rig().market)
    market.broken = "4h"
    with pytest.raises(Retryable, match="does not answer"):
        await ChartReader(market).read(["BTC/USD"], set(), START)  # type: ignore[arg-type]


async def test_enough_candles_are_asked_for_the_longest_average() -> None:
    rig = Rig(history=wandering(SYMBOLS, "1h", days=BARS + 1))
    figures = (await rig.snapshots.take(START, "cycle", None)).figures
    assert {f"BTC/USD.{frame}.sma200" for frame in ("1h", "4h", "1d")} <= set(figures)


async def test_of_many_symbols_the_shortest_candles_are_told_of_what_is_held() -> None:
    symbols = [*SYMBOLS, *(f"C{number}/USD" for number in range(MANY_SYMBOLS))]
    rig = Rig(history=wandering(symbols, "15m", days=2))
    rig.buys("1", "ETH/USD")
    figures = (await rig.snapshots.take(START, "cycle", None)).figures
    told = {reference.split(".")[0] for reference in figures if ".15m." in reference}
    assert told == {"ETH/USD"}
    assert "BTC/USD.1h.rsi14" in figures
