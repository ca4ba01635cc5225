import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.contract.kraken_server import Fault, KrakenServer
from trading.clock import SimulatedClock
from trading.domain.market import Instrument, Quote
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_client import redirected
from trading.exchange.ccxt_market import CcxtMarketData
from trading.exchange.ports import FeeRates

NOW = datetime(2025, 3, 1, 12, 2, 30, tzinfo=UTC)
PATIENCE = 10
"""Seconds after which a test that waits for a loopback server has failed."""


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
async def server(clock: SimulatedClock) -> AsyncIterator[KrakenServer]:
    async with KrakenServer(clock=clock) as running:
        yield running


@pytest.fixture
async def market(server: KrakenServer, clock: SimulatedClock) -> AsyncIterator[CcxtMarketData]:
    adapter = CcxtMarketData(
        "kraken", clock=clock, base_url=server.url, timeout=timedelta(seconds=0.5), requests_per_second=1000
    )
    yield adapter
    await adapter.close()


async def test_the_exchange_s_rules_arrive_exactly(market: CcxtMarketData) -> None:
    instruments = await market.instruments()
    tick, lot = Decimal("0.1"), Decimal("0.00000001")
    assert market.name == "Kraken"
    assert instruments["BTC/USD"] == Instrument("BTC/USD", "BTC", "USD", tick, lot, Decimal("0.00005"), Decimal("0.5"))


async def test_a_pair_that_is_closed_for_now_stays_known(market: CcxtMarketData) -> None:
    """It may be held; whether orders are taken is the venue status's to say."""
    assert "LTC/USD" in await market.instruments()


async def test_listings_are_asked_for_once(market: CcxtMarketData, server: KrakenServer) -> None:
    await market.instruments()
    await market.quotes(["BTC/USD"])
    await market.candles("BTC/USD", "1h", 2)
    assert sum("AssetPairs" in request for request in server.requests) == 1


async def test_quotes_come_in_one_request_and_to_the_last_digit(market: CcxtMarketData, server: KrakenServer) -> None:
    server.set_price("ADA/USD", 0.438469)
    quotes = await market.quotes(["BTC/USD", "ADA/USD", "ETH/BTC"])
    assert quotes["ADA/USD"] == Quote(Decimal("0.438468"), Decimal("0.438470"), Decimal("0.438469"), NOW)
    assert sum("Ticker" in request for request in server.requests) == 1


async def test_only_public_questions_are_asked(market: CcxtMarketData, server: KrakenServer) -> None:
    await market.quotes(["BTC/USD"])
    await market.candles("ETH/USD", "1d", 3)
    assert server.violations == []
    assert all(request.startswith("GET /0/public/") for request in server.requests)


async def test_published_fees_are_those_of_the_lowest_tier(market: CcxtMarketData) -> None:
    assert await market.published_fees("BTC/USD") == FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.004"))


WORDS = {
    Fault.BAD_GATEWAY: "Kraken cannot be reached",
    Fault.HTML: "Kraken (answered without|listed no)",
    Fault.TRUNCATED: "Kraken (answered without|listed no)",
    Fault.EMPTY: "Kraken (answered without|listed no)",
    Fault.TOO_MANY: "Kraken says that we ask too often",
    Fault.RATE_LIMIT: "Kraken says that we ask too often",
    Fault.MAINTENANCE: "Kraken cannot be reached",
    Fault.HANG: r"Kraken did not answer within 0\.5 s",
}


@pytest.mark.parametrize("fault", Fault)
async def test_a_failing_listing_is_retryable_and_the_next_one_works(
    market: CcxtMarketData, server: KrakenServer, fault: Fault
) -> None:
    server.fail("AssetPairs", fault)
    with pytest.raises(Retryable, match=WORDS[fault]):
        await market.instruments()
    assert "BTC/USD" in await market.instruments()


@pytest.mark.parametrize("fault", Fault)
async def test_failing_quotes_and_candles_are_retryable_and_the_next_ones_work(
    market: CcxtMarketData, server: KrakenServer, fault: Fault
) -> None:
    server.fail("Ticker", fault)
    server.fail("OHLC", fault)
    with pytest.raises(Retryable, match=WORDS[fault]):
        await market.quotes(["BTC/USD"])
    with pytest.raises(Retryable, match=WORDS[fault]):
        await market.candles("BTC/USD", "1h", 2)
    assert await market.quotes(["BTC/USD"])
    assert await market.candles("BTC/USD", "1h", 2)


@pytest.mark.parametrize("fault", [Fault.HTML, Fault.TRUNCATED, Fault.HANG])
async def test_an_error_tells_one_sentence_and_none_of_the_page(
    market: CcxtMarketData, server: KrakenServer, fault: Fault
) -> None:
    server.fail("Ticker", fault)
    with pytest.raises(Retryable) as error:
        await market.quotes(["BTC/USD"])
    assert "<" not in str(error.value)
    assert "http" not in str(error.value)
    assert "\n" not in str(error.value)


async def test_a_server_that_is_not_there_is_retryable(clock: SimulatedClock) -> None:
    async with KrakenServer() as gone:
        address = gone.url
    market = CcxtMarketData("kraken", clock=clock, base_url=address)
    with pytest.raises(Retryable, match="Kraken cannot be reached"):
        await market.instruments()
    await market.close()


def test_an_unknown_exchange_is_answered_with_near_names(clock: SimulatedClock) -> None:
    with pytest.raises(SettingsError, match="EXCHANGE is krakn, which is not one we know; did you mean kraken"):
        CcxtMarketData("krakn", clock=clock)


