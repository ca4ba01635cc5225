"""Pictures: valid PNGs of the promised size, the same for the same input, and a title that says the truth."""

import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from chatbot.present.charts import Charts, allocation_chart, equity_chart, finding, price_chart
from trading.contract import Holding, Line, Performance, Status, Window, World
from trading.domain.market import Candle, Instrument
from trading.domain.money import Money
from trading.domain.order import Fill, Side
from trading.domain.risk import TradingState

DENVER = ZoneInfo("America/Denver")
WORLD = World("PAPER", "simulated market", True, "USD", DENVER)
START = datetime(2026, 7, 30, 13, tzinfo=UTC)


def curve(name: str, values: Sequence[float]) -> Line:
    total = Decimal(str(round(values[-1] / values[0] - 1, 10)))
    return Line(name, tuple(values), total, Decimal(0), None, None)


def performance(
    label: str = "since 30 Jul", hours: Sequence[float] | None = None, **curves: Sequence[float]
) -> Performance:
    lines = tuple(curve("Portfolio" if name == "ours" else name, values) for name, values in curves.items())
    ours = np.array(lines[0].values)
    at = hours or range(len(ours))
    times = tuple(START + timedelta(hours=hour) for hour in at)
    return Performance(
        WORLD, Window(times[0], times[-1], label), times, lines,
        tuple((ours / np.maximum.accumulate(ours) - 1).tolist()),
        days=1, daily_returns=1, fees=Decimal(0), trades=0, exposure=Decimal(0),
    )  # fmt: skip


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG whose every chunk is intact."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, kinds = 8, []
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(kind + data)
        kinds.append(kind)
        place += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def colours(png: bytes) -> set[str]:
    """Every colour in the picture."""
    width, height = size(png)
    start = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[start - 8 : start - 4])
    rows = np.frombuffer(zlib.decompress(png[start : start + length]), dtype=np.uint8).reshape(height, 1 + 3 * width)
    channels = rows[:, 1:].reshape(-1, 3).astype(np.uint32)
    return {f"#{colour:06X}" for colour in np.unique(channels @ np.array([65536, 256, 1], dtype=np.uint32))}


@pytest.mark.parametrize(
    ("ours", "btc", "title"),
    [
        (1.0482, 1.0291, "Ahead of BTC by 1.9 points since 30 Jul"),
        (1.0291, 1.0482, "Behind BTC by 1.9 points since 30 Jul"),
        (1.05, 1.05, "Level with BTC since 30 Jul"),
        (1.0504, 1.05, "Level with BTC since 30 Jul"),
        (1.0506, 1.05, "Ahead of BTC by 0.1 points since 30 Jul"),
        (0.9, 0.8, "Ahead of BTC by 10.0 points since 30 Jul"),
        (1.0, 26.0, "Behind BTC by 2,500.0 points since 30 Jul"),
    ],
)
def test_the_finding_says_who_is_ahead_and_by_how_much(ours: float, btc: float, title: str) -> None:
    assert finding(performance(ours=(1, ours), BTC=(1, btc))) == title


def test_the_finding_against_eth_when_asked_or_when_there_is_no_btc() -> None:
    both = performance("today", ours=(1, 1.02), BTC=(1, 1.01), ETH=(1, 1.05))
    assert finding(both, "ETH") == "Behind ETH by 3.0 points today"
    assert finding(performance("today", ours=(1, 1.02), ETH=(1, 1.05))) == "Behind ETH by 3.0 points today"


@pytest.mark.parametrize(
    ("ours", "title"), [(1.0482, "Up 4.82 % today"), (0.97, "Down 3.00 % today"), (1.00004, "Unchanged today")]
)
def test_without_benchmarks_the_finding_is_about_us_alone(ours: float, title: str) -> None:
    assert finding(performance("today", ours=(1, ours))) == title


RANDOM = np.random.default_rng(7)


def walk(length: int, step: float) -> list[float]:
    return [1.0, *np.cumprod(1 + RANDOM.normal(0, step, length - 1)).tolist()]


EDGE_CASES = {
    "two points": performance("today", ours=(1, 1.01), BTC=(1, 0.99), ETH=(1, 1.02)),
    "flat": performance(ours=[1.0] * 50, BTC=[1.0] * 50, ETH=[1.0] * 50),
    "gaps": performance(hours=[0, 1, 2, 400, 401], ours=walk(5, 0.01), BTC=walk(5, 0.01)),
    "huge range": performance(ours=[1, 1.0001, 1.0], BTC=[1, 50, 900.0], ETH=[1, 0.5, 1e-6]),
    "one instant": performance(hours=[0, 0], ours=(1, 1)),
    "everything lost": performance(ours=(1, 0.5, 0.0), BTC=(1, 1, 1)),
    "long": performance(ours=walk(9_000, 0.003), BTC=walk(9_000, 0.004), ETH=walk(9_000, 0.005)),
}


@pytest.mark.parametrize("name", EDGE_CASES)
@pytest.mark.parametrize("dark", [False, True])
def test_an_equity_picture_is_a_png_of_1080_by_900(name: str, dark: bool) -> None:
    assert size(equity_chart(EDGE_CASES[name], dark=dark)) == (1080, 900)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert equity_chart(EDGE_CASES["long"]) == equity_chart(EDGE_CASES["long"])


