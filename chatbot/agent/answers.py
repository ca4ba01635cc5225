"""From a query to its answer. Every figure comes from the reader; nothing is computed from words."""

from __future__ import annotations

from chatbot.agent import declined, holdings, operations, records, results
from chatbot.agent.glossary import TERMS
from chatbot.agent.queries import (
    Compare,
    Decline,
    DrawdownRisk,
    Explain,
    Fees,
    Help,
    Holdings,
    Pending,
    PriceAsked,
    Profit,
    Query,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    TradesAsked,
    Why,
    WishToAct,
)
from chatbot.agent.results import EquityCharts
from chatbot.agent.sources import answer as answer_text
from chatbot.agent.spoken import NotUnderstood, unknown_span
from chatbot.message import Reply
from trading.contract import Reader


async def answer(query: Query, reader: Reader, charts: EquityCharts) -> Reply:
    """The answer to `query`; a span of time that is not understood is said so."""
    try:
        return await _answer(query, reader, charts)
    except NotUnderstood as span:
        return unknown_span(span.words)


async def _answer(query: Query, reader: Reader, charts: EquityCharts) -> Reply:
    match query:
        case Compare():
            return await results.compare(query, reader, charts)
        case DrawdownRisk():
            return await results.risk(query, reader, charts)
        case Holdings():
            return await holdings.holdings(query, reader)
        case PriceAsked():
            return await holdings.price(query, reader)
        case TradesAsked():
            return await records.trades(query, reader)
        case Profit():
            return await records.profit(query, reader)
        case Fees():
            return await records.fees(query, reader)
        case Why():
            return await records.why(query, reader)
        case _:
            return await _operations(query, reader)


async def _operations(query: Query, reader: Reader) -> Reply:
    match query:
        case StatusAsked():
            return await operations.status(reader)
        case Pending():
            return await operations.pending(reader)
        case ScheduleAsked():
            return await operations.schedule(reader)
        case ThesisAsked():
            return await operations.thesis(reader)
        case _:
            return _words(query, reader)


def _words(query: Query, reader: Reader) -> Reply:
    """Answers that need no figures."""
    match query:
        case Explain():
            return Reply(text=answer_text(TERMS[query.term]))
        case Decline():
            return declined.decline(query, reader)
        case WishToAct():
            return declined.wish(query)
        case Help():
            return declined.help_reply()
    raise AssertionError(f"no answer is written for {query!r}")