async def test_an_unknown_symbol_is_answered_with_near_ones(market: CcxtMarketData) -> None:
    with pytest.raises(SettingsError, match=r"Kraken has no spot market BTC/EUR; near it there is BTC/USD"):
        await market.quotes(["BTC/EUR"])


async def test_a_timeframe_that_the_exchange_lacks_is_answered_with_those_it_has(market: CcxtMarketData) -> None:
    with pytest.raises(SettingsError, match="Kraken has no 7m candles; it has 1m, 5m, 15m, 30m, 1h, 4h, 1d"):
        await market.candles("BTC/USD", "7m", 3)


async def test_the_stream_tells_every_change(market: CcxtMarketData, server: KrakenServer) -> None:
    async with asyncio.timeout(PATIENCE):
        stream = market.stream(["BTC/USD", "ADA/USD"])
        assert stream is not None
        first = dict([await anext(stream), await anext(stream)])
        assert set(first) == {"BTC/USD", "ADA/USD"}
        server.set_price("BTC/USD", 61_000.0)
        server.set_price("ADA/USD", 0.5)
        await server.tick()
        second = dict([await anext(stream), await anext(stream)])
    assert second["BTC/USD"].last == Decimal(61_000)
    assert (second["ADA/USD"].bid, second["ADA/USD"].ask) == (Decimal("0.499999"), Decimal("0.500001"))


async def test_a_broken_stream_is_retryable_and_a_new_one_tells_no_old_prices(
    market: CcxtMarketData, server: KrakenServer, clock: SimulatedClock
) -> None:
    async with asyncio.timeout(PATIENCE):
        stream = market.stream(["BTC/USD", "ETH/USD"])
        assert stream is not None
        await anext(stream)
        await anext(stream)
        await server.drop_streams()
        with pytest.raises(Retryable, match="Kraken cannot be reached"):
            await anext(stream)
        server.set_price("BTC/USD", 70_000.0)
        server.set_price("ETH/USD", 4_000.0)
        clock.advance(3600)
        again = market.stream(["BTC/USD", "ETH/USD"])
        assert again is not None
        told = dict([await anext(again), await anext(again)])
    assert {symbol: quote.last for symbol, quote in told.items()} == {"BTC/USD": 70_000, "ETH/USD": 4_000}


async def test_streaming_an_unknown_symbol_is_a_mistake_of_the_settings(market: CcxtMarketData) -> None:
    stream = market.stream(["BTC/EUR"])
    assert stream is not None
    with pytest.raises(SettingsError, match="BTC/EUR"):
        await anext(stream)


def test_every_address_goes_to_the_new_host_and_keeps_its_path() -> None:
    urls = {
        "public": "https://api.example.com/v3",
        "ws": {"publicV2": "wss://ws.example.com/v2"},
        "weight": 3,
    }
    assert redirected(urls, "http://127.0.0.1:8080") == {
        "public": "http://127.0.0.1:8080/v3",
        "ws": {"publicV2": "ws://127.0.0.1:8080/v2"},
        "weight": 3,
    }
    assert redirected("wss://ws.example.com/v2", "https://proxy/kraken/") == "wss://proxy/kraken/v2"


async def test_an_order_book_comes_exactly_and_as_old_as_its_question(
    market: CcxtMarketData, server: KrakenServer
) -> None:
    server.set_price("BTC/USD", 60_000.0)
    book = await market.depth("BTC/USD", limit=3)
    assert book is not None
    assert book.bids == tuple((Decimal(price), Decimal("0.417")) for price in ("59999.9", "59999.8", "59999.7"))
    assert book.asks == tuple((Decimal(price), Decimal("0.417")) for price in ("60000.1", "60000.2", "60000.3"))
    assert book.at == NOW


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.HANG])
async def test_a_failing_order_book_is_retryable_and_the_next_one_works(
    market: CcxtMarketData, server: KrakenServer, fault: Fault
) -> None:
    await market.instruments()
    server.fail("Depth", fault)
    with pytest.raises(Retryable):
        await market.depth("BTC/USD")
    assert await market.depth("BTC/USD") is not None


@pytest.mark.parametrize(
    ("bids", "asks"),
    [
        ('[["100.1","1.000",1]]', '[["100.0","1.000",1]]'),
        ('[["100.0","1.000",1]]', '[["100.0","1.000",1]]'),
        ("[]", '[["100.0","1.000",1]]'),
        ('[["100.0","1.000",1]]', "[]"),
        ('[["99.0","0.000",1]]', '[["100.0","1.000",1]]'),
        ('[["-99.0","1.000",1]]', '[["100.0","1.000",1]]'),
        ('[["99.0"]]', '[["100.0","1.000",1]]'),
        ('[["NaN","1.000",1]]', '[["100.0","1.000",1]]'),
        ('"none"', '[["100.0","1.000",1]]'),
    ],
)
async def test_an_order_book_that_cannot_be_right_is_no_answer(
    market: CcxtMarketData, server: KrakenServer, bids: str, asks: str
) -> None:
    await market.instruments()
    server.say("Depth", f'{{"error":[],"result":{{"XXBTZUSD":{{"asks":{asks},"bids":{bids}}}}}}}')
    with pytest.raises(Retryable):
        await market.depth("BTC/USD")


@pytest.mark.parametrize(("text", "status"), [('{"error":["EGeneral:Unknown method"]}', 200), ("404: Not Found", 404)])
async def test_a_venue_that_knows_no_order_books_has_none(
    market: CcxtMarketData, server: KrakenServer, text: str, status: int
) -> None:
    await market.instruments()
    server.say("Depth", text, status)
    assert await market.depth("BTC/USD") is None
