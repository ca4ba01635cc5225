"""From a question about what was done to its query; None when it is not about us after all."""

from __future__ import annotations

import re

from chatbot.agent.grammar.amounts import in_digits
from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import (
    DrawdownRisk,
    LastOrder,
    LookUp,
    Only,
    Pick,
    PriceAsked,
    Profit,
    ProfitBySymbol,
    Query,
    Ratio,
    RefusalsAsked,
    RiskFigure,
    ScheduleAsked,
    TradesAsked,
    Why,
)
from trading.domain.order import Side

_BOUGHT = r"\b(?:buy|bought|buys|buying|purchased?|purchases|enter|entered|entry|open|opened|hold|holding)\b"
_SOLD = r"\b(?:sell|sold|sells|selling|sales?|exit|exited|close|closed|dump|dumped)\b"
_DEED = (
    r"\b(?:trade[ds]?|trading|buy|bought|sell|sold|enter(?:ed)?|exit(?:ed)?|hold|holding|closed?|dump(?:ed)?|"
    r"rebalance[ds]?|order(?:ed)?|position)\b"
)
_RATIOS = (
    (Ratio.PROFIT_FACTOR, r"\bprofit factor\b"),
    (Ratio.AVERAGE, r"\bper (?:trade|sale)\b|\baverage\b|\bavg\b|\bexpectancy\b"),
    (Ratio.WIN_RATE, r"\bwin ?(?:rate|ratio)\b|\bhit rate\b"),
)


def plan(heard: Heard) -> Query:
    """Why the shares are as they are: the newest plan tells."""
    return LookUp("/plan")


def refusals(heard: Heard) -> Query | None:
    return RefusalsAsked(heard.symbol) if heard.ours or heard.has(r"\borders?\b|\btrades?\b") else None


def no_trades(heard: Heard) -> Query | None:
    return ScheduleAsked() if heard.ours or heard.has(r"\btrad|\bbuy|\bnothing happen") else None


def caused(heard: Heard) -> Query | None:
    if not heard.has(r"\b(?:draw ?down|fall|drop|loss|losses|decline|dip)\b"):
        return None
    return DrawdownRisk(heard.window, (RiskFigure.CAUSE,))


def moved(heard: Heard) -> Query | None:
    """ "why is BTC down": what is known is by how much; why we are, by which coins."""
    if heard.symbol:
        return PriceAsked(heard.symbol, unexplained=True)
    return ProfitBySymbol(heard.window, Pick.WORST) if heard.ours else None


def why(heard: Heard) -> Query | None:
    """Why a trade happened; None where "why" is about the world."""
    bare = heard.has(
        r"^(?:but )?why(?: (?:that|this|so|not))?$|\bconfiden(?:ce|t)\b|\bhow (?:sure|certain)\b"
        r"|\brationale\b|\breasons?(?: why)?$"
    )
    deed = heard.has(_DEED)
    about_us = (heard.ours and deed) or heard.has(r"\blast (?:trade|order|buy|sale)\b")
    if heard.has(r"^explain\b") and not about_us:
        return None
    sure = heard.has(r"\bconfiden(?:ce|t)\b|\bhow (?:sure|certain)\b")
    return Why(heard.symbol, side(heard), heard.window, sure) if about_us or bare or heard.symbol is not None else None


def last_order(heard: Heard) -> Query | None:
    """What became of the newest one; many orders are a list."""
    return None if heard.has(r"\borders\b") else LastOrder(heard.symbol)


def ratio(heard: Heard) -> Query:
    asked = next((ratio for ratio, pattern in _RATIOS if heard.has(pattern)), Ratio.HOW_MANY)
    return Profit(heard.window, heard.symbol, asked)


def by_symbol(heard: Heard) -> Query | None:
    worst = heard.has(r"\blost\b|\bworst\b|\bleast\b|\bloser\b|\bloss(?:es)?\b|\bcost\b")
    return ProfitBySymbol(heard.window, Pick.WORST if worst else Pick.BEST)


def last_trades_profit(heard: Heard) -> Query:
    return Profit(count=_count(heard))


def our_trades(heard: Heard) -> Query | None:
    """Trades, where nothing else is known by the same word ("paper trading", "a history of Rome")."""
    return trades(heard) if heard.ours and not heard.has(r"\bpaper\b") else None


def trades(heard: Heard) -> Query:
    losing = heard.has(r"\blos(?:ing|ses|ers?|t|s)\b|\bworst\b")
    winning = heard.has(r"\bwin(?:ning|s|ners?)?\b|\bbest\b|\bprofitable\b|\bwon\b")
    only = None if losing == winning else Only.LOSSES if losing else Only.WINS
    return TradesAsked(heard.window, heard.symbol, None if only else side(heard), only, _shown(heard))


def _shown(heard: Heard) -> int | None:
    """How many are to be shown: "last 5 trades", "my best trade"."""
    return _count(heard) or (
        1 if heard.has(r"\b(?:last|latest|newest|best|worst|biggest|largest) (?:trade|win|loss|sale|buy)$") else None
    )


def _count(heard: Heard) -> int | None:
    found = re.search(
        r"\b(?:last|latest|recent|newest|top|best|worst) (\d{1,3})\b(?! ?(?:days?|hours?|weeks?|months?))",
        in_digits(heard.text),
    )
    return int(found[1]) if found else None


def side(heard: Heard) -> Side | None:
    bought, sold = heard.has(_BOUGHT), heard.has(_SOLD)
    return None if bought == sold else Side.BUY if bought else Side.SELL
