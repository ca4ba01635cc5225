"""How much is measured: enough for a steady figure, or as little as shows that everything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """`unmeasured` starts come first; `messages` per bot, kind and run; simulated `days` per run.

    The chat looks back on `history` simulated days, the ledger that is asked on `fills`.
    """

    runs: int
    unmeasured: int
    messages: int
    days: int
    history: int
    fills: int


FULL = Size(runs=5, unmeasured=1, messages=200, days=5, history=30, fills=100_000)
QUICK = Size(runs=1, unmeasured=0, messages=10, days=1, history=1, fills=200)
