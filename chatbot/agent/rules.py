"""The tables of the grammar: what is declined, and which words ask for what. The first match decides."""

from __future__ import annotations

from collections.abc import Callable

from chatbot.agent import readings
from chatbot.agent.heard import Heard
from chatbot.agent.queries import Explain, Help, Pending, Query, Topic

Reading = Callable[[Heard], Query | None]


def _any(*words: str, also: tuple[str, ...] = ()) -> str:
    """A pattern for any of `words` as whole words; `also` are patterns of their own."""
    whole = [rf"\b(?:{'|'.join(words)})\b"] if words else []
    return "|".join([*whole, *also])


_MOVES = "go|rise|fall|drop|moon|pump|crash|reach|hit"
_SELF = "you|we|i|it|the bot"
_US = r"(?:i|we|my|our|us|me|it|things|the bot|(?:my|our|the|your) (?:portfolio|bot|account|money|funds|book))"

DECLINED: tuple[tuple[Topic, str], ...] = (
    (Topic.ALERT, _any("(?:alert|notify|remind|ping|warn) (?:me|us)", "set (?:an? )?(?:price )?alert")),
    (
        Topic.EXITS,
        r"^(?:please |can you )?(?:set|move|change|raise|lower|tighten|cancel|remove|add|put)\b.*"
        r"\b(?:stops?|stop-?loss|take-?profit|targets?|trailing)\b",
    ),
    (Topic.CANCEL, r"^(?:please |can you )?cancel\b"),
    (
        Topic.REFUSALS,
        r"\bwhy\b.*\b(?:rejected|refused|blocked|denied|fail(?:ed)?|not (?:fill(?:ed)?|executed?|approved?))\b",
    ),
    (Topic.LIMITS, _any("limits?", "max(?:imum)? (?:order|position|trade) size", "settings?", "config(?:uration)?")),
    (Topic.LOGS, _any("logs?", "error messages?")),
    (
        Topic.ADVICE,
        _any(
            "should (?:i|we|you)",
            "how (?:can|do|could|would) (?:i|we) (?:reduce|improve|increase|lower|avoid|fix|protect|invest|adjust)",
            "what (?:should|would you|can) (?:i|we|you)? ?(?:adjust|recommend|change|buy|sell|suggest|improve)",
            "good (?:time|idea) to",
            "recommend(?:ation)?s?",
            "advi[cs]e",
            "worth buying",
            "allocate",
        ),
    ),
    (
        Topic.FORECAST,
        _any(
            "predict(?:ion)?s?",
            "forecasts?",
            "price target",
            "bull(?:ish)?",
            "bear(?:ish)?",
            rf"going to (?:{_MOVES})",
            also=(rf"\bwill\b.*\b(?:{_MOVES}|be worth|recover)\b",),
        ),
    ),
    (
        Topic.INDICATOR,
        _any(
            *("rsi", "macd", "sma", "ema", "atr", "bollinger", "moving average", "indicators?", "trending", "choppy"),
            *("overbought", "oversold", "support", "resistance", "fibonacci", "patterns?", "sentiment", "funding rate"),
        ),
    ),
    (
        Topic.DEPTH,
        _any(
            *("volume", "order ?book", "depth", "liquidity", "open interest", "market cap", "dominance"),
            *("bars", "ohlc", "bid", "ask price"),
        ),
    ),
)
"""What is declined, by the words that ask for it; matched against the whole question."""

