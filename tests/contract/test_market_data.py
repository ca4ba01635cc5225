"""What every `MarketData` promises, told over the simulated, the recorded and the real exchange's adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.candles import SHARED_CANDLES, needs_shared_candles, write_candles
from tests.contract.kraken_server import KrakenServer
from trading.clock import SimulatedClock
from trading.domain.market import TIMEFRAMES
from trading.errors import SettingsError
from trading.exchange.candle_market import CandleMarket
from trading.exchange.ccxt_market import CcxtMarketData
from trading.exchange.columns import EPOCH
from trading.exchange.ports import MarketData
from trading.exchange.recorded import RecordedCandles
from trading.exchange.simulated import SimulatedCandles

NOW = datetime(2025, 3, 1, 12, 2, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A market, the clock it lives by, two of its symbols and its finest timeframe."""

    market: MarketData
    clock: SimulatedClock
    symbols: tuple[str, str]
    timeframe: str


async def simulated(folder: Path) -> AsyncIterator[Case]:
    clock = SimulatedClock(NOW)
    history = SimulatedCandles(1, NOW, ["BTC/USD", "ETH/USD"], history_days=10)
    yield Case(CandleMarket(history, clock), clock, ("BTC/USD", "ETH/USD"), "5m")


async def recorded(folder: Path) -> AsyncIterator[Case]:
    start = datetime(2025, 2, 28, tzinfo=UTC)
    write_candles(folder, "KRAKEN_BTC_USD_5m", start, 900, price=90_000.0)
    write_candles(folder, "KRAKEN_ETH_USD_5m", start, 900, price=2_500.0)
    clock = SimulatedClock(NOW)
    history = RecordedCandles(folder, ["BTC/USD", "ETH/USD"])
    market = CandleMarket(history, clock, spread=Decimal(0), name="recorded candles")
    yield Case(market, clock, ("BTC/USD", "ETH/USD"), "5m")


async def real_candles(folder: Path) -> AsyncIterator[Case]:
    clock = SimulatedClock(NOW)
    history = RecordedCandles(SHARED_CANDLES, ["BTC/USDT", "SOL/USDT"])
    yield Case(CandleMarket(history, clock, name="recorded candles"), clock, ("BTC/USDT", "SOL/USDT"), "5m")


async def kraken(folder: Path) -> AsyncIterator[Case]:
    clock = SimulatedClock(NOW)
    async with KrakenServer(clock=clock) as server:
        market = CcxtMarketData("kraken", clock=clock, base_url=server.url, requests_per_second=1000)
        yield Case(market, clock, ("BTC/USD", "ETH/USD"), "1m")
        await market.close()
        assert server.violations == []


@pytest.fixture(params=[simulated, recorded, pytest.param(real_candles, marks=needs_shared_candles), kraken])
async def case(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Case]:
    async for made in request.param(tmp_path):
        yield made


async def test_it_has_a_name_for_people(case: Case) -> None:
    assert case.market.name


async def test_instruments_are_listed_by_symbol_with_usable_rules(case: Case) -> None:
    instruments = await case.market.instruments()
    assert set(case.symbols) <= set(instruments)
    for symbol, instrument in instruments.items():
        assert symbol == instrument.symbol == f"{instrument.base}/{instrument.quote}"
        assert instrument.price_tick > 0
        assert instrument.lot_step > 0
        assert instrument.min_quantity >= instrument.lot_step
        assert instrument.min_notional >= 0


async def test_quotes_are_of_the_symbols_asked_for(case: Case) -> None:
    assert set(await case.market.quotes(case.symbols[:1])) == {case.symbols[0]}
    assert set(await case.market.quotes(case.symbols)) == set(case.symbols)
    assert await case.market.quotes([]) == {}


