"""Words about profit, about what is held, and about how we stand."""

from __future__ import annotations

from chatbot.agent.grammar import money_readings as read
from chatbot.agent.grammar.heard import Reading
from chatbot.agent.grammar.patterns import US, any_of

PROFIT: tuple[tuple[str, Reading], ...] = (
    (
        r"\b(?:largest|biggest|smallest|worst|best|top)\b.*"
        r"\b(?:assets?|positions?|holdings?|performer|performing|winner|loser|bag|bags)\b"
        r"|\b(?:my|our) (?:largest|biggest|smallest)(?: one)?$",
        read.picked,
    ),
    (
        any_of(
            *("pnl", "profits?", "profitable", "earn(?:ed|ings?)?", "made", "make", "gain(?:ed|s)?", "loss(?:es)?"),
            *(
                "richer",
                "poorer",
                "lost",
                "lose",
                "losing",
                "returns?",
                "up or down",
                "in the (?:green|red|black)",
                "roi",
                "income",
                "grown",
                "grew",
                "growth",
            ),
            *(
                "are (?:we|you) (?:up|down)",
                "am i (?:up|down)",
                "(?:are we|am i) (?:up|down)",
                "realized",
                "unrealized",
            ),
        ),
        read.our_profit,
    ),
)
HELD: tuple[tuple[str, Reading], ...] = (
    (
        r"\b(?:largest|biggest|smallest|worst|best|top)\b.*"
        r"\b(?:assets?|positions?|holdings?|coins?|performer|performing|winner|loser|bag)\b",
        read.picked,
    ),
    (
        any_of(
            "(?:free |available |spare )?cash", "buying power", "(?:usd|dollar) balance", "dry powder", "how liquid"
        ),
        read.cash,
    ),
    (
        any_of(
            *(
                "total (?:portfolio |account )?(?:value|balance)",
                "portfolio (?:value|worth)",
                "equity",
                "net worth",
                "status",
            ),
            *(
                "summary",
                "current state",
                "how much money",
                "how do (?:we|i) stand",
                "(?:am i|are we) worth",
                "overview",
            ),
            *(
                "how much is (?:my|our|the) (?:portfolio|account|book)",
                "account value",
                "nav",
                "worth in total",
                "(?:account|portfolio|book) worth",
            ),
        ),
        read.doing,
    ),
    (
        any_of(
            "thesis",
            "view of the market",
            "outlook",
            "market view",
            "regime",
            "(?:gpt|model|ai|bot|decider|allocator) (?:say|said|think|thinks|thinking)",
        ),
        read.thesis,
    ),
    (
        r"\bwhat (?:are|do) you think(?:ing)? (?:of|about) (?:the |this )?(?:market|crypto|btc|eth|bitcoin|ethereum)\b",
        read.thesis,
    ),
    (any_of("curve"), read.performance),
    (r"\bhow (?:is|has|did|was)\b.*\b(?:do|doing|done|going|look\w*|perform\w*)\b", read.coin_doing),
    (any_of("perform(?:ance|ed|ing)?", "track record"), read.performance),
)
STANDING: tuple[tuple[str, Reading], ...] = (
    (
        rf"\bhow (?:is|am|are|has|have|did|was|were) (?!you\b){US}\b.*\b(?:do|doing|done|did|going|go|so far|been"
        rf"|looking)\b"
        rf"|\bhow (?:is|are|did|was) {US}(?: going)?$|^(?:any )?(?:update|updates)$|^how (?:are )?we doing",
        read.doing,
    ),
    (
        any_of(
            *(
                "hold(?:s|ing|ings)?",
                "held",
                "own(?:s|ed)?",
                "positions?",
                "portfolio",
                "balances?",
                "allocat(?:ed|ion)",
            ),
            *(
                "assets?",
                "bags?",
                "(?:i|we|you) (?:still |currently )?(?:have|got)",
                "what is in",
                "my (?:coins?|stack|account)",
                "stack",
            ),
            "composition",
        ),
        read.holdings,
    ),
    (r"\bhow (?:much|many)\b", read.coin_doing),
    (r"^(?:what (?:is|about) |how about |how is )?(?:the |my |our )?[\w/]+(?: now| today)?$", read.coin_alone),
)
