"""Which words ask for what: the tables of each subject, one after the other. The first match decides."""

from __future__ import annotations

from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.rules_of_markets import EARLY as MARKET_EARLY
from chatbot.agent.grammar.rules_of_markets import LATE as MARKET_LATE
from chatbot.agent.grammar.rules_of_money import HELD, PROFIT, STANDING
from chatbot.agent.grammar.rules_of_records import RECORDS, TRADES, WHY
from chatbot.agent.grammar.rules_of_risk import COMPARED, COSTS, RISK
from chatbot.agent.grammar.rules_of_running import RUNNING, TALK

RULES: tuple[tuple[str, Reading], ...] = (
    *TALK,
    *MARKET_EARLY,
    *WHY,
    *RECORDS,
    *RUNNING,
    *COMPARED,
    *COSTS,
    *RISK,
    *TRADES,
    *PROFIT,
    *MARKET_LATE,
    *HELD,
    *STANDING,
)
"""Matched against the question without its span of time."""
