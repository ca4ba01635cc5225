"""The replay engine trades as its rules say: proven against a plain loop, on real candles and on invented ones."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.candles import SHARED_CANDLES, needs_shared_candles
from tests.unit.trading.research.engine import BAR, CentRow, Replayed, recompute, round_trips, run_engine
from tests.world import HandMade, Row, columns_of, instrument
from trading.domain.order import Side
from trading.exchange.columns import from_ms
from trading.exchange.recorded import RecordedCandles
from trading.research.session import ReplayRequest, replay
from trading.strategy import build_strategy
from trading.strategy.sma_cross import SmaCross

START = datetime(2025, 3, 3, tzinfo=UTC)
CANDLES = 70_000


def history(rows: dict[str, list[CentRow]]) -> HandMade:
    made = {s: columns_of(START, "5m", [tuple(c / 100 for c in row) for row in cents]) for s, cents in rows.items()}  # type: ignore[misc]
    return HandMade(made, "5m", {s: instrument(s, lot_step=Decimal("0.00000001")) for s in made})


def candles(*rows: Row) -> list[CentRow]:
    return [tuple(round(price * 100) for price in row) for row in rows]  # type: ignore[misc]


def level(price: float, count: int) -> list[CentRow]:
    return candles(*[(price, price, price, price)] * count)


RISE: list[CentRow] = [*level(100, 5), *candles((100, 101, 100, 101))]
"""The two-bar average crosses above the four-bar one at the close of the sixth candle."""


async def trade(*after: Row, stop: str | None = "0.02", target: str | None = "0.03") -> Replayed:
    """Enter at the open of the first candle of `after`."""
    return await run_engine(history({"BTC/USD": [*RISE, *candles(*after)]}), SmaCross(2, 4), stop=stop, target=target)


async def test_a_crossing_on_a_closed_candle_is_traded_at_the_next_open() -> None:
    result = await trade((102, 102, 102, 102), (102, 102, 102, 102))
    (entry,) = result.fills
    assert (entry.side, entry.price, entry.at) == (Side.BUY, Decimal("102.0"), START + 6 * BAR)
    assert result.counts.decisions == 1


@pytest.mark.parametrize(
    ("candle", "price", "within"),
    [
        ((100, 101, 97.9, 100), "98.00", True),
        ((100, 103.1, 99, 100), "103.00", True),
        ((100, 104, 97, 100), "98.00", True),
        ((97, 99, 96, 98), "97.0", False),
        ((104, 105, 103.5, 104), "104.0", False),
        ((97, 120, 96, 110), "97.0", False),
    ],
    ids=["stop", "target", "both: the stop first", "gap below", "gap above", "gap below with the target inside"],
)
async def test_an_exit_is_at_its_level_or_at_the_open_that_gapped_over_it(
    candle: Row, price: str, within: bool
) -> None:
    result = await trade((100, 100, 100, 100), candle, (100, 100, 100, 100))
    _, exit_ = result.fills
    opened = START + 7 * BAR
    assert (exit_.side, exit_.price, exit_.at) == (Side.SELL, Decimal(price), opened + BAR / 2 if within else opened)


async def test_the_candle_it_was_bought_in_can_stop_it_too() -> None:
    result = await trade((100, 100, 97, 99))
    assert [fill.price for fill in result.fills] == [Decimal("100.0"), Decimal("98.00")]


async def test_a_low_above_the_stop_does_nothing() -> None:
    assert len((await trade((100, 102.99, 98.01, 100))).fills) == 1


async def test_stops_of_several_symbols_in_one_candle_are_all_dated_within_it() -> None:
    crash = {
        s: [*RISE, *candles((100, 100, 100, 100), (100, 100, 90, 100), *[(100.0, 100.0, 100.0, 100.0)] * 4)]
        for s in ("BTC/USD", "ETH/USD", "SOL/USD", "ADA/USD")
    }
    result = await run_engine(history(crash), SmaCross(2, 4), stop="0.02")
    exits = [fill for fill in result.fills if fill.side is Side.SELL]
    assert len(exits) == 4
    assert {fill.at for fill in exits} == {START + 7 * BAR + BAR / 2}


async def test_a_symbol_may_have_no_candle_where_others_do() -> None:
    gappy = history({"BTC/USD": [*RISE, *level(101, 20)]})
    columns = columns_of(START + 10 * BAR, "5m", [(10.0, 10.0, 10.0, 10.0)] * 5)
    both = HandMade(
        {"BTC/USD": gappy.columns("BTC/USD", "5m"), "ETH/USD": columns},
        "5m",
        {symbol: instrument(symbol) for symbol in ("BTC/USD", "ETH/USD")},
    )
    result = await run_engine(both, build_strategy("buy_and_hold", {}))
    assert {fill.symbol: fill.at for fill in result.fills} == {
        "BTC/USD": START + 11 * BAR,
        "ETH/USD": START + 11 * BAR,
    }
    assert await result.residual() == 0


@st.composite
def wild_candles(draw: st.DrawFn) -> list[CentRow]:
    """Candles in cents around 100, with gaps and wicks as large as the stop and the target."""
    rows: list[CentRow] = []
    close = 10_000
    small, wick = st.integers(-150, 150), st.integers(0, 350)
    for _ in range(draw(st.integers(8, 70))):
        open_ = max(2_000, close + draw(st.sampled_from([0, 0, 0, 1, -1, 250, -250, 400, -400])))
        close = max(2_000, open_ + draw(small))
        high, low = max(open_, close) + draw(wick), min(open_, close) - draw(wick)
        rows.append((open_, high, low, close))
    return rows


@settings(max_examples=80, deadline=None)
@given(wild_candles(), st.sampled_from([(1, 2), (2, 4), (3, 7)]))
async def test_invented_candles_are_traded_as_the_plain_loop_trades_them(
    rows: list[CentRow], lengths: tuple[int, int]
) -> None:
    result = await run_engine(history({"BTC/USD": rows}), SmaCross(*lengths), stop="0.02", target="0.03")
    assert round_trips(result.fills, BAR, START) == recompute(rows, START, BAR, *lengths, 2, 3)
    assert await result.residual() == 0


@settings(max_examples=40, deadline=None)
@given(wild_candles(), st.data())
async def test_what_comes_later_changes_nothing_that_went_before(rows: list[CentRow], data: st.DataObject) -> None:
    cut = data.draw(st.integers(6, len(rows) - 1))
    whole = await run_engine(history({"BTC/USD": rows}), SmaCross(2, 4), stop="0.02", target="0.03")
    part = await run_engine(history({"BTC/USD": rows[:cut]}), SmaCross(2, 4), stop="0.02", target="0.03")
    until = START + cut * BAR
    assert [(f.at, f.side, f.price, f.quantity) for f in whole.fills if f.at < until] == [
        (f.at, f.side, f.price, f.quantity) for f in part.fills
    ]


@needs_shared_candles
async def test_seventy_thousand_real_candles_are_traded_as_the_plain_loop_trades_them() -> None:
    real = RecordedCandles(SHARED_CANDLES, ("BTC/USDT",), "5m")
    end = real.start + CANDLES * BAR
    columns = real.columns("BTC/USDT", "5m").between(real.start, end)
    assert len(columns) == CANDLES
    fee = Decimal("0.0026")
    request = ReplayRequest(
        SHARED_CANDLES, ("BTC/USDT",), "5m", None, end, "sma", {}, Decimal("1e9"), fee, Decimal("0.02"), Decimal("0.03")
    )
    result = await replay(request, lambda done, bars: None)
    prices = zip(*(c.tolist() for c in (columns.open, columns.high, columns.low, columns.close)), strict=True)
    rows = [(round(o * 100), round(h * 100), round(low * 100), round(c * 100)) for o, h, low, c in prices]
    first = from_ms(int(columns.opened_at[0]))
    expected = recompute(rows, first, BAR, 10, 30, 2, 3)
    assert len(expected) > 1_000
    assert round_trips(result.fills, BAR, first) == expected
    assert (result.counts.bars, result.residual) == (CANDLES, 0)
    growth = 1.0
    for trip in expected:
        growth *= (trip.exit * (1 - 0.0026) if trip.exit else rows[-1][3]) / (trip.entry * (1 + 0.0026))
    assert math.isclose(float(result.equity) / 1e9, growth, rel_tol=1e-6)


@pytest.mark.parametrize("strategy", ["allocator", "buy_and_hold", "sma_cross"])
@needs_shared_candles
async def test_strategies_trade_several_real_symbols_and_lose_nothing_on_the_way(strategy: str) -> None:
    symbols = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
    request = ReplayRequest(
        SHARED_CANDLES, symbols, "1h", None, None, strategy, {}, Decimal(10_000), Decimal("0.0026"), None, None
    )
    result = await replay(request, lambda done, bars: None)
    assert result.residual == 0
    assert {fill.symbol for fill in result.fills} == set(symbols)
    assert result.performance is not None
    assert [line.name for line in result.performance.lines][:3] == ["Portfolio", "BTC", "ETH"]
    if strategy == "buy_and_hold":
        assert len(result.fills) == 3
        assert all(fill.at == result.start + timedelta(hours=1) for fill in result.fills)
