"""A replay from candle files to figures, and what cannot be replayed is said in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.candles import write_candles
from trading.errors import SettingsError
from trading.research.session import ReplayRequest, replay

START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def request_(tmp_path: Path) -> ReplayRequest:
    """Two symbols that rise by one an hour for fifty days."""
    for base, price in (("BTC", 1000.0), ("ETH", 100.0)):
        write_candles(tmp_path, f"KRAKEN_{base}_USD_1h", START, 24 * 50, price)
    return ReplayRequest(
        tmp_path,
        ("BTC/USD", "ETH/USD"),
        None,
        None,
        None,
        "buy_and_hold",
        {},
        Decimal(1000),
        Decimal("0.001"),
        None,
        None,
    )


async def test_a_replay_tells_its_trades_and_its_figures(request_: ReplayRequest) -> None:
    reached: list[int] = []
    result = await replay(request_, lambda bar, last: reached.append(bar))
    assert (result.timeframe, result.start, result.end) == ("1h", START, START + timedelta(days=50))
    assert [(fill.symbol, fill.at) for fill in result.fills] == [
        ("BTC/USD", START + timedelta(hours=1)),
        ("ETH/USD", START + timedelta(hours=1)),
    ]
    assert {result.reasons[fill.client_order_id] for fill in result.fills} == {"bought once in equal parts, to be held"}
    assert (result.counts.bars, result.counts.decisions, result.counts.refused) == (1200, 1, 0)
    assert (reached[-1], reached) == (1200, sorted(reached))
    assert result.residual == 0
    assert result.candles_per_second > 0
    held = {fill.symbol: fill.quantity for fill in result.fills}
    worth = held["BTC/USD"] * Decimal(2200) + held["ETH/USD"] * Decimal(1300)
    spent = sum((fill.notional + fill.fee.amount for fill in result.fills), Decimal(0))
    assert result.equity == Decimal(1000) - spent + worth
    assert result.performance is not None
    assert abs(result.performance.lines[0].total_return - (result.equity / 1000 - 1)) < Decimal("1e-8")
    assert (result.performance.daily_returns, result.performance.trades) == (50, 2)


async def test_the_same_request_gives_the_same_result(request_: ReplayRequest) -> None:
    first, second = [await replay(request_, lambda done, bars: None) for _ in range(2)]
    assert first.fills == second.fills
    assert first.performance == second.performance


async def test_a_span_is_kept_to(request_: ReplayRequest) -> None:
    span = replace(request_, start=START + timedelta(days=10), end=START + timedelta(days=12))
    result = await replay(span, lambda done, bars: None)
    assert (result.start, result.end, result.counts.bars) == (span.start, span.end, 48)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"strategy": "magic"}, "there is no strategy 'magic'"),
        ({"parameters": {"weight": "2"}}, "weight is '2'"),
        ({"symbols": ("DOGE/USD",)}, "DOGE/USD"),
        ({"timeframe": "5m"}, "TIMEFRAME is 5m"),
        ({"start": START + timedelta(days=90)}, "widen the span"),
        ({"candles": Path("/nowhere/at/all")}, "/nowhere/at/all"),
    ],
)
async def test_what_cannot_be_replayed_is_said_in_one_sentence(
    request_: ReplayRequest, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SettingsError, match=sentence) as error:
        await replay(replace(request_, **change), lambda done, bars: None)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


async def test_targets_too_small_to_trade_are_counted(request_: ReplayRequest) -> None:
    result = await replay(replace(request_, cash=Decimal(6)), lambda done, bars: None)
    assert (result.fills, result.counts.untradable) == ((), 2)
