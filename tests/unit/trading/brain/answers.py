"""Plan answers and the request they answer, for the tests of the brain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from trading.brain.request import PlanRequest

PROMPTS = Path(__file__).parents[4] / "data" / "prompts"
ALLOWED = ("BTC/USD", "ETH/USD", "SOL/USD")
HELD = ("ETH/USD",)
SNAPSHOT = json.dumps(
    {
        "at": "2025-03-01T14:00:00+00:00",
        "equity": "10000.00",
        "cash": "7000.00",
        "holdings": [{"symbol": "ETH/USD", "quantity": "1.5", "weight": "0.3"}],
        "prices": {"BTC/USD": "86000.1", "ETH/USD": "2000", "SOL/USD": "140"},
        "indicators": {"BTC/USD": {"rsi": 41.2}},
        "limits": {"fee": "0.004"},
        "thesis": "Ether leads.",
    },
    sort_keys=True,
    separators=(",", ":"),
)
CYCLE = "c0ffee00c0ffee00c0ffee00c0ffee00"
HASH = "5a" * 32
FIGURES = {
    "BTC/USD.price": "86000.1",
    "BTC/USD.1d.rsi14": "61.2",
    "ETH/USD.price": "2000",
    "ETH/USD.1d.rsi14": "41.25",
    "portfolio.cash_weight": "0.7",
}
REQUEST = PlanRequest(
    cycle_id=CYCLE,
    snapshot_hash=HASH,
    facts="name,price,1d.rsi14\nBTC/USD,86000.1,61.2\nETH/USD,2000,41.25",
    figures=FIGURES,
    allowed=ALLOWED,
    weights={"ETH/USD": Decimal("0.3")},
    prices={"BTC/USD": Decimal("86000.1"), "ETH/USD": Decimal(2000), "SOL/USD": Decimal(140)},
    thesis="Ether leads.",
)
"""Ether is held at 0.3; Bitcoin and Solana could be bought."""


def holding(**weights: str) -> PlanRequest:
    """The request of a portfolio that holds these weights by base."""
    return replace(REQUEST, weights={f"{base}/USD": Decimal(weight) for base, weight in weights.items()})


def evidence(reference: str = "BTC/USD.1d.rsi14", value: object = "61.2") -> dict[str, Any]:
    return {"reference": reference, "value": value}


def decision(symbol: str, action: str, weight: object, **changes: object) -> dict[str, Any]:
    whole = {
        "symbol": symbol,
        "action": action,
        "target_weight": weight,
        "lowest_price": None,
        "highest_price": None,
        "confidence": 0.6,
        "horizon_days": 14,
        "invalidation": "It closes below its 20-day average.",
        "evidence": [evidence()],
        "reason": "It trends.",
    }
    return whole | changes


def prediction(**changes: object) -> dict[str, Any]:
    whole = {
        "symbol": "BTC/USD",
        "direction": "up",
        "target_price": 95000,
        "invalidation_price": 80000,
        "days": 30,
        "confidence": 0.6,
    }
    return whole | changes


def thesis(*predictions: dict[str, Any], text: str = "Bitcoin leads until it closes below 80,000.") -> dict[str, Any]:
    return {"text": text, "predictions": list(predictions)}


def answer(decisions: Sequence[dict[str, Any]] | None = None, cash: object = 0.3, **changes: object) -> dict[str, Any]:
    """A valid answer: buy Bitcoin, keep some Ether, the rest in cash; `changes` spoil it."""
    given = [decision("BTC/USD", "buy", 0.5), decision("ETH/USD", "sell", 0.2)] if decisions is None else decisions
    whole = {
        "schema_version": 1,
        "cycle_id": CYCLE,
        "snapshot_hash": HASH,
        "regime": "trending up",
        "abstain": False,
        "decisions": list(given),
        "cash_weight": cash,
        "thesis": thesis(prediction()),
        "reason": "Bitcoin trends, Ether does less.",
    }
    return whole | changes
