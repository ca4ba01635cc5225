"""The equity picture of 180 days by the hour, beside the same data drawn with bare matplotlib."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Plot

from chatbot.present.charts import equity_chart
from tests.bench.figures import Figure, Section, ratio
from tests.bench.size import Size
from trading.contract import Performance, Window, World
from trading.domain.portfolio import EquityPoint
from trading.portfolio.performance import measure

HOURS = 180 * 24
START = datetime(2025, 1, 1, tzinfo=UTC)
PIXELS, DOTS_PER_INCH = (1080, 900), 100


def picture(size: Size) -> Section:
    performance = half_a_year()
    # Fonts are found and cached by the first picture of a process.
    for draw in (equity_chart, bare):
        draw(performance)
    ours = Figure("our picture", "CPU ms", _timed(lambda: equity_chart(performance), size.runs))
    plain = _timed(lambda: bare(performance), size.runs)
    theirs = Figure("bare matplotlib Figure and Agg, same data and pixels", "CPU ms", plain)
    return Section(
        "The equity picture: 180 days, hourly, against BTC and ETH",
        (ours, theirs, ratio("our picture over bare", ours, theirs)),
        ("bare: the same lines and drawdown on two axes, a title, a legend; 1080 x 900 pixels; both warm",),
    )


def half_a_year() -> Performance:
    """Seeded random walks for the portfolio, BTC and ETH."""
    world = World("PAPER", "simulated market", True, "USD", ZoneInfo("America/Denver"))
    window = Window(START, START + timedelta(hours=HOURS), "since 1 Jan")
    performance = measure(_points(), world, window, Decimal(12), 40)
    assert performance is not None, "there are points"
    return performance


def _points() -> list[EquityPoint]:
    moves = np.random.default_rng(7).normal(0.00002, 0.004, (3, HOURS + 1))
    levels = np.exp(moves.cumsum(axis=1)) * np.array([[10_000.0], [90_000.0], [3_000.0]])
    return [_point(hour, *levels[:, hour].tolist()) for hour in range(HOURS + 1)]


def _point(hour: int, *prices: float) -> EquityPoint:
    equity, btc, eth = (Decimal(f"{price:.2f}") for price in prices)
    at = START + timedelta(hours=hour)
    return EquityPoint(at, equity, equity / 3, exposure=Decimal("0.66"), benchmarks={"BTC": btc, "ETH": eth})


def bare(performance: Performance) -> bytes:
    """What anyone would write first."""
    plot = Plot(figsize=(PIXELS[0] / DOTS_PER_INCH, PIXELS[1] / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
    FigureCanvasAgg(plot)
    growth, fall = plot.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for name in ("Portfolio", "BTC", "ETH"):
        line = performance.line(name)
        if line is not None:
            growth.plot(performance.times, (np.array(line.values) - 1) * 100, label=name)
    growth.set_title("Against BTC and ETH")
    growth.legend()
    fall.fill_between(performance.times, np.array(performance.drawdown) * 100, 0)
    png = BytesIO()
    plot.savefig(png, format="png")
    return png.getvalue()


def _timed(draw: Callable[[], bytes], runs: int) -> tuple[float, ...]:
    """CPU milliseconds of each run."""
    samples = []
    for _ in range(runs):
        began = time.process_time()
        draw()
        samples.append((time.process_time() - began) * 1000)
    return tuple(samples)
