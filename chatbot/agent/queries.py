"""The questions we can answer, as data. Windows stay in people's words until the reader resolves them.

A `symbol` is a base ("BTC"); `window` None is everything since inception.
"""

from __future__ import annotations

from chatbot.agent.asked.figures import Benchmark, IndicatorName, Only, Pick, Ratio, RiskFigure
from chatbot.agent.asked.market import IndicatorAsked, MarketHours, PriceAsked, SymbolsAsked, Volume
from chatbot.agent.asked.money import Compare, CostsAsked, Fees, Holdings, Profit, ProfitBySymbol
from chatbot.agent.asked.records import LastOrder, Pending, RefusalsAsked, TradesAsked, Why
from chatbot.agent.asked.refused import Advice, Decline, Topic
from chatbot.agent.asked.risk import DrawdownRisk, ExposureAsked, LimitsAsked, OneLimit, StopsAsked, WhatIf
from chatbot.agent.asked.running import (
    EventsAsked,
    Explain,
    HealthAsked,
    Help,
    HowTo,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    WorldAsked,
)
from chatbot.agent.asked.several import Several
from chatbot.agent.asked.wished import Lacks, LookUp, SetStops, Unclear, WishToAct

__all__ = [
    "Advice",
    "Benchmark",
    "Compare",
    "CostsAsked",
    "Decline",
    "DrawdownRisk",
    "EventsAsked",
    "Explain",
    "ExposureAsked",
    "Fees",
    "HealthAsked",
    "Help",
    "Holdings",
    "HowTo",
    "IndicatorAsked",
    "IndicatorName",
    "Lacks",
    "LastOrder",
    "LimitsAsked",
    "LookUp",
    "MarketHours",
    "OneLimit",
    "Only",
    "Pending",
    "Pick",
    "PriceAsked",
    "Profit",
    "ProfitBySymbol",
    "Query",
    "Ratio",
    "RefusalsAsked",
    "RiskFigure",
    "ScheduleAsked",
    "SetStops",
    "Several",
    "StatusAsked",
    "StopsAsked",
    "SymbolsAsked",
    "ThesisAsked",
    "Topic",
    "TradesAsked",
    "Unclear",
    "Volume",
    "WhatIf",
    "Why",
    "WishToAct",
    "WorldAsked",
]

Query = (
    Compare
    | Holdings
    | TradesAsked
    | Profit
    | ProfitBySymbol
    | Why
    | RefusalsAsked
    | LastOrder
    | Pending
    | Fees
    | CostsAsked
    | PriceAsked
    | Volume
    | IndicatorAsked
    | StatusAsked
    | ScheduleAsked
    | MarketHours
    | SymbolsAsked
    | HealthAsked
    | EventsAsked
    | ThesisAsked
    | DrawdownRisk
    | ExposureAsked
    | StopsAsked
    | LimitsAsked
    | WhatIf
    | Explain
    | HowTo
    | LookUp
    | Advice
    | Decline
    | WishToAct
    | SetStops
    | Unclear
    | WorldAsked
    | Several
    | Help
)
