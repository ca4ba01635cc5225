"""What is read off a chart: every figure where the candles reach, none where they do not."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from trading.exchange.columns import Columns
from trading.exchange.simulated import SimulatedCandles
from trading.market.indicators import atr, choppiness, volatility, volume_ratio
from trading.market.readings import readings, trends


def daily(days: int) -> Columns:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    history = SimulatedCandles(1, start, ["BTC/USD"], timeframe="1d", history_days=days)
    return history.columns("BTC/USD", "1d").slice(0, days)


def unknown(figures: dict[str, float | None]) -> set[str]:
    return {name for name, figure in figures.items() if figure is None}


def test_a_long_chart_has_every_figure() -> None:
    chart = daily(220)
    figures = {**readings(chart, "1d"), **trends(chart)}
    assert unknown(figures) <= {"support", "resistance"}
    assert figures["trend120"] == pytest.approx(chart.close[-1] / chart.close[-121] - 1)
    assert figures["sma200"] == pytest.approx(chart.close[-200:].mean())
    assert figures["below_high_all"] == pytest.approx(chart.close[-1] / chart.close.max() - 1)


def test_what_forgets_quickly_is_the_same_over_the_whole_chart() -> None:
    chart = daily(220)
    figures = readings(chart, "1d")
    assert figures["chop14"] == pytest.approx(choppiness(chart.high, chart.low, chart.close)[-1])
    assert figures["volume_ratio"] == pytest.approx(volume_ratio(chart.volume)[-1])
    assert figures["volatility30"] == pytest.approx(volatility(chart.close)[-1])
    assert figures["atr14_pct"] == pytest.approx(atr(chart.high, chart.low, chart.close)[-1] / chart.close[-1])


def test_a_short_chart_says_none_for_what_it_cannot_know() -> None:
    chart = daily(25)
    figures = {**readings(chart, "1d"), **trends(chart)}
    known_to_need_more = {"sma50", "sma200", "macd", "macd_signal", "macd_hist", "volatility30", "below_high90"}
    assert unknown(figures) - {"support", "resistance"} == {*known_to_need_more, "trend60", "trend120", "adx14"}


def test_nothing_is_all_unknown() -> None:
    assert set(readings(Columns.empty(), "1h").values()) == set(trends(Columns.empty()).values()) == {None}


def test_volatility_is_a_years_whatever_the_candles_length() -> None:
    chart = daily(60)
    hourly, a_day = readings(chart, "1h")["volatility30"], readings(chart, "1d")["volatility30"]
    assert hourly is not None
    assert a_day is not None
    assert hourly == pytest.approx(a_day * np.sqrt(24))
