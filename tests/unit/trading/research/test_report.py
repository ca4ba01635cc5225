"""The command line's words become a request; a result becomes text and JSON that say the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.candles import write_candles
from trading.errors import SettingsError
from trading.research.report import as_json, as_text, replay_request
from trading.research.session import ReplayRequest, replay

GOOD: dict[str, Any] = {
    "candles": Path("candles"),
    "symbols": "btc/usdt, ETH/USDT",
    "timeframe": "5m",
    "start": "2025-01-01",
    "end": "2025-02-01T06:00+01:00",
    "strategy": "sma",
    "parameters": ["fast=10", " slow = 30 "],
    "cash": "10000",
    "fee": "0.0026",
    "stop": "2",
    "target": "0",
}


def request(**changes: Any) -> ReplayRequest:
    return replay_request(**{**GOOD, **changes})


def test_the_words_become_a_request() -> None:
    assert request() == ReplayRequest(
        Path("candles"),
        ("BTC/USDT", "ETH/USDT"),
        "5m",
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 2, 1, 5, tzinfo=UTC),
        "sma",
        {"fast": "10", "slow": "30"},
        Decimal(10000),
        Decimal("0.0026"),
        Decimal("0.02"),
        None,
    )


def test_what_is_left_out_is_left_to_the_candles() -> None:
    plain = request(timeframe="", start="", end="", parameters=[])
    assert (plain.timeframe, plain.start, plain.end, plain.parameters) == (None, None, None, {})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"symbols": "BTCUSDT"}, "--symbols"),
        ({"symbols": ""}, "--symbols"),
        ({"symbols": "BTC/USDT,ETH/USD"}, "--symbols"),
        ({"timeframe": "7m"}, "--timeframe"),
        ({"start": "yesterday"}, '"yesterday"'),
        ({"parameters": ["fast"]}, "--set"),
        ({"parameters": ["=3"]}, "--set"),
        ({"cash": "lots"}, "--cash"),
        ({"cash": "0"}, "--cash"),
        ({"cash": "NaN"}, "--cash"),
        ({"fee": "0.2"}, "--fee"),
        ({"stop": "100"}, "--stop"),
        ({"target": "-1"}, "--target"),
    ],
)
def test_a_word_that_is_not_understood_is_named_in_one_sentence(change: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        request(**change)
    sentence = str(error.value)
    assert named in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


async def test_text_and_json_tell_the_same(tmp_path: Path) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", start, 24 * 5, 1000.0)
    asked = request(
        candles=tmp_path,
        symbols="BTC/USD",
        timeframe="",
        start="",
        end="",
        strategy="buy_and_hold",
        parameters=[],
        stop="0",
    )
    result = await replay(asked, lambda done, bars: None)
    told = json.loads(json.dumps(as_json(result)))
    assert Decimal(told["equity"]) == result.equity
    assert Decimal(told["residual"]) == 0
    (fill,) = told["fills"]
    assert (fill["side"], fill["symbol"], Decimal(fill["price"])) == ("buy", "BTC/USD", result.fills[0].price)
    assert Decimal(told["fees"]) == result.fills[0].fee.amount
    text = as_text(result)
    assert "buy_and_hold on BTC/USD, 1h candles, 2025-01-01 to 2025-01-06" in text
    assert "too few to judge by" in text
    portfolio = next(line for line in told["lines"] if line["name"] == "Portfolio")
    assert f"{Decimal(portfolio['total_return']):+.2%}" in text