def test_the_curves_have_their_colours_and_a_missing_benchmark_has_none() -> None:
    full = colours(equity_chart(EDGE_CASES["two points"]))
    assert {"#0072B2", "#E69F00", "#009E73", "#FFFFFF"} <= full
    alone = colours(equity_chart(performance(ours=(1, 1.1))))
    assert "#0072B2" in alone
    assert not {"#E69F00", "#009E73"} & alone


def test_a_picture_on_dark_ground_has_no_white_paper() -> None:
    found = colours(equity_chart(EDGE_CASES["two points"], dark=True))
    assert "#12161B" in found
    assert "#FFFFFF" not in found


def test_the_fall_is_drawn_only_where_there_is_one() -> None:
    assert "#D55E00" in colours(equity_chart(performance(ours=(1, 0.9, 1.1))))
    assert "#D55E00" not in colours(equity_chart(performance(ours=(1, 1.05, 1.1))))


BTC = Instrument("BTC/USD", "BTC", "USD", Decimal("0.1"), Decimal("0.0001"), Decimal("0.0001"), Decimal(5))


def holding(base: str, weight: str | None) -> Holding:
    share = None if weight is None else Decimal(weight)
    value = None if share is None else share * 10_000
    instrument = replace(BTC, symbol=f"{base}/USD", base=base)
    return Holding(
        instrument, Decimal("0.04"), Decimal(100_000), Decimal(106_020), timedelta(seconds=2), value, share,
        None if share is None else Decimal("-0.012"), None, Decimal(0), None, None,
    )  # fmt: skip


def status(*holdings: Holding, cash_weight: str | None = "0.3") -> Status:
    return Status(
        WORLD, START, START, Decimal(10_000), Decimal(3_000), None if cash_weight is None else Decimal(cash_weight),
        None, None, None, (), holdings, TradingState.ACTIVE, "", None, None, 0, "allocator",
    )  # fmt: skip


def test_an_allocation_picture_grows_with_its_rows() -> None:
    few = size(allocation_chart(status(holding("BTC", "0.4"), holding("ETH", "0.3"))))
    none = size(allocation_chart(status(cash_weight="1")))
    assert few[0] == none[0] == 1080
    assert few[1] > none[1]


def test_an_unknown_share_is_drawn_without_a_bar() -> None:
    assert "#E69F00" in colours(allocation_chart(status(holding("BTC", "0.7"))))
    assert "#E69F00" not in colours(allocation_chart(status(holding("BTC", None), cash_weight=None)))


def test_many_holdings_are_summed_up_below_the_ninth() -> None:
    many = [holding(f"C{i}", "0.03") for i in range(20)]
    assert size(allocation_chart(status(*many)))[1] == size(allocation_chart(status(*many[:10])))[1]


def candles(closes: Sequence[float]) -> list[Candle]:
    return [
        Candle("1h", START + timedelta(hours=i), close, close * 1.01, close * 0.99, close, 1.0)
        for i, close in enumerate(closes)
    ]


def fill(side: Side, price: str) -> Fill:
    at = START + timedelta(hours=2)
    return Fill("t", "c", "BTC/USD", side, Decimal(price), Decimal("0.01"), Money(Decimal(0), "USD"), at)


@pytest.mark.parametrize("closes", [[100.0], [100.0] * 30, walk(500, 0.01), [1e-7, 2e-7], [1e-9, 1e6], [0.0, 0.0]])
def test_a_price_picture_is_a_png_of_1080_by_900(closes: list[float]) -> None:
    png = price_chart("BTC/USD", candles(closes), [fill(Side.BUY, "100")], Decimal(98), Decimal(1000), world=WORLD)
    assert size(png) == (1080, 900)


def test_a_stop_within_reach_is_drawn_and_one_far_away_is_not() -> None:
    rising = candles([100.0 + i for i in range(30)])
    near = colours(price_chart("BTC/USD", rising, [], None, Decimal(131), world=WORLD))
    far = colours(price_chart("BTC/USD", rising, [], None, Decimal(900), world=WORLD))
    assert "#009E73" in near
    assert "#009E73" not in far


def test_trades_are_marked() -> None:
    rising = candles([100.0 + i for i in range(30)])
    marked = price_chart("BTC/USD", rising, [fill(Side.BUY, "102"), fill(Side.SELL, "110")], None, None, world=WORLD)
    assert {"#009E73", "#E69F00"} <= colours(marked)


def test_no_candles_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="no candles of BTC/USD"):
        price_chart("BTC/USD", [], [], None, None, world=WORLD)


def test_nothing_heavy_is_imported_before_the_first_picture() -> None:
    check = "import sys, chatbot.present.charts; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


async def test_charts_draw_the_same_pictures_off_the_loop() -> None:
    charts = Charts()
    assert await charts.equity(EDGE_CASES["two points"]) == equity_chart(EDGE_CASES["two points"])
    assert await charts.allocation(status()) == allocation_chart(status())
    drawn = await charts.price("BTC/USD", candles([1.0, 2.0]), [], None, None, world=WORLD)
    assert drawn == price_chart("BTC/USD", candles([1.0, 2.0]), [], None, None, world=WORLD)
    charts.close()
