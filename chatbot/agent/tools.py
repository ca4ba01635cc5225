"""The same queries as tools for a language model: it picks one, pydantic checks the arguments, code answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.agent.coins import COIN_NAMES
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    DrawdownRisk,
    Fees,
    Holdings,
    Only,
    Pending,
    PriceAsked,
    Profit,
    Query,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    Topic,
    TradesAsked,
    Why,
)
from trading.contract import ToolChoice, ToolSpec
from trading.domain.order import Side

_WINDOW = 'a span of time, such as "today", "last week", "this month", "since march", "all"'
_LONGEST = 40


class _Tool(BaseModel, ABC):
    """Arguments of one query. `about` is what the model reads."""

    model_config = ConfigDict(extra="forbid", str_max_length=_LONGEST)
    about: ClassVar[str]

    @abstractmethod
    def query(self) -> Query:
        """The query these arguments ask."""


class _Spanned(_Tool):
    window: str | None = None


class _CompareTool(_Spanned):
    about = f"How the portfolio did against BTC, ETH or both. window: {_WINDOW}."
    benchmark: Benchmark = Benchmark.BOTH

    def query(self) -> Query:
        return Compare(self.benchmark, self.window)


class _HoldingsTool(_Tool):
    about = "What is held, or the position in one coin."
    symbol: str | None = None

    def query(self) -> Query:
        return Holdings(self.symbol)


class _TradesTool(_Spanned):
    about = f"Which trades there were; only: sales that won or lost. window: {_WINDOW}."
    symbol: str | None = None
    side: Side | None = None
    only: Only | None = None

    def query(self) -> Query:
        return TradesAsked(self.window, self.symbol, self.side, self.only)


class _ProfitTool(_Spanned):
    about = f"Profit or loss, of all or of one coin. window: {_WINDOW}."
    symbol: str | None = None

    def query(self) -> Query:
        return Profit(self.window, self.symbol)


class _FeesTool(_Spanned):
    about = f"Fees paid. window: {_WINDOW}."

    def query(self) -> Query:
        return Fees(self.window)


class _RiskTool(_Spanned):
    about = f"Drawdown, volatility, Sharpe ratio, exposure. window: {_WINDOW}."

    def query(self) -> Query:
        return DrawdownRisk(self.window)


class _WhyTool(_Tool):
    about = "Why the newest trade, of a coin or a side, was made."
    symbol: str | None = None
    side: Side | None = None

    def query(self) -> Query:
        return Why(self.symbol, self.side)


class _PriceTool(_Tool):
    about = "The price of a coin, or without one the day's movers among the coins traded."
    symbol: str | None = None

    def query(self) -> Query:
        return PriceAsked(self.symbol)


class _PendingTool(_Tool):
    about = "What waits for a person's approval."

    def query(self) -> Query:
        return Pending()


class _StatusTool(_Tool):
    about = "The portfolio's value and state now."

    def query(self) -> Query:
        return StatusAsked()


class _ScheduleTool(_Tool):
    about = "Whether it trades, when it decides next, what it decided last."

    def query(self) -> Query:
        return ScheduleAsked()


class _ThesisTool(_Tool):
    about = "How the decider sees the market."

    def query(self) -> Query:
        return ThesisAsked()


class _DeclineTool(_Tool):
    about = "Anything else: other assets, advice, forecasts, or matters that are not about this portfolio."

    def query(self) -> Query:
        return Decline(Topic.OFF_TOPIC)


_TOOLS: dict[str, type[_Tool]] = {
    "compare_to_benchmark": _CompareTool,
    "holdings": _HoldingsTool,
    "trades": _TradesTool,
    "profit": _ProfitTool,
    "fees": _FeesTool,
    "risk": _RiskTool,
    "why_traded": _WhyTool,
    "price": _PriceTool,
    "pending_approvals": _PendingTool,
    "status": _StatusTool,
    "schedule": _ScheduleTool,
    "thesis": _ThesisTool,
    "decline": _DeclineTool,
}


def specs() -> Sequence[ToolSpec]:
    """What a model may choose from; every one of them only reads."""
    return tuple(ToolSpec(name, tool.about, tool.model_json_schema()) for name, tool in _TOOLS.items())


def read_choice(choice: ToolChoice, symbols: Collection[str]) -> Query:
    """The query a model chose; whatever is not exactly one of ours is declined."""
    tool = _TOOLS.get(choice.name)
    if tool is None:
        return Decline(Topic.OFF_TOPIC)
    try:
        query = tool.model_validate(_plain(choice.arguments)).query()
    except ValidationError:
        return Decline(Topic.OFF_TOPIC)
    symbol = getattr(query, "symbol", None)
    return query if symbol is None or symbol in symbols else Decline(Topic.NOT_TRADED, symbol)


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Bases for whatever name of a coin was given; empty strings mean nothing was."""
    given = {key: value for key, value in arguments.items() if value != ""}
    symbol = given.get("symbol")
    if isinstance(symbol, str):
        base = symbol.strip().lower().split("/")[0]
        given["symbol"] = COIN_NAMES.get(base, base.upper())
    return given
