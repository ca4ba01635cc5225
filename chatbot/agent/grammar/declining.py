"""What is declined, by the words that ask for it; matched against the whole question, the first that matches."""

from __future__ import annotations

from chatbot.agent.asked.refused import Topic
from chatbot.agent.grammar.patterns import any_of

_MOVES = "go|rise|fall|drop|moon|pump|crash|reach|hit"

_MONEY = r"(?:funds?|money|coins?|cash|assets?|eth|btc|sol|usd|usdc|usdt|crypto)"
_AS_ORDER = r"(?!.{0,12}\b(?:stops?|targets?|positions?|price|up|down)\b)"
CUSTODY = any_of(
    r"(?:move|moved|moving|send|sent|transfer\w*|bridge|bridged|lend|lent|borrow(?:ed)?) "
    rf"(?:\$?[\d.]+k? |all |some |some of |half |a )*(?:my |our |the |your )?{_MONEY}\b{_AS_ORDER}",
    *(r"withdraw\w*", r"deposit\w*", "staking", "stake", "staked", "yield", "apy", "airdrops?", "lending", "farming"),
    *("bridging", "gas fees?", "on-?chain", "seed phrase", "my wallet", "wallets?", "hardware wallet"),
)
"""Asked before what is traded is looked at: moving money to a lender is no trade in the lender's coin."""

LEVERAGE = any_of(
    *("leverage", "margin", r"\d+x", "futures", "perps?", "perpetuals?", "liquidation price"),
    *("short(?:ing|ed)?", "go short"),
)
"""Asked before a wish is read: an order without its leverage is another order."""

MONEY_MATTERS = any_of(
    *(
        "buy",
        "sell",
        "hold",
        r"trad\w+",
        r"invest\w*",
        r"rebalanc\w+",
        "money",
        "cash",
        "coins?",
        "crypto",
        "markets?",
        "split",
    ),
    *(
        "portfolio",
        "bots?",
        "positions?",
        "stops?",
        r"risk\w*",
        "fees?",
        "profits?",
        "loss(?:es)?",
        r"allocat\w+",
        "adjust",
    ),
    *("draw ?downs?", "hedge", r"diversif\w+", "time to", "dollars?", "usd", "settings?", "limits?", r"strateg\w+"),
    also=(r"[$€£]",),
)
"""What advice on these is declined as advice; any other is off topic."""

DECLINED: tuple[tuple[Topic, str], ...] = (
    (
        Topic.SECRETS,
        any_of(
            *("api ?keys?", "passwords?", "private keys?", "secrets?", "bot token", "system prompt", "credentials"),
            r"(?:ignore|forget|disregard) (?:all |any )?(?:your |the |previous |prior |earlier )+"
            r"(?:instructions?|rules|prompt)",
        ),
    ),
    (Topic.VOTES, any_of("experts?", "votes?", "voted", "ensemble", "which model", "consensus")),
    (
        Topic.ADVICE,
        any_of(
            "should (?:i|we|you)",
            "how (?:can|do|could|would|should|might) (?:i|we) (?:reduce|improve|increase|lower|avoid|fix|protect|invest"
            "|adjust|allocate|hedge|split|diversify)",
            "what (?:should|would you|can) (?:i|we|you)? ?(?:adjust|recommend|change|buy|sell|suggest|improve)",
            *(
                "good (?:time|idea|buy) to",
                "good buy",
                "recommend(?:ation)?s?",
                "advi[cs]e",
                "worth buying",
                "allocate",
            ),
            *("time to (?:buy|sell)", "which coins? (?:to|should) (?:buy|sell)", "what to (?:buy|sell)", "any tips?"),
            r"(?:buy|sell) \w+ or \w+",
        ),
    ),
    (
        Topic.FORECAST,
        any_of(
            *("predict(?:ion)?s?", "forecasts?", "price target", "bull(?:ish)?", "bear(?:ish)?"),
            *(rf"going to (?:{_MOVES})", "bull run", "bear market", "next bitcoin"),
            *("100x", "(?:when|to the) moon", "moon(?:ing|shot)"),
            also=(
                rf"\b(?:will|gonna|would|could)\b.*\b(?:{_MOVES}|be worth|recover)\b",
                r"\b(?:tomorrow|next (?:week|month|year))$",
                r"\bwill (?:i|we|it|you|my|our)\b.*\b(?:make|earn|lose|profit|have|worth|grow|end)\b",
            ),
        ),
    ),
    (Topic.PATTERNS, any_of("patterns?", "fibonacci", "elliott", "head and shoulders", "trend ?lines?")),
    (
        Topic.NEWS,
        any_of(
            *("news", "headlines?", "sentiment", "fear (?:and|n) greed", "tweets?", "twitter", "reddit", "whales?"),
            *("funding rates?", "halving", "etf flows?", "regulations?", "elon"),
        ),
    ),
    (
        Topic.DEPTH,
        any_of(
            *("order ?books?", "depth", "liquidity", "open interest", "market ?cap(?:itali[sz]ation)?", "dominance"),
            *("bid", "ask price", "bid ask", "tvl", "circulating supply", "hash ?rate"),
        ),
    ),
    (Topic.TAXES, any_of("tax(?:es)?", "1099", "capital gains", "irs", "accountant")),
    (Topic.LEVERAGE, LEVERAGE),
)
