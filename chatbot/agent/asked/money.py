"""Questions about what is held, made and paid, as data."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.agent.asked.figures import Benchmark, Pick, Ratio


@dataclass(frozen=True, slots=True)
class Compare:
    """How we did against buying and holding."""

    benchmark: Benchmark = Benchmark.BOTH
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held; `cash` alone where it is asked for by name."""

    symbol: str | None = None
    pick: Pick | None = None
    cash: bool = False


@dataclass(frozen=True, slots=True)
class Profit:
    """`count`: of the last so many trades, instead of a window."""

    window: str | None = None
    symbol: str | None = None
    ratio: Ratio | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class ProfitBySymbol:
    """Which coins made and which lost, realized and open."""

    window: str | None = None
    pick: Pick = Pick.BEST


@dataclass(frozen=True, slots=True)
class Fees:
    window: str | None = None


@dataclass(frozen=True, slots=True)
class CostsAsked:
    """Fees, slippage, borrowing, and a model's answers."""

    window: str | None = None
