"""From a query to its answer. Every figure comes from the reader; nothing is computed from words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from chatbot.agent import queries as q
from chatbot.agent.answers import (
    declined,
    holdings,
    indicators,
    limits,
    markets,
    operations,
    orders,
    profits,
    records,
    results,
    risks,
    wishes,
)
from chatbot.agent.answers.results import EquityCharts
from chatbot.agent.answers.spoken import NotUnderstood, unknown_span
from chatbot.agent.answers.together import together
from chatbot.agent.queries import Query
from chatbot.message import Reply
from trading.contract import Reader

Answer = Callable[[Any, Reader], Awaitable[Reply]]

_ANSWERS: Mapping[type, Answer] = {
    q.Holdings: holdings.holdings,
    q.TradesAsked: records.trades,
    q.Profit: profits.profit,
    q.ProfitBySymbol: profits.by_symbol,
    q.Why: records.why,
    q.RefusalsAsked: orders.refusals,
    q.LastOrder: orders.last,
    q.Pending: orders.pending,
    q.Fees: profits.fees,
    q.CostsAsked: profits.costs,
    q.PriceAsked: markets.price,
    q.Volume: markets.volume,
    q.MarketHours: markets.hours,
    q.SymbolsAsked: markets.symbols,
    q.IndicatorAsked: indicators.indicator,
    q.StatusAsked: operations.status,
    q.ScheduleAsked: operations.schedule,
    q.HealthAsked: operations.health,
    q.EventsAsked: operations.events,
    q.ThesisAsked: operations.thesis,
    q.ExposureAsked: risks.exposure,
    q.StopsAsked: risks.stops,
    q.WhatIf: risks.what_if,
    q.LimitsAsked: limits.limits,
    q.WorldAsked: operations.world,
    q.Explain: declined.explain,
    q.HowTo: declined.how_to,
    q.Advice: declined.advice,
    q.Decline: declined.decline,
    q.Help: declined.help_reply,
    q.WishToAct: wishes.wish,
    q.SetStops: wishes.set_stops,
    q.Unclear: wishes.unclear,
    q.LookUp: wishes.look_up,
}


async def answer(query: Query, reader: Reader, charts: EquityCharts) -> Reply:
    """The answer to `query`; a span of time that is not understood is said so."""
    try:
        match query:
            case q.Compare():
                return await results.compare(query, reader, charts)
            case q.DrawdownRisk():
                return await risks.risk(query, reader, charts)
            case q.Several():
                return together([await answer(cast(Query, each), reader, charts) for each in query.queries])
            case _:
                return await _ANSWERS[type(query)](query, reader)
    except NotUnderstood as span:
        return unknown_span(span.words)
