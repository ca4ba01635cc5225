from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trading.clock import SimulatedClock
from trading.domain.market import Quote
from trading.errors import StaleData
from trading.market.quotes import QuoteCache

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


DAY = timedelta(days=1)


def quote(at: datetime, price: int = 100, *, ours: bool = False) -> Quote:
    return Quote(Decimal(price), Decimal(price), Decimal(price), at, ours)


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


def test_a_price_ahead_of_our_clock_grows_old_from_its_arrival(cache: QuoteCache, clock: SimulatedClock) -> None:
    cache.put("BTC/USD", quote(NOON + MINUTE))
    clock.advance(45)
    assert cache.age("BTC/USD") == timedelta(seconds=45)


@pytest.mark.parametrize("ours", [False, True], ids=["venue time", "our time"])
def test_a_clock_set_back_does_not_make_an_old_price_young(
    cache: QuoteCache, clock: SimulatedClock, ours: bool
) -> None:
    cache.put("BTC/USD", quote(NOON, ours=ours))
    clock.advance(300)
    clock.jump(-DAY)
    assert cache.age("BTC/USD") == 5 * MINUTE


def test_a_feed_that_repeats_old_news_does_not_become_fresh_by_a_clock_set_back(
    cache: QuoteCache, clock: SimulatedClock
) -> None:
    cache.put("BTC/USD", quote(NOON))
    clock.advance(300)
    clock.jump(-DAY)
    assert cache.put("BTC/USD", quote(NOON))
    assert cache.age("BTC/USD") == 5 * MINUTE
    cache.put("BTC/USD", quote(NOON + MINUTE))
    assert cache.age("BTC/USD") == 4 * MINUTE


@pytest.mark.parametrize("by", [DAY, -DAY])
def test_after_a_jump_the_next_price_is_fresh_again(cache: QuoteCache, clock: SimulatedClock, by: timedelta) -> None:
    cache.put("BTC/USD", quote(clock.now(), ours=True))
    cache.put("ETH/USD", quote(NOON))
    clock.jump(by)
    clock.advance(5)
    assert cache.put("BTC/USD", quote(clock.now(), 101, ours=True))
    assert cache.put("ETH/USD", quote(NOON + timedelta(seconds=5), 11))
    for symbol in ("BTC/USD", "ETH/USD"):
        assert cache.age(symbol) == timedelta(0)


def test_a_jump_forward_makes_what_is_known_stale_as_the_machine_may_have_stood_still(
    cache: QuoteCache, clock: SimulatedClock
) -> None:
    cache.put("BTC/USD", quote(NOON))
    clock.jump(DAY)
    assert cache.age("BTC/USD") == DAY


def test_a_clock_that_was_behind_at_the_start_is_believed_once_the_venue_proves_it_right() -> None:
    clock = SimulatedClock(NOON - DAY)
    cache = QuoteCache(clock)
    clock.jump(DAY)
    cache.put("BTC/USD", quote(NOON))
    cache.put("ETH/USD", quote(NOON - 5 * MINUTE))
    assert (cache.age("BTC/USD"), cache.age("ETH/USD")) == (timedelta(0), 5 * MINUTE)


def test_the_venue_s_own_word_on_the_time_counts_most(cache: QuoteCache, clock: SimulatedClock) -> None:
    cache.synchronize(NOON + 10 * MINUTE)
    clock.advance(60)
    cache.put("BTC/USD", quote(NOON + 8 * MINUTE))
    assert cache.age("BTC/USD") == 3 * MINUTE
    clock.jump(DAY)
    cache.put("BTC/USD", quote(NOON + 11 * MINUTE))
    assert cache.age("BTC/USD") == timedelta(0)


def test_news_without_a_time_of_its_own_is_ordered_by_its_arrival(cache: QuoteCache, clock: SimulatedClock) -> None:
    cache.put("BTC/USD", quote(NOON, 100))
    clock.advance(10)
    assert cache.put("BTC/USD", quote(clock.now(), 101, ours=True))
    assert not cache.put("BTC/USD", quote(NOON + timedelta(seconds=5), 99))
    assert cache.put("BTC/USD", quote(NOON + timedelta(seconds=10), 102))
    assert cache.latest("BTC/USD") == quote(NOON + timedelta(seconds=10), 102)
