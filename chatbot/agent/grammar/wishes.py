"""Wishes to trade: "buy 50 dollars of bitcoin" becomes "/buy $50 BTC", which only previews. Nothing is done here."""

from __future__ import annotations

import re

from chatbot.agent.asked.wished import Lacks, SetStops, Unclear, WishToAct
from chatbot.agent.grammar.amounts import foreign_amount, spoken_amount
from chatbot.agent.grammar.controls import alert_command, control

Wish = WishToAct | Unclear | SetStops

_POLITE = re.compile(
    r"^(?:please|pls|can (?:you|we|i)|could (?:you|we)|would you|will you|i (?:want|would like|need) (?:you )?to|"
    r"i wanna|i would like|we should|lets|let us|go ahead and|just|now|ok|okay|hey|hi|and|then|quickly|immediately|"
    r"purser|kindly|time to|help me(?: to)?|try to)\s+"
)
_SOME = (
    r"(?:\$|€|\d|some\b|more\b|another\b|a (?:bit|little|few)\b|half\b|one\b|two\b|five\b|ten\b|fifty\b|a hundred\b)"
)
_BUY = re.compile(
    r"^(?:(?:buy|purchase|acquire|invest|accumulate|long|go long|load up on|scoop(?: up)?)\b(?! (?:and|n) hold)"
    rf"|(?:get|grab)(?: me| us)? {_SOME}|(?:add|pick up|stack|ape) {_SOME}|ape into|(?:put|throw|stick|spend"
    rf"|use)\b.+\b(?:in"
    rf"|into|on|to buy)\b"
    r"|increase (?:my|our)|market buy)"
)
_SELL = re.compile(
    r"^(?:sell|dump|offload|cash out|get rid of|unload|trim|ditch|reduce (?:my|our)|liquidate|market sell"
    r"|take (?:some )?profits? (?:on|in|from))\b"
)
_CLOSE = re.compile(r"^(?:close|exit|get (?:me |us )?out of|(?:i )?want out of)\b")
_EVERYTHING = re.compile(
    r"^(?:flatten|liquidate)(?: (?:all|everything|the (?:book|portfolio)|my (?:book|portfolio)))?$"
    r"|^(?:close|exit|sell|dump|liquidate|flatten|cash out) (?:out )?(?:of )?(?:all|everything|it all|the lot"
    r"|every position)"
    r"(?: (?:my |our |the |of |open )*(?:positions?|coins?|holdings?|trades?|it|them|crypto))?(?: now| at market)?$"
    r"|^(?:go|get) (?:all )?(?:to|into) cash$|^go flat$|^(?:close|sell) (?:my|our|the) (?:whole"
    r"|entire) (?:portfolio|book)$"
)
_EXCEPT = re.compile(r"\b(?:except|but not|apart from|other than|besides|all but)\b")
_WAITS = re.compile(r"\b(?:if|when|once|unless|until|as soon as|in case|whenever)\b")
_LIMIT = re.compile(r"\blimit\b|\bat \$?\d+(?:\.\d+)?k?(?! ?%)\b(?!\s*(?:dollars|usd|bucks)? (?:of|worth))")
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|next (?:week|month)|every|each (?:day|week|month)|daily|weekly|monthly|dca)\b"
)
_SWAP = re.compile(r"^(?:swap|convert|exchange|rotate|trade|switch)\b.+\b(?:for|to|into)\b")
_OF_ALL = re.compile(r"\bof (?:my |our |the )?(?:whole |total |entire )?(?:portfolio|equity|account|net worth)\b")

NOT_LATER = "I place nothing for later, or again and again. Say it when it is time."
NOT_WAITING = "Orders here go out at the market's price, and none waits for one. I can tell you of the price:"
ONE_BY_ONE = "One order at a time: sell first, then buy."
OF_CASH = "A share of a purchase is of free cash, not of the whole. As a share of cash:"


def wish(normal: str, symbols: tuple[str, ...]) -> Wish | None:
    """What `normal` wishes, as the command that previews it; None when nothing is wished."""
    text = _plain(normal)
    found = control(text, symbols)
    if found is not None:
        return found
    if _EXCEPT.search(text) and (_SELL.search(text) or _CLOSE.search(text) or _EVERYTHING.search(text)):
        return Unclear(Lacks.HELD_COIN, "/close {}")
    if _EVERYTHING.search(text) and not symbols:
        return WishToAct("/flatten")
    return _trade(text, symbols)


def _trade(text: str, symbols: tuple[str, ...]) -> Wish | None:
    if _SWAP.search(text):
        return _swap(text, symbols)
    buying, selling, closing = (pattern.search(text) for pattern in (_BUY, _SELL, _CLOSE))
    if not (buying or selling or closing):
        return None
    if _WAITS.search(text) or _LIMIT.search(text):
        return _waiting(text, symbols)
    if _LATER.search(text):
        return WishToAct("", NOT_LATER)
    if buying:
        return _order("/buy", text, symbols)
    return _sale(text, symbols) if selling else _close(symbols)


def _plain(normal: str) -> str:
    text = normal
    while (shorter := _POLITE.sub("", text)) != text:
        text = shorter
    return text


def _order(command: str, text: str, symbols: tuple[str, ...]) -> Wish:
    foreign = foreign_amount(text)
    if foreign is not None and symbols:
        return Unclear(Lacks.CURRENCY, f"{command} {foreign[0]} {{}} {symbols[0]}", foreign[1])
    amount = spoken_amount(text)
    if not symbols:
        return Unclear(Lacks.COIN, f"{command} {amount} {{}}" if amount else f"{command} {{}}")
    if amount is None:
        return Unclear(Lacks.SHARE, f"{command} {{}} {symbols[0]}")
    first, *others = (f"{command} {amount} {symbol}" for symbol in symbols)
    if _OF_ALL.search(text) and command == "/buy":
        return WishToAct("", OF_CASH, (first, *others))
    return WishToAct(first, others=tuple(others))


def _sale(text: str, symbols: tuple[str, ...]) -> Wish:
    """ "sell my eth" means all of it; what is sold is held."""
    if not symbols:
        amount = spoken_amount(text)
        return Unclear(Lacks.HELD_COIN, f"/sell {amount} {{}}" if amount else "/sell {}")
    if spoken_amount(text) is None and re.search(r"\b(?:my|our|the|dump|liquidate|ditch|rid of|cash out)\b", text):
        first, *others = (f"/sell all {symbol}" for symbol in symbols)
        return WishToAct(first, others=tuple(others))
    return _order("/sell", text, symbols)


def _close(symbols: tuple[str, ...]) -> Wish:
    if not symbols:
        return Unclear(Lacks.HELD_COIN, "/close {}")
    first, *others = (f"/close {symbol}" for symbol in symbols)
    return WishToAct(first, others=tuple(others))


def _swap(text: str, symbols: tuple[str, ...]) -> Wish | None:
    """From one coin to another in two orders; from cash, a purchase."""
    amount = spoken_amount(text)
    if len(symbols) >= 2:
        return WishToAct("", ONE_BY_ONE, (f"/sell {amount or 'all'} {symbols[0]}",))
    if not symbols:
        return None
    to_cash = re.search(r"\b(?:to|for|into) (?:cash|usd|usdt|usdc|dollars)\b", text)
    return _sale(f"{text} my", symbols) if to_cash else _order("/buy", text, symbols)


def _waiting(text: str, symbols: tuple[str, ...]) -> Wish:
    """An order that would wait for a price: told of it instead."""
    command = alert_command(text, symbols[0]) if symbols else None
    return WishToAct("", NOT_WAITING, (command,) if command else ())
