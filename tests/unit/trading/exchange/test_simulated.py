from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trading.errors import SettingsError
from trading.exchange.columns import Columns
from trading.exchange.simulated import SimulatedCandles

START = datetime(2025, 3, 1, 7, 30, tzinfo=UTC)
MIDNIGHT = datetime(2025, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FIVE = ["BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "ADA/USD"]


def market(seed: int = 1, symbols: list[str] | None = None, history_days: int = 5) -> SimulatedCandles:
    return SimulatedCandles(seed, START, symbols or FIVE, history_days=history_days)


def same(ours: Columns, theirs: Columns) -> bool:
    fields = ("opened_at", "open", "high", "low", "close", "volume")
    return all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in fields)


@given(st.lists(st.floats(0, 20, allow_nan=False), max_size=5))
@settings(max_examples=15, deadline=None)
def test_prices_do_not_depend_on_the_pieces_in_which_they_are_made(days: list[float]) -> None:
    at_once, in_pieces = market(), market()
    at_once.extend(START + 20 * DAY)
    for day in days:
        in_pieces.extend(START + timedelta(days=day))
    in_pieces.extend(START + 20 * DAY)
    assert all(same(at_once.columns(symbol, "5m"), in_pieces.columns(symbol, "5m")) for symbol in FIVE)


def test_prices_do_not_depend_on_the_other_symbols() -> None:
    assert same(market().columns("SOL/USD", "5m"), market(symbols=["SOL/USD"]).columns("SOL/USD", "5m"))


def test_more_history_only_adds_candles_before() -> None:
    short, long = market(history_days=3), market(history_days=40)
    recent = long.columns("ETH/USD", "5m").between(MIDNIGHT - 3 * DAY, MIDNIGHT + DAY)
    assert same(recent, short.columns("ETH/USD", "5m"))


def test_another_seed_gives_other_prices() -> None:
    assert not same(market(1).columns("BTC/USD", "5m"), market(2).columns("BTC/USD", "5m"))


def test_the_scenario_s_prices_hold_at_the_start() -> None:
    history = market()
    for symbol, price in (("BTC/USD", 60_000.0), ("ETH/USD", 3_000.0), ("XRP/USD", 0.58)):
        columns = history.columns(symbol, "5m")
        index = columns.find(MIDNIGHT)
        assert index is not None
        assert columns.close[index - 1] == price


def test_there_is_daily_history_before_the_start() -> None:
    history = market(history_days=400)
    assert history.columns("BTC/USD", "1d").closed_by(START, "1d") == 400


def test_btc_and_eth_are_there_unasked() -> None:
    assert set(market(symbols=["SOL/USD"]).instruments()) == {"SOL/USD", "BTC/USD", "ETH/USD"}


def test_an_asset_without_a_place_in_the_scenario_is_simulated_too() -> None:
    columns = market(symbols=["DOGE/USD", "LINK/USD"])
    assert not same(columns.columns("DOGE/USD", "5m"), columns.columns("LINK/USD", "5m"))


@pytest.fixture(scope="module")
def year() -> SimulatedCandles:
    return market(seed=3, history_days=365)


def test_highs_and_lows_hold_open_and_close(year: SimulatedCandles) -> None:
    for symbol in FIVE:
        c = year.columns(symbol, "5m")
        assert (c.high >= np.maximum(c.open, c.close)).all()
        assert (c.low <= np.minimum(c.open, c.close)).all()
        assert (c.low > 0).all()
        assert (c.volume > 0).all()


def test_a_candle_opens_where_the_last_one_closed_unless_the_price_jumped(year: SimulatedCandles) -> None:
    c = year.columns("BTC/USD", "5m")
    gaps = np.count_nonzero(c.open[1:] != c.close[:-1])
    assert 5 < gaps < 75
    assert (np.diff(c.opened_at) == 300_000).all()


def test_days_join_without_a_seam() -> None:
    history = market(history_days=60)
    history.extend(START + 60 * DAY)
    for symbol in FIVE:
        c = history.columns(symbol, "5m")
        midnights = np.flatnonzero(c.opened_at % 86_400_000 == 0)[1:]
        assert np.count_nonzero(c.open[midnights] != c.close[midnights - 1]) <= 1  # a jump may fall on one


def test_prices_are_multiples_of_the_tick(year: SimulatedCandles) -> None:
    for symbol, instrument in year.instruments().items():
        for price in year.columns(symbol, "5m").close[::997]:
            assert Decimal(str(float(price))) % instrument.price_tick == 0


def test_assets_move_together_and_some_days_are_wilder_than_others(year: SimulatedCandles) -> None:
    returns = np.array([np.diff(np.log(year.columns(symbol, "1d").close)) for symbol in FIVE])
    together = np.corrcoef(returns)
    assert (together[np.triu_indices(5, 1)] > 0.3).all()
    assert (together[np.triu_indices(5, 1)] < 0.98).all()
    fine = np.diff(np.log(year.columns("BTC/USD", "5m").close))
    by_day = np.array([part.std() for part in np.array_split(fine, 366)])
    assert np.quantile(by_day, 0.95) > 2 * np.quantile(by_day, 0.1)
    assert 0.3 < returns[0].std() * 365**0.5 < 1.0


def test_longer_candles_are_renewed_when_days_are_added() -> None:
    history = market()
    before = len(history.columns("BTC/USD", "1d"))
    history.extend(START + DAY)
    assert len(history.columns("BTC/USD", "1d")) == before + 1


def test_candles_that_were_handed_out_never_change() -> None:
    history = market()
    held = history.columns("BTC/USD", "5m")
    close = held.close.copy()
    history.extend(START + 30 * DAY)
    assert np.array_equal(held.close, close)


@pytest.mark.parametrize(
    ("symbols", "timeframe", "complaint"),
    [
        (["BTC/EUR"], "5m", "SYMBOLS has BTC/EUR; the simulated market has pairs like BTC/USD only"),
        (["BTC/USD"], "7m", "TIMEFRAME is 7m; the simulated market has 1m, 5m"),
    ],
)
def test_what_cannot_be_simulated_is_refused(symbols: list[str], timeframe: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        SimulatedCandles(1, START, symbols, timeframe=timeframe)


def test_candles_finer_than_the_finest_are_refused() -> None:
    with pytest.raises(SettingsError, match="1m candles of BTC/USD cannot be had; the finest are 5m"):
        market().columns("BTC/USD", "1m")
