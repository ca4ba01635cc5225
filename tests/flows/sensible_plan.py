"""The plan of a model that has no view: equal parts of every symbol that the question allows, the rest in cash."""

from __future__ import annotations

import re
from typing import Any

CASH = 0.2
"""The share that the plan leaves in cash."""


def equal_weights(question: str) -> dict[str, Any] | None:
    """A valid answer to `question`, read out of its own words; None where it is no question for a plan."""
    allowed = _told(question, "Symbols that may be bought")
    if not allowed:
        return None
    symbols = allowed.split(", ")
    held = {symbol: float(weight) for symbol, weight in re.findall(r"(\S+/\S+) ([\d.]+)", _told(question, "Held now"))}
    weight = round((1 - CASH) / len(symbols), 4)
    wanted = {symbol: weight for symbol in symbols} | {symbol: 0.0 for symbol in held if symbol not in symbols}
    return {
        "schema_version": 1,
        "cycle_id": _told(question, "Cycle"),
        "snapshot_hash": _told(question, "Snapshot"),
        "regime": "no view",
        "abstain": False,
        "decisions": [_decision(question, symbol, held.get(symbol, 0.0), wanted[symbol]) for symbol in wanted],
        "cash_weight": round(1 - weight * len(symbols), 4),
        "thesis": {"text": "No symbol is favoured; a fall of one by half would prove that wrong.", "predictions": []},
        "reason": f"Equal parts of {len(symbols)} symbols with {CASH:.0%} in cash.",
    }


def _decision(question: str, symbol: str, now: float, weight: float) -> dict[str, Any]:
    moves = {True: "buy" if weight > now else "sell", False: "hold"}
    return {
        "symbol": symbol,
        "action": "close" if now and not weight else moves[weight != now],
        "target_weight": weight,
        "lowest_price": None,
        "highest_price": None,
        "confidence": 0.5,
        "horizon_days": 30,
        "invalidation": "It falls by half.",
        "evidence": [_evidence(question, symbol)],
        "reason": f"An equal part of the {1 - CASH:.0%} that is invested.",
    }


def _evidence(question: str, symbol: str) -> dict[str, str]:
    """The first known figure of `symbol`, or of any other row where it has none."""
    figures = [
        (row[0], f"{row[0]}.{name}", value)
        for block in question.split("\n\n")
        if (lines := [line.split(",") for line in block.splitlines()])
        for header in lines
        if header[0] == "name"
        for row in lines
        if row is not header and len(row) == len(header)
        for name, value in zip(header[1:], row[1:], strict=True)
        if value != "null"
    ]
    _, reference, value = min(figures, key=lambda figure: figure[0] != symbol)
    return {"reference": reference, "value": value}


def _told(question: str, label: str) -> str:
    found = re.search(rf"^{label}[^:\n]*: (.+)$", question, re.MULTILINE)
    return found[1] if found else ""