async def test_a_quote_is_whole_exact_and_not_of_the_future(case: Case) -> None:
    for quote in (await case.market.quotes(case.symbols)).values():
        assert 0 < quote.bid <= quote.last <= quote.ask
        assert all(isinstance(price, Decimal) for price in (quote.bid, quote.last, quote.ask))
        assert quote.at.utcoffset() == timedelta(0)
        assert timedelta(0) <= case.clock.now() - quote.at <= TIMEFRAMES[case.timeframe]


async def test_prices_move_with_the_clock(case: Case) -> None:
    before = (await case.market.quotes(case.symbols))[case.symbols[0]]
    case.clock.advance(3600)
    after = (await case.market.quotes(case.symbols))[case.symbols[0]]
    assert after.at > before.at
    assert after.last != before.last


@pytest.mark.parametrize("timeframe", ["5m", "1h", "4h"])
async def test_candles_are_closed_ordered_aligned_and_consistent(case: Case, timeframe: str) -> None:
    candles = await case.market.candles(case.symbols[0], timeframe, 5)
    assert len(candles) == 5
    length = TIMEFRAMES[timeframe]
    now = case.clock.now()
    assert now - length < candles[-1].closed_at <= now
    for earlier, later in pairwise(candles):
        assert later.opened_at - earlier.opened_at == length
    for candle in candles:
        assert candle.timeframe == timeframe
        assert (candle.opened_at - EPOCH) % length == timedelta(0)
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert max(candle.open, candle.close) <= candle.high
        assert candle.volume >= 0


async def test_the_newest_candle_appears_when_it_closes_and_not_before(case: Case) -> None:
    symbol, length = case.symbols[0], TIMEFRAMES["5m"]
    (seen,) = await case.market.candles(symbol, "5m", 1)
    case.clock.advance_to(seen.closed_at + length - timedelta(seconds=1))
    assert (await case.market.candles(symbol, "5m", 1))[0].opened_at == seen.opened_at
    case.clock.advance_to(seen.closed_at + length)
    assert (await case.market.candles(symbol, "5m", 1))[0].opened_at == seen.closed_at


async def test_a_closed_candle_never_changes(case: Case) -> None:
    before = await case.market.candles(case.symbols[0], "5m", 4)
    case.clock.advance(300)
    after = await case.market.candles(case.symbols[0], "5m", 5)
    assert list(before) == list(after[:-1])


async def test_more_candles_than_there_are_is_answered_with_those_there_are(case: Case) -> None:
    many = await case.market.candles(case.symbols[0], "1h", 100_000)
    assert 24 < len(many) < 100_000


async def test_a_timeframe_that_does_not_exist_is_a_mistake_of_the_settings(case: Case) -> None:
    with pytest.raises(SettingsError, match="7m"):
        await case.market.candles(case.symbols[0], "7m", 5)


async def test_candles_of_an_unknown_symbol_are_a_mistake_of_the_settings(case: Case) -> None:
    with pytest.raises(SettingsError, match="NOPE/USD"):
        await case.market.candles("NOPE/USD", "1h", 5)


async def test_a_stream_where_there_is_one_tells_quotes_of_the_symbols(case: Case) -> None:
    stream = case.market.stream(case.symbols)
    if stream is None:
        return
    symbol, quote = await anext(stream)
    assert symbol in case.symbols
    assert 0 < quote.bid <= quote.ask
    assert quote.at <= case.clock.now()


async def test_closing_twice_is_fine(case: Case) -> None:
    await case.market.quotes(case.symbols)
    await case.market.close()
    await case.market.close()


async def test_an_order_book_is_whole_and_sorted_and_only_where_there_are_any(case: Case) -> None:
    book = await case.market.depth(case.symbols[0], 10)
    assert (book is not None) is case.market.has_books
    if book is None:
        return
    assert book.at == case.clock.now()
    assert book.bids == tuple(sorted(book.bids, reverse=True))
    assert book.asks == tuple(sorted(book.asks))
    assert book.bids[0][0] < book.asks[0][0]
    assert all(0 < len(side) <= 10 for side in (book.bids, book.asks))
    assert all(quantity > 0 for _, quantity in (*book.bids, *book.asks))
