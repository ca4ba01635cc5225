import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.exchange.columns import Columns, Floats
from trading.market import indicators
from trading.market.adx import adx

REFERENCE = Path(__file__).resolve().parents[5] / "shared" / "data" / "indicators"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="reference values are not at hand (../shared/data/indicators)"
)


@pytest.fixture(scope="module")
def spy() -> Columns:
    with (REFERENCE / "quotes_default_first300.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    prices = (np.array([float(row[name]) for row in rows]) for name in ("open", "high", "low", "close", "volume"))
    return Columns(np.arange(len(rows)) * 86_400_000, *prices)


def published(file: str, key: str) -> Floats:
    values = json.loads((REFERENCE / f"{file}.standard.first300.json").read_text())
    return np.array([np.nan if row[key] is None else row[key] for row in values], dtype=np.float64)


@needs_reference
@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("rsi", "rsi"),
        ("tr", "tr"),
        ("atr", "atr"),
        ("sma", "sma"),
        ("ema", "ema"),
        ("macd", "macd"),
        ("macd", "signal"),
        ("macd", "histogram"),
        ("bb", "upperBand"),
        ("bb", "sma"),
        ("bb", "lowerBand"),
        ("chop", "chop"),
        ("adx", "adx"),
    ],
)
def test_values_agree_with_published_ones_to_nine_digits(spy: Columns, file: str, key: str) -> None:
    lines = indicators.macd(spy.close)
    bands = indicators.bollinger(spy.close)
    ours = {
        ("rsi", "rsi"): indicators.rsi(spy.close),
        ("tr", "tr"): indicators.true_range(spy.high, spy.low, spy.close),
        ("atr", "atr"): indicators.atr(spy.high, spy.low, spy.close),
        ("sma", "sma"): indicators.sma(spy.close, 20),
        ("ema", "ema"): indicators.ema(spy.close, 20),
        ("macd", "macd"): lines.macd,
        ("macd", "signal"): lines.signal,
        ("macd", "histogram"): lines.histogram,
        ("bb", "upperBand"): bands.upper,
        ("bb", "sma"): bands.middle,
        ("bb", "lowerBand"): bands.lower,
        ("chop", "chop"): indicators.choppiness(spy.high, spy.low, spy.close),
        ("adx", "adx"): adx(spy.high, spy.low, spy.close),
    }[file, key]
    np.testing.assert_allclose(ours, published(file, key), rtol=1e-9, atol=1e-9)


CLOSES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=200).map(lambda v: np.array(v, dtype=np.float64))


@given(CLOSES)
def test_every_line_is_as_long_as_its_candles(close: Floats) -> None:
    high, low = close * 1.01, close * 0.99
    lines = [
        indicators.rsi(close),
        indicators.atr(high, low, close),
        indicators.sma(close, 20),
        indicators.ema(close, 20),
        *indicators.macd(close),
        *indicators.bollinger(close),
        indicators.choppiness(high, low, close),
        indicators.volatility(close),
        indicators.below_high(close, 20),
        indicators.volume_ratio(close),
        adx(high, low, close),
    ]
    assert {len(line) for line in lines} == {len(close)}


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_gap_is_refused_and_not_smoothed_over(gap: float) -> None:
    close = np.linspace(100, 130, 60)
    close[17] = gap
    for line in (
        lambda: indicators.rsi(close),
        lambda: indicators.atr(close, close, close),
        lambda: indicators.macd(close),
        lambda: indicators.choppiness(close, close, close),
        lambda: indicators.volatility(close),
        lambda: indicators.change(close, 5),
    ):
        with pytest.raises(ValueError, match="candle 17 of 60 has no number"):
            line()


def test_volatility_is_the_yearly_deviation_of_returns() -> None:
    close = 100 * np.cumprod(np.tile([1.01, 0.99], 20))
    returns = close[1:] / close[:-1] - 1
    assert indicators.volatility(close)[-1] == pytest.approx(np.std(returns[-30:], ddof=1) * 365**0.5)
    assert np.isnan(indicators.volatility(close)[29])


def test_the_distance_from_the_high_is_a_fraction_and_never_positive() -> None:
    line = indicators.below_high(np.array([10.0, 20.0, 15.0, 30.0]), 3)
    assert np.isnan(line[1])
    assert line[2:].tolist() == [-0.25, 0.0]


def test_a_volume_is_compared_with_the_mean_of_the_last_twenty() -> None:
    volume = np.array([1.0] * 19 + [21.0])
    ratio = indicators.volume_ratio(volume)
    assert np.isnan(ratio[18])
    assert ratio[19] == pytest.approx(10.5)


def test_where_nothing_traded_there_is_no_ratio() -> None:
    assert np.isnan(indicators.volume_ratio(np.zeros(30))).all()
