"""Wishes to act: "buy 50 dollars of bitcoin" becomes "/buy $50 BTC", which only previews. Nothing is done here."""

from __future__ import annotations

import re

from chatbot.agent.queries import WishToAct

_POLITE = re.compile(
    r"^(?:please|pls|can (?:you|we|i)|could (?:you|we)|would you|will you|i (?:want|would like|need) (?:you )?to|"
    r"i wanna|we should|lets|let us|go ahead and|just|now|ok|okay|hey|hi|and|then|quickly|immediately|purser)\s+"
)
_BUY = re.compile(r"^(?:buy|purchase|acquire|get me|invest)\b(?! (?:and|n) hold)")
_SELL = re.compile(r"^(?:sell|dump|offload|cash out|get rid of)\b")
_CLOSE = re.compile(r"^(?:close|exit)\b")
_SWITCHES = (
    (re.compile(r"^(?:flatten|liquidate)\b|^(?:close|exit|sell|dump) (?:out )?(?:all|everything|it all|the lot)"
                r"(?: (?:my |our |the |open )*(?:positions?|coins?|holdings?|trades?))?(?: now)?$"), "/flatten"),
    (re.compile(r"^(?:halt|kill|kill ?switch)\b|^stop$"
                r"|^(?:stop|shut down) (?:all |the )?(?:trading|everything|bot|trader)"), "/halt"),
    (re.compile(r"^pause\b"), "/pause"),
    (re.compile(r"^(?:resume|unpause|restart|continue)\b(?: (?:the |all )?(?:trading|bot))?"), "/resume"),
    (re.compile(r"^rebalance\b(?! (?:when|at))|^run (?:a |the )?rebalance"), "/rebalance"),
)  # fmt: skip
_MONEY = re.compile(r"\$ ?(\d+(?:\.\d+)?k?)|(\d+(?:\.\d+)?k?) ?(?:usd|usdt|dollars?|bucks)\b")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?(?:%|percent\b)")
_PART = re.compile(r"\b(half|all|everything|max)\b")
_BARE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?k?)(?![\w.%])")

_UP_TO_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_BY_TEN = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UP_TO_TWENTY.split())}
_TENS = {word: 10 * value for value, word in enumerate(_BY_TEN.split(), start=2)}
_SPELLED = re.compile(
    rf"\b(?:(?:a|{'|'.join((*_SMALL, *_TENS))}|hundred|thousand)(?:[ -]|\b))*"
    rf"(?:{'|'.join((*_SMALL, *_TENS))}|hundred|thousand)\b"
)


def wish(normal: str, symbols: tuple[str, ...]) -> WishToAct | None:
    """The command that a wish names, previewed by the router; None when nothing is wished."""
    text = _plain(normal)
    for pattern, command in _SWITCHES:
        if pattern.search(text) and not (symbols and command == "/flatten"):
            return WishToAct(command)
    if _BUY.search(text):
        return _order("/buy", text, symbols)
    if _SELL.search(text):
        return _sale(text, symbols)
    if _CLOSE.search(text):
        return WishToAct(f"/close {symbols[0]}") if symbols else _missing("/close BTC", "which coin")
    return None


def _plain(normal: str) -> str:
    text = normal
    while (shorter := _POLITE.sub("", text)) != text:
        text = shorter
    return text


def _order(command: str, text: str, symbols: tuple[str, ...]) -> WishToAct:
    amount = _amount(text)
    if not symbols or amount is None:
        lacking = "how much" if symbols else "which coin" if amount else "which coin and how much"
        return _missing(f"{command} 50 {symbols[0] if symbols else 'BTC'}", lacking)
    return WishToAct(f"{command} {amount} {symbols[0]}")


def _sale(text: str, symbols: tuple[str, ...]) -> WishToAct:
    """ "sell my eth" means all of it."""
    if symbols and _amount(text) is None and re.search(r"\b(?:my|our|the)\b", text):
        return WishToAct(f"/sell all {symbols[0]}")
    return _order("/sell", text, symbols)


def _missing(example: str, lacking: str) -> WishToAct:
    return WishToAct("", f"Say {lacking}, for example {example}.")


def _amount(text: str) -> str | None:
    """The amount as the commands read it: "$50", "10%", "half", "0.01"."""
    words = _SPELLED.sub(lambda found: str(_number(found.group(0))), text)
    if found := _MONEY.search(words):
        return f"${found[1] or found[2]}"
    if found := _PERCENT.search(words):
        return f"{found[1]}%"
    if found := _PART.search(words):
        return "all" if found[1] in ("everything", "max") else found[1]
    found = _BARE.search(words)
    return found[1] if found else None


def _number(words: str) -> int:
    """ "two thousand five hundred" as 2500."""
    total, current = 0, 0
    for word in re.split(r"[ -]+", words.strip()):
        if word == "thousand":
            total, current = total + max(current, 1) * 1000, 0
        elif word == "hundred":
            current = max(current, 1) * 100
        else:
            current += _SMALL.get(word, _TENS.get(word, 0))
    return total + current
