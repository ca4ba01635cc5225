"""From a question whose kind is known to its query; None when it is not about us after all."""

from __future__ import annotations

import re

from chatbot.agent.heard import Heard
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    DrawdownRisk,
    Fees,
    Holdings,
    Only,
    Pick,
    PriceAsked,
    Profit,
    Query,
    Ratio,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    TradesAsked,
    Why,
)
from trading.domain.order import Side

_BOUGHT = r"\b(?:buy|bought|buys|buying|purchased?|enter|entered|entry|open|opened|hold|holding)\b"
_SOLD = r"\b(?:sell|sold|sells|selling|exit|exited|close|closed|dump|dumped)\b"
_DEED = (
    r"\b(?:trade[ds]?|trading|buy|bought|sell|sold|enter(?:ed)?|exit(?:ed)?|hold|holding|closed?|dump(?:ed)?|"
    r"rebalance[ds]?)\b"
)
_PICKS = (
    (Pick.WORST, r"\bworst\b|\bbiggest (?:loser|loss)\b|\blosing\b"),
    (Pick.BEST, r"\bbest\b|\bwinner\b|\btop perform|\bbiggest gain"),
    (Pick.LARGEST, r"\b(?:largest|biggest|main|top|most)\b"),
    (Pick.SMALLEST, r"\b(?:smallest|least)\b"),
)
_BEYOND = (
    ("beta", r"\bbeta\b"),
    ("the cause of a fall", r"\bcaused?\b|\bbecause\b"),
    ("the Sortino ratio", r"\bsortino\b"),
    ("the Calmar ratio", r"\bcalmar\b"),
)


def compare(heard: Heard) -> Query | None:
    """The benchmark that is named, or both; of other coins there is no comparison."""
    named = {base for base in heard.mentions.symbols if base in (Benchmark.BTC, Benchmark.ETH)}
    if len(named) == 1:
        return Compare(Benchmark(named.pop()), heard.window)
    about_us = heard.ours and (bool(named) or not heard.mentions.symbols)
    return Compare(Benchmark.BOTH, heard.window) if about_us else None


def our_trades(heard: Heard) -> Query | None:
    """Trades, where nothing else is known by the same word ("paper trading", "a history of Rome")."""
    return trades(heard) if heard.ours and not heard.has(r"\bpaper\b") else None


def trades(heard: Heard) -> Query:
    losing, winning = heard.has(r"\blos(?:ing|ses|ers?|t)\b|\bworst\b"), heard.has(r"\bwin(?:ning|s|ners?)?\b|\bbest\b")
    only = None if losing == winning else Only.LOSSES if losing else Only.WINS
    count = re.search(r"\b(?:last|latest|recent|newest) (\d{1,2}) ", heard.rest)
    return TradesAsked(heard.window, heard.symbol, side(heard), only, int(count[1]) if count else None)


def side(heard: Heard) -> Side | None:
    bought, sold = heard.has(_BOUGHT), heard.has(_SOLD)
    return None if bought == sold else Side.BUY if bought else Side.SELL


def why(heard: Heard) -> Query | None:
    """Why a trade happened; None where "why" is about the world."""
    bare = heard.has(r"^why(?: (?:that|this|so))?$|\bconfidence\b|\brationale\b|\breasons?(?: why)?$")
    about_us = heard.symbol is not None or bare or (heard.ours and heard.has(_DEED)) or heard.has(r"\blast trade\b")
    return Why(heard.symbol, side(heard)) if about_us else None


def moved(heard: Heard) -> Query | None:
    """ "why is BTC down": what is known is by how much."""
    if heard.symbol:
        return PriceAsked(heard.symbol)
    return Profit(heard.window) if heard.ours else None


def profit(heard: Heard) -> Query:
    ratio = next((ratio for ratio in Ratio if ratio.value in heard.rest), None)
    return Profit(heard.window, heard.symbol, ratio)


def our_profit(heard: Heard) -> Query | None:
    return profit(heard) if heard.ours else None


def risk(heard: Heard) -> Query | None:
    """The figures we keep; what was asked beyond them is named."""
    beyond = next((name for name, pattern in _BEYOND if heard.has(pattern)), "")
    return DrawdownRisk(heard.window, beyond) if heard.ours else None


def fees(heard: Heard) -> Query | None:
    return Fees(heard.window) if heard.ours or heard.has(r"\bpaid\b") else None


def holdings(heard: Heard) -> Query | None:
    pick = next((pick for pick, pattern in _PICKS if heard.has(pattern)), None)
    return Holdings(heard.symbol, pick) if heard.ours else None


def movers(heard: Heard) -> Query | None:
    """The day's movers; without a span "my best coin" is a matter of cost, not of the day."""
    ours = heard.has(r"\b(?:my|our|we|i)\b")
    return None if ours and heard.window is None else PriceAsked(held=ours)


def price(heard: Heard) -> Query | None:
    return PriceAsked(heard.symbol) if heard.symbol else None


def doing(heard: Heard) -> Query | None:
    """ "how are we doing": over a span the comparison, otherwise the status; of one coin its position."""
    if heard.symbol:
        return compare(heard) if heard.window and heard.symbol in (Benchmark.BTC, Benchmark.ETH) else coin_doing(heard)
    if not heard.ours:
        return None
    return Compare(Benchmark.BOTH, heard.window) if heard.window else StatusAsked()


def coin_doing(heard: Heard) -> Query | None:
    return Holdings(heard.symbol) if heard.symbol else None


def coin_facts(heard: Heard) -> Query | None:
    """What a position is worth, its cost, its exits; "what is BTC worth", without us, is its price."""
    of_market = heard.has(r"\bworth\b") and not heard.has(r"\b(?:my|our|we|i)\b")
    return None if of_market else coin_doing(heard)


def performance(heard: Heard) -> Query | None:
    return doing(heard) if heard.symbol else Compare(Benchmark.BOTH, heard.window) if heard.ours else None


def chart(heard: Heard) -> Query | None:
    return price(heard) or performance(heard)


def schedule(heard: Heard) -> Query | None:
    return ScheduleAsked() if heard.ours or heard.has(r"\brebalanc|\btrad(?:e|er|ing)\b") else None


def thesis(heard: Heard) -> Query:
    return ThesisAsked()
