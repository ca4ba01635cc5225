"""Candles per second through the replay engine, beside the same rules as a plain loop."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

from tests.bench.candles import SYMBOL, TIMEFRAME, candle_folder
from tests.bench.figures import Figure, Section, ratio
from tests.bench.loop import run
from tests.bench.plain_loop import FAST, FEE, SLOW, STOP, TARGET, Outcome, plain_loop
from tests.bench.size import Size
from trading.exchange.columns import Columns
from trading.exchange.recorded import RecordedCandles
from trading.research.session import ReplayRequest, ReplayResult, replay

CASH = Decimal(1_000_000)
"""So much that fees never bring a trade below the venue's minimum: the plain loop knows none."""

PEERS = (
    "peers are not installed here; measured elsewhere on 105,120 candles, thousands a second:",
    "backtesting.py 80, jesse 14, freqtrade 12, nautilus 10",
)


def engine(size: Size) -> Section:
    with candle_folder() as (folder, kind):
        results = [run(replay(_request(folder), _ignore)) for _ in range(size.runs)]
        columns = RecordedCandles(folder, (SYMBOL,), TIMEFRAME).columns(SYMBOL, TIMEFRAME)
    plain = [_timed(columns) for _ in range(size.runs)]
    ours = Figure("replay engine", "candles/s", tuple(result.candles_per_second for result in results))
    bound = Figure("plain loop: numpy signals, floats, no books", "candles/s", tuple(speed for speed, _ in plain))
    return Section(
        f"Replay of {len(columns):,} {kind}: SMA {FAST}/{SLOW}, stop {STOP:.0%}, target {TARGET:.0%}, fee {FEE:.2%}",
        (ours, bound, ratio("plain loop over engine", bound, ours)),
        (_comparison(results[0], plain[0][1]), *PEERS),
    )


def _request(folder: Path) -> ReplayRequest:
    return ReplayRequest(
        candles=folder,
        symbols=(SYMBOL,),
        timeframe=TIMEFRAME,
        start=None,
        end=None,
        strategy="sma_cross",
        parameters={"fast": str(FAST), "slow": str(SLOW)},
        cash=CASH,
        fee=Decimal(str(FEE)),
        stop=Decimal(str(STOP)),
        target=Decimal(str(TARGET)),
    )


def _ignore(*_reached: int) -> None:
    """Nobody watches the progress."""


def _timed(columns: Columns) -> tuple[float, Outcome]:
    """Candles per second of CPU, and what came of it."""
    began = time.process_time()
    outcome = plain_loop(columns)
    return len(columns) / (time.process_time() - began), outcome


def _comparison(result: ReplayResult, plain: Outcome) -> str:
    ours = float(result.equity / result.request.cash)
    return (
        f"engine: {len(result.fills):,} fills, {ours:.4f} of the cash left; "
        f"plain loop: {plain.fills:,} fills, {plain.equity:.4f}"
    )
