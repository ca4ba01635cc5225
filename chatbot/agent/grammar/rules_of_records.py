"""Words about what was done: why, orders, trades."""

from __future__ import annotations

from chatbot.agent.grammar import record_readings as read
from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.patterns import SELF, any_of

WHY: tuple[tuple[str, Reading], ...] = (
    (
        r"\bwhy\b.*\b(?:allocation|weights?|so much|so little|so few|this plan|heavy|overweight"
        r"|underweight|concentrated)\b",
        read.plan,
    ),
    (r"\bwho (?:sold|bought|approved|decided|pressed|authori[sz]ed|asked for|ordered)\b", read.why),
    (
        r"\b(?:why|reason|how come|what happened)\b.*\b(?:reject\w*|refus\w*|blocked|denied|fail\w*|declined"
        r"|not (?:fill(?:ed)?|executed?|approved?|accepted|go(?:ne)? through))\b"
        r"|\b(?:rejected|refused|failed|blocked|declined) (?:orders?|trades?)\b|\brejections?\b|\brefusals?\b"
        r"|\b(?:was|were|is|are|did) .*\b(?:rejected|refused)\b",
        read.refusals,
    ),
    (
        r"\b(?:why|how come)\b.*\b(?:not|no|never|stopped|is nothing|nothing)\b.*"
        r"\b(?:trad(?:e|es|ed|ing)|buy(?:ing)?|bought|sell(?:ing)?|sold|do(?:ing)?|happen\w*|order\w*)\b"
        r"|\bwhy (?:so few|no|are there no) (?:trades|orders)\b",
        read.no_trades,
    ),
    (r"\bwhat caused\b|\bwhy\b.*\b(?:draw ?down|biggest (?:fall|drop|loss))\b", read.caused),
    (
        r"\b(?:why|how come) (?:is|are|am|has|have|did)\b.*"
        r"\b(?:up|down|falling|dropping|rising|drop|fall|rise|pumping|dumping|crash(?:ed|ing)?|red|green|losing"
        r"|lost|making)\b",
        read.moved,
    ),
    (
        any_of(
            "why",
            "reasons?",
            "reasoning",
            "rationale",
            "what made (?:you|us)",
            "what was the (?:idea|thinking)",
            "how come",
            "explain",
        ),
        read.why,
    ),
    (r"\bconfiden(?:ce|t)\b|\bhow (?:sure|certain)\b", read.why),
)
RECORDS: tuple[tuple[str, Reading], ...] = (
    (
        r"\b(?:has|have|did|is|was|what happened (?:to|with))\b.*\b(?:last|latest|newest|recent|my|our)\b.*\borders?\b"
        r"|\b(?:status|state) of (?:my|our|the)(?: last| latest)? order\b|^(?:last|latest|newest) order(?: status"
        r"| filled)?$"
        r"|\b(?:order|it) (?:filled|gone through|go through|execute)\b",
        read.last_order,
    ),
)
TRADES: tuple[tuple[str, Reading], ...] = (
    (
        any_of("win ?(?:rate|ratio)", "profit factor", "wins (?:and|vs|or|to) losses", "hit rate", "win loss"),
        read.ratio,
    ),
    (
        any_of(
            "(?:average|profit|return|made|gain) per (?:trade|sale)",
            "average (?:win|loss|trade|winner|loser|profit|gain)",
            "avg (?:win|loss)",
            "expectancy",
        ),
        read.ratio,
    ),
    (
        r"\bhow many (?:of (?:my|our) )?(?:wins|losses|winners|losers|winning|losing|(?:trades|sales) (?:won|lost"
        r"|made money))\b",
        read.ratio,
    ),
    (
        r"\b(?:which|what|by|per|each)\b.*\b(?:coins?|assets?|tokens?|symbols?)\b.*"
        r"\b(?:made|earned|lost|profit\w*|pnl|cost|gained|winner|loser)\b"
        r"|\b(?:profit|pnl|gains?|loss(?:es)?|breakdown)\b.*\b(?:by|per|each) (?:coin|asset|token|symbol)\b"
        r"|\b(?:most|least) profitable\b|\b(?:made|lost) (?:us |me )?(?:the )?most\b|\bbreakdown\b",
        read.by_symbol,
    ),
    (
        r"\b(?:pnl|profit|made|make|earn\w*|return)\b.*\blast (?:\d+|ten|five|twenty|three) (?:trades|sales|fills)\b"
        r"|\blast (?:\d+|ten|five|twenty|three) (?:trades|sales|fills)\b.*\b(?:make|made|earn\w*|bring|lose|lost"
        r"|realized?)\b",
        read.last_trades_profit,
    ),
    (
        any_of(
            *("trad(?:e|es|ed)", "trading(?! at)", "transactions?", "execut(?:ed|ions?)", "fill(?:s|ed)?"),
            *("bought", "sold", "buys", "sells", "purchases?", "sales?", "happen(?:ed)?"),
            "(?:trade|trading|order|my|our|full|recent|account) (?:history|activity)",
            "(?:last|latest|newest|recent) (?:buy|sell|sale|purchase|order)",
            rf"did (?:{SELF}) (?:just |last |ever )?(?:buy|sell|purchase|enter|exit)",
            rf"what did (?:{SELF}) do",
            "(?:my |our |last |recent )+orders?",
            "(?:biggest|largest|best|worst) (?:win|loss)(?:es|s)?(?= ever|$)",
        ),
        read.our_trades,
    ),
)
