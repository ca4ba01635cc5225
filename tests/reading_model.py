"""A model server that reads what it is asked: its plan follows from the figures in the prompt, from nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tests.flows.model_server import ModelServer, plan, text
from tests.unit.trading.brain.answers import answer, decision, evidence, thesis

WIGGLE = 24
"""Weights differ from day to day by up to so many points."""


class ReadingServer(ModelServer):
    """Answers a rebalance with the plan that its own figures lead to; every eighth in prose, also when asked again."""

    def __init__(self) -> None:
        super().__init__()
        self._cycles: list[str] = []

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.script(text("I would rather not say.") if self._is_odd(body) else plan(read_plan(body)))
        return await super()._chat(request)

    def _is_odd(self, body: Mapping[str, Any]) -> bool:
        cycle = _line(body["messages"][1]["content"], "Cycle")
        if cycle not in self._cycles:
            self._cycles.append(cycle)
        return self._cycles.index(cycle) % 8 == 4


def read_plan(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same question gets the same answer; one figure changed, and it is another."""
    asked: str = body["messages"][1]["content"]
    held = dict(re.findall(r"(\S+/\S+) ([\d.]+)", _line(asked, "Held now, with the weight of each")))
    weights = {symbol: _weight(asked, symbol) for symbol in _line(asked, "Symbols that may be bought").split(", ")}
    decisions = [_decision(asked, symbol, weight, held.get(symbol)) for symbol, weight in weights.items()]
    return answer(
        decisions,
        cash=round(1 - sum(each["target_weight"] for each in decisions), 4),
        cycle_id=_line(asked, "Cycle"),
        snapshot_hash=_line(asked, "Snapshot"),
        thesis=thesis(text="What the figures say today."),
    )


def _decision(asked: str, symbol: str, weight: float, held: str | None) -> dict[str, Any]:
    action = "buy" if held is None or weight > float(held) else "sell"
    return decision(symbol, action, weight, evidence=[_proof(asked, symbol)])


def _proof(asked: str, symbol: str) -> dict[str, Any]:
    """The first figure of `symbol`."""
    for block in asked.split("\n\n"):
        lines = [line.split(",") for line in block.splitlines()]
        row = next((line for line in lines if line[0] == symbol), None)
        if row is not None:
            columns = next(line for line in lines if line[0] == "name")
            return evidence(f"{symbol}.{columns[1]}", row[1])
    raise AssertionError(f"no figures of {symbol} in:\n{asked}")


def _weight(asked: str, symbol: str) -> float:
    figures = asked[asked.index("## ") :]
    return 0.05 + int(hashlib.sha256(f"{symbol} {figures}".encode()).hexdigest(), 16) % WIGGLE / 100


def _line(asked: str, label: str) -> str:
    found = re.search(rf"^{label}[^:\n]*: (.+)$", asked, re.MULTILINE)
    assert found is not None, f"{label} is not in the question:\n{asked}"
    return found[1]
