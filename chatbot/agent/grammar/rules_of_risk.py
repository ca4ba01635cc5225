"""Words about risk, about costs, and about how we did against holding."""

from __future__ import annotations

from chatbot.agent.grammar import risk_readings as read
from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.patterns import any_of

COMPARED: tuple[tuple[str, Reading], ...] = (
    (
        r"\bwhat if (?:i|we|you)\b|\bwhat (?:would|will|happens) .*\bif (?:i|we|you) (?:buy|bought|sell|sold)\b"
        r"|\bwhat (?:would|does|will) it cost (?:me |us )?to (?:buy|sell)\b",
        read.what_if,
    ),
    (
        any_of(
            *(
                "vs",
                "versus",
                "against",
                "benchmarks?",
                "beat",
                "beats",
                "beating",
                "beaten",
                r"outperform\w*",
                "hodl\\w*",
            ),
            *(r"underperform\w*", r"compar\w+", "lagging", "(?:buy|buying) (?:and|n) hold", "ahead or behind"),
            also=(
                r"\b(?:we|i|us|portfolio)\b.*\b(?:ahead|behind)\b",
                r"\b(?:ahead of|behind) (?:btc|eth|bitcoin|ethereum|ether|the market)\b",
                r"\b(?:ahead|behind)\b.*\b(?:we|i|us)$",
                r"\b(?:better|worse|more|less|faster)\b.*"
                r"\b(?:btc|eth|bitcoin|ethereum|ether|holding|hold|market|just)\b",
            ),
        ),
        read.compare,
    ),
)
COSTS: tuple[tuple[str, Reading], ...] = (
    (
        any_of("slippage", "(?:running|total|model|api|llm|ai) costs?", "tokens? (?:cost|spent)", "spread costs?"),
        read.costs,
    ),
    (any_of("fees?", "commissions?", "trading costs?", "costs? (?:us|me)", "paid in trading"), read.fees),
    (r"\bcosts?\b", read.our_costs),
)
RISK: tuple[tuple[str, Reading], ...] = (
    (
        any_of(
            *("exposure", "exposed", "how invested", "invested", "leveraged", "how much (?:is|am i|are we) invested"),
            "in the market",
        ),
        read.exposure,
    ),
    (
        any_of("(?:stops?|stop-? ?loss(?:es)?)", "targets?", "take-? ?profits?", "unprotected", "protected"),
        read.stops,
    ),
    (
        any_of(
            *(r"draw ?downs?", "sharpe", "sortino", r"volatil\w*", r"risk\w*", "beta", "deepest", "calmar", "var"),
            *("(?:worst|biggest|largest|deepest|max(?:imum)?) (?:fall|drop|dip|decline|loss from peak)",),
            "value at risk",
            "(?:worst|bad) day",
        ),
        read.risk,
    ),
)
