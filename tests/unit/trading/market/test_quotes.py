from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trading.clock import SimulatedClock
from trading.domain.market import Quote
from trading.errors import StaleData
from trading.market.quotes import QuoteCache

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def quote(at: datetime, price: int = 100) -> Quote:
    return Quote(Decimal(price), Decimal(price), Decimal(price), at)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOON)


@pytest.fixture
def cache(clock: SimulatedClock) -> QuoteCache:
    return QuoteCache(clock)


def test_an_older_quote_never_replaces_a_newer_one(cache: QuoteCache) -> None:
    assert cache.put("BTC/USD", quote(NOON, 100))
    assert not cache.put("BTC/USD", quote(NOON - MINUTE, 90))
    assert cache.latest("BTC/USD") == quote(NOON, 100)


def test_of_two_quotes_of_one_instant_the_later_arrival_stands(cache: QuoteCache) -> None:
    cache.put("BTC/USD", quote(NOON, 100))
    assert cache.put("BTC/USD", quote(NOON, 101))
    assert cache.latest("BTC/USD") == quote(NOON, 101)


def test_a_price_grows_old_by_the_clock(cache: QuoteCache, clock: SimulatedClock) -> None:
    cache.put("BTC/USD", quote(NOON))
    clock.advance(60)
    assert cache.age("BTC/USD") == MINUTE
    assert cache.fresh("BTC/USD", MINUTE) == quote(NOON)
    clock.advance(35)
    with pytest.raises(StaleData, match="The price of BTC/USD is 95 s old and may be at most 60 s"):
        cache.fresh("BTC/USD", MINUTE)


def test_a_symbol_without_a_price_is_stale(cache: QuoteCache) -> None:
    assert cache.latest("ETH/USD") is None
    assert cache.age("ETH/USD") is None
    with pytest.raises(StaleData, match="There is no price of ETH/USD yet"):
        cache.fresh("ETH/USD", MINUTE)


def test_a_venue_whose_clock_runs_ahead_is_not_stale(cache: QuoteCache) -> None:
    cache.put("BTC/USD", quote(NOON + MINUTE))
    assert cache.age("BTC/USD") == timedelta(0)
    assert cache.fresh("BTC/USD", timedelta(0)) == quote(NOON + MINUTE)


@pytest.mark.parametrize(
    ("age", "words"),
    [(timedelta(seconds=119), "119 s"), (timedelta(minutes=40), "40 min"), (timedelta(hours=5), "5.0 h")],
)
def test_ages_are_told_in_fitting_units(cache: QuoteCache, clock: SimulatedClock, age: timedelta, words: str) -> None:
    cache.put("BTC/USD", quote(NOON - age))
    with pytest.raises(StaleData, match=words):
        cache.fresh("BTC/USD", MINUTE)
