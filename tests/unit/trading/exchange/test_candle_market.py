from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.clock import SimulatedClock
from trading.exchange.candle_market import CandleMarket, candle_path
from trading.exchange.simulated import SimulatedCandles

START = datetime(2025, 3, 1, 7, 30, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def history() -> SimulatedCandles:
    return SimulatedCandles(5, START, ["BTC/USD", "ETH/USD"], history_days=3)


async def test_a_quote_is_the_last_closed_candle_s_close(history: SimulatedCandles, clock: SimulatedClock) -> None:
    market = CandleMarket(history, clock, spread=Decimal("0.001"))
    clock.advance(299)
    quote = (await market.quotes(["BTC/USD"]))["BTC/USD"]
    columns = history.columns("BTC/USD", "5m")
    index = columns.find(START - FIVE)
    assert index is not None
    assert quote.last == Decimal(str(columns.close[index]))
    assert quote.at == START
    assert quote.bid < quote.last < quote.ask
    assert quote.bid % Decimal("0.1") == quote.ask % Decimal("0.1") == 0
    assert quote.ask - quote.bid == pytest.approx(quote.last / 1000, abs=Decimal("0.2"))


async def test_what_is_told_at_an_instant_does_not_depend_on_what_comes_after(clock: SimulatedClock) -> None:
    knowing = SimulatedCandles(5, START, ["BTC/USD"], history_days=3)
    knowing.extend(START + timedelta(days=30))
    unknowing = SimulatedCandles(5, START, ["BTC/USD"], history_days=3)
    ours, theirs = CandleMarket(knowing, clock), CandleMarket(unknowing, clock)
    for _ in range(40):
        assert await ours.quotes(["BTC/USD"]) == await theirs.quotes(["BTC/USD"])
        assert await ours.candles("BTC/USD", "1h", 5) == await theirs.candles("BTC/USD", "1h", 5)
        clock.advance(600)


async def test_a_published_tick_is_the_price_until_a_newer_candle_closes(
    history: SimulatedCandles, clock: SimulatedClock
) -> None:
    market = CandleMarket(history, clock)
    clock.advance(60)
    published = market.publish("BTC/USD", Decimal("12345.6"), clock.now())
    assert (await market.quotes(["BTC/USD"]))["BTC/USD"] == published
    clock.advance(240)
    assert (await market.quotes(["BTC/USD"]))["BTC/USD"].at == START + FIVE


async def test_a_tick_of_the_future_is_not_told(history: SimulatedCandles, clock: SimulatedClock) -> None:
    market = CandleMarket(history, clock)
    market.publish("BTC/USD", Decimal("12345.6"), START + timedelta(seconds=1))
    assert (await market.quotes(["BTC/USD"]))["BTC/USD"].at == START
    clock.advance(1)
    assert (await market.quotes(["BTC/USD"]))["BTC/USD"].last == Decimal("12345.6")


async def test_a_tick_of_the_instant_at_which_a_candle_closes_is_the_newer_price(
    history: SimulatedCandles, clock: SimulatedClock
) -> None:
    market = CandleMarket(history, clock)
    market.publish("BTC/USD", Decimal("12345.6"), START)
    assert (await market.quotes(["BTC/USD"]))["BTC/USD"].last == Decimal("12345.6")


def test_bid_and_ask_are_rounded_away_from_the_price(history: SimulatedCandles, clock: SimulatedClock) -> None:
    quote = CandleMarket(history, clock, spread=Decimal("0.001")).publish("BTC/USD", Decimal(100), START)
    assert (quote.bid, quote.ask, quote.last) == (Decimal("99.9"), Decimal("100.1"), Decimal(100))


async def test_without_a_spread_bid_and_ask_are_the_price_itself(
    history: SimulatedCandles, clock: SimulatedClock
) -> None:
    quote = CandleMarket(history, clock, spread=Decimal(0)).publish("BTC/USD", Decimal("100.123456"), START)
    assert (quote.bid, quote.ask, quote.last) == (Decimal("100.123456"),) * 3


def test_a_spread_is_a_fraction(history: SimulatedCandles, clock: SimulatedClock) -> None:
    with pytest.raises(ValueError, match="fraction"):
        CandleMarket(history, clock, spread=Decimal(1))


def test_steps_are_every_boundary_with_both_ends(history: SimulatedCandles, clock: SimulatedClock) -> None:
    market = CandleMarket(history, clock)
    assert list(market.steps(START, START + 2 * FIVE)) == [START, START + FIVE, START + 2 * FIVE]
    late = START + timedelta(seconds=1)
    assert list(market.steps(late, late + FIVE)) == [START + FIVE]


PRICE = st.integers(1, 400).map(lambda quarters: quarters / 4)


def prices(*values: float) -> tuple[Decimal, ...]:
    return tuple(Decimal(str(value)) for value in values)


@pytest.mark.parametrize(
    ("stop", "target", "path"),
    [
        (None, None, (100.0, 101.0)),
        (Decimal(94), Decimal(106), (100.0, 101.0)),
        (Decimal(95), None, (100.0, 95, 101.0)),
        (Decimal(97), Decimal(106), (100.0, 97, 101.0)),
        (None, Decimal(105), (100.0, 105, 101.0)),
        (Decimal(90), Decimal(103), (100.0, 103, 101.0)),
        (Decimal(97), Decimal(103), (100.0, 97, 101.0)),
        (Decimal(100), None, (100.0, 101.0)),
        (Decimal(104), Decimal(110), (100.0, 101.0)),
        (Decimal(90), Decimal(98), (100.0, 101.0)),
    ],
)
def test_the_path_of_a_candle_from_95_to_105(
    stop: Decimal | None, target: Decimal | None, path: tuple[float, ...]
) -> None:
    assert candle_path(100.0, 105.0, 95.0, 101.0, stop, target) == prices(*path)


def test_a_path_s_decimals_are_the_floats_as_written() -> None:
    assert candle_path(0.1, 0.3, 0.1, 0.2, Decimal("0.1"), None) == (Decimal("0.1"), Decimal("0.2"))
    assert candle_path(0.3, 0.3, 0.1, 0.2, Decimal("0.1"), None) == (Decimal("0.3"), Decimal("0.1"), Decimal("0.2"))


@given(PRICE, PRICE, PRICE, PRICE, st.none() | PRICE, st.none() | PRICE)
def test_a_watcher_sees_a_stop_exactly_when_the_candle_reached_it(
    a: float, b: float, c: float, d: float, stop: float | None, target: float | None
) -> None:
    low, open_, close, high = (lambda s: (s[0], a, d, s[-1]))(sorted((a, b, c, d)))
    stop_level = None if stop is None else Decimal(str(stop))
    target_level = None if target is None else Decimal(str(target))
    path = candle_path(open_, high, low, close, stop_level, target_level)
    assert (path[0], path[-1]) == prices(open_, close)
    assert all(Decimal(str(low)) <= price <= Decimal(str(high)) for price in path)
    if stop_level is not None and target_level is None:
        assert any(price <= stop_level for price in path) == (low <= float(stop_level))
    if target_level is not None and stop_level is None:
        assert any(price >= target_level for price in path) == (high >= float(target_level))