RULES: tuple[tuple[str, Reading], ...] = (
    (
        _any(
            "what can (?:you|i) (?:do|ask)",
            "how does this work",
            also=(r"^(?:help|commands?|menu|hi|hello|hey)(?: there| purser)?$",),
        ),
        lambda heard: Help(),
    ),
    (r"\bmarkets? (?:is |are )?(?:open|closed?)\b", lambda heard: Explain("market hours")),
    (
        r"\bwhy\b.*\b(?:not|no|never|stopped)\b.*\b(?:trad(?:e|es|ing)|buy(?:ing)?|sell(?:ing)?|do(?:ing)?)\b"
        r"|\bwhy (?:so few|no) trades\b",
        readings.schedule,
    ),
    (
        r"\bwhy (?:is|are|am|has|have|did)\b.*"
        r"\b(?:up|down|falling|dropping|rising|drop|fall|rise|pumping|dumping|crash(?:ed|ing)?)\b",
        readings.moved,
    ),
    (
        _any("why", "reasons?", "rationale", "what made (?:you|us)", "what was the (?:idea|thinking)", "how come"),
        readings.why,
    ),
    (
        _any(
            *(
                "pending",
                "approvals?",
                "to approve",
                "open orders?",
                "unfilled",
                "(?:anything|something|what is) waiting",
            ),
            also=(
                r"\bwait(?:s|ing)?\b.*\b(?:me|us|approval|decision|answer|press)\b",
                r"\b(?:need|have|has)s?\b.*\b(?:to )?(?:approve|confirm)\b",
                r"\bcards?\b.*\b(?:open|wait)",
                r"^(?:approve|reject|confirm)\b",
            ),
        ),
        lambda heard: Pending(),
    ),
    (
        _any(
            *("next (?:rebalance|run|decision|trade|cycle)", "still trading", "what is the plan", "current plan"),
            *("last (?:plan|decision|rebalance)", "rebalanc(?:e|ing) schedule", "trading schedule"),
            also=(
                r"\bwhen\b.*\b(?:rebalanc\w+|trade|run|decide|report)",
                r"\b(?:bot|trader|trading|it|you|everything) (?:still )?"
                r"(?:running|alive|active|online|working|paused|halted|stopped)\b",
                r"\b(?:bot|trader|it|you) (?:still )?(?:on|up)$|^(?:what is )?next$",
                r"\b(?:is|are) .*\b(?:still running|alive|paused|halted)\b",
            ),
        ),
        readings.schedule,
    ),
    (
        _any(
            *(
                "vs",
                "versus",
                "against",
                "benchmarks?",
                "beat",
                "beats",
                "beating",
                r"outperform\w*",
                r"underperform\w*",
            ),
            *(r"compar\w+", r"hodl\w*", "lagging", "(?:buy|buying) (?:and|n) hold", "ahead or behind"),
            also=(
                r"\b(?:we|i|us|portfolio)\b.*\b(?:ahead|behind)\b",
                r"\b(?:ahead of|behind) (?:btc|eth|bitcoin|ethereum|ether|the market)\b",
                r"\b(?:ahead|behind)\b.*\b(?:we|i|us)$",
                r"\b(?:better|worse|more|less|faster)\b.*"
                r"\b(?:btc|eth|bitcoin|ethereum|ether|holding|hold|market|just)\b",
            ),
        ),
        readings.compare,
    ),
    (_any("fees?", "commissions?", "trading costs?", "costs? (?:us|me)"), readings.fees),
    (
        _any(
            *("drawdowns?", "sharpe", "sortino", r"volatil\w*", r"risk\w*", "beta", "deepest", "exposure", "calmar"),
            *("(?:worst|biggest) (?:fall|drop)", "how invested"),
        ),
        readings.risk,
    ),
    (_any("win ?(?:rate|ratio)", "profit factor", "wins and losses", "hit rate"), readings.profit),
    (
        _any(
            *("trad(?:e|es|ed)", "trading(?! at)", "transactions?", "execut(?:ed|ions?)", "fill(?:s|ed)?"),
            *("bought", "sold", "buys", "sells", "purchases", "sales", "happen(?:ed)?"),
            "(?:trade|trading|order|my|our|full|recent|account) (?:history|activity)",
            "(?:last|latest|newest|recent) (?:buy|sell|sale|purchase|order)",
            rf"did (?:{_SELF}) (?:just |last |ever )?(?:buy|sell|purchase|enter|exit)",
            rf"what did (?:{_SELF}) do",
            "(?:my |our |last |recent )+orders?",
        ),
        readings.our_trades,
    ),
    (
        _any(
            *("prices", "movers", "market summary", "how (?:is|are) (?:the )?(?:markets?|crypto|prices)"),
            also=(
                r"\b(?:best|worst|top|biggest)\b.*\b(?:coins?|cryptos?|movers?|gainers?|losers?|winners?|tokens?)\b",
                r"\bmarkets?\b.*\b(?:summary|overview|doing|look\w*)\b",
            ),
        ),
        readings.movers,
    ),
    (
        _any(
            *("pnl", "profits?", "profitable", "earn(?:ed|ings?)?", "made", "make", "gain(?:ed|s)?", "loss(?:es)?"),
            *("lost", "lose", "losing", "returns?", "up or down", "in the (?:green|red)"),
            *("are (?:we|you) (?:up|down)", "am i (?:up|down)", "(?:are we|am i) (?:up|down)"),
        ),
        readings.our_profit,
    ),
    (
        _any("percent(?:age)?", "worth", "average cost", "cost basis", "entry price", "weight", "stops?", "targets?"),
        readings.coin_facts,
    ),
    (
        _any(
            *("price", "quote", "trading at", "going (?:up|down)", "worth"),
            also=(
                r"\bhow much (?:is|does) (?:one |1 |a )?\S+(?: cost| worth| now| trading)*$",
                r"\b(?:is|are) .*\b(?:up|down|rising|falling)\b",
            ),
        ),
        readings.price,
    ),
    (
        r"\b(?:largest|biggest|smallest|worst|best|top)\b.*"
        r"\b(?:assets?|positions?|holdings?|coins?|performer|performing|winner|loser|bag)\b",
        readings.holdings,
    ),
    (
        _any(
            *("total (?:portfolio )?value", "portfolio (?:value|worth)", "equity", "net worth", "status", "overview"),
            *("summary", "current state", "how much money", "how do (?:we|i) stand", "(?:am i|are we) worth"),
            "how much is (?:my|our|the) portfolio",
        ),
        readings.doing,
    ),
    (_any("thesis", "view of the market", also=(r"\bwhat (?:are|do) you think(?:ing)?$",)), readings.thesis),
    (_any("charts?", "graph", "curve", "plot"), readings.chart),
    (r"\bhow (?:is|has|did|was)\b.*\b(?:do|doing|done|going)\b", readings.coin_doing),
    (_any("perform(?:ance|ed|ing)?"), readings.performance),
    (
        rf"\bhow (?:is|am|are|has|have|did|was|were) (?!you\b){_US}\b.*\b(?:do|doing|done|did|going|go|so far|been)\b"
        rf"|\bhow (?:is|are|did|was) {_US}(?: going)?$",
        readings.doing,
    ),
    (
        _any(
            *(
                "hold(?:s|ing|ings)?",
                "held",
                "own(?:s|ed)?",
                "positions?",
                "portfolio",
                "balances?",
                "allocat(?:ed|ion)",
            ),
            *("assets?", "bags?", "cash", "(?:i|we|you) (?:have|got)", "what is in", "my (?:coins?|stack|account)"),
            *("exposed", "invested"),
        ),
        readings.holdings,
    ),
    (r"\bhow (?:much|many)\b", readings.coin_doing),
    (r"^(?:what (?:is|about) |how about |how is )?(?:the |my |our )?[\w/]+$", readings.price),
)
"""Which words ask for what; matched against the question without its span of time."""
