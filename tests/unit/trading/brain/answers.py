"""Plan answers and a snapshot, for the tests of the brain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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


def decision(symbol: str, action: str, weight: object, **changes: object) -> dict[str, Any]:
    whole = {"symbol": symbol, "action": action, "target_weight": weight, "confidence": 0.6, "reason": "It trends."}
    return whole | changes


def answer(decisions: Sequence[dict[str, Any]] | None = None, cash: object = 0.3, **changes: object) -> dict[str, Any]:
    """A valid answer: buy Bitcoin, keep some Ether, the rest in cash; `changes` spoil it."""
    given = [decision("BTC/USD", "buy", 0.5), decision("ETH/USD", "sell", 0.2)] if decisions is None else decisions
    whole = {
        "regime": "trending up",
        "decisions": list(given),
        "cash_weight": cash,
        "thesis": "Bitcoin leads until it closes below 80,000.",
        "reason": "Bitcoin trends, Ether does less.",
    }
    return whole | changes
