"""Wishes to trade: "buy 50 dollars of bitcoin" becomes "/buy $50 BTC", which only previews. Nothing is done here."""

from __future__ import annotations

import re

from chatbot.agent.asked.wished import Lacks, SetStops, Unclear, WishToAct
from chatbot.agent.grammar.amounts import foreign_amount, in_digits, spoken_amount
from chatbot.agent.grammar.coins import base_of
from chatbot.agent.grammar.controls import alert_command, control
from chatbot.agent.grammar.deeds import deeds_aside

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
    r"^(?:sell|dump|offload|cash out|get rid of|unload|trim|ditch|reduce\b"
    r"(?! (?:(?:my|our|the) )?(?:risk|exposure|draw ?down|fees|costs))|liquidate|market sell"
    r"|take (?:some )?profits? (?:on|in|from))\b"
)
_CLOSE = re.compile(r"^(?:close|exit|get (?:me |us )?out of|(?:i )?want out of)\b")
_EVERYTHING = re.compile(
    r"^(?:flatten|liquidate)(?: (?:all|everything|the (?:book|portfolio)|my (?:book|portfolio)))?$"
    r"|^(?:close|exit|sell|dump|liquidate|flatten|cash out|get rid of|get out of|ditch) (?:out )?(?:of )?"
    r"(?:all|everything|it all|the (?:whole )?lot"
    r"|every position)"
    r"(?: (?:my |our |the |of |open )*(?:positions?|coins?|holdings?|trades?|it|them|crypto))?(?: now| at market)?$"
    r"|^(?:go|get) (?:all )?(?:to|into) cash$|^go flat$|^(?:close|sell) (?:my|our|the) (?:whole"
    r"|entire) (?:portfolio|book)$"
)
_EXCEPT = re.compile(
    r"\b(?:except|but not|apart from|other than|besides)\b|\b(?:all|everything|every\w*|the rest)\b.*\bbut\b"
)
_WAITS = re.compile(r"\b(?:if|when|once|unless|until|as soon as|in case|whenever)\b")
_LIMIT = re.compile(r"\blimit\b|\bat \$?\d+(?:\.\d+)?k?(?! ?%)\b(?!\s*(?:dollars|usd|bucks)? (?:of|worth))")
_LATER = re.compile(
    r"\b(?:tomorrow|tonight|later|next (?:week|month)|every|each (?:day|week|month)|daily|weekly|monthly|dca)\b"
)
_AGAIN = re.compile(r"^(?:dca|auto-?invest|schedule|keep (?:buying|selling))\b")
_SWAP = re.compile(r"^(?:swap|convert|exchange|rotate|trade|switch)\b.+\b(?:for|to|into)\b")
_OF_ALL = re.compile(r"\bof (?:my |our |the )?(?:whole |total |entire )?(?:portfolio|equity|account|net worth)\b")

NOT_LATER = "I place nothing for later, or again and again. Say it when it is time."
NOT_WAITING = "Orders here go out at the market's price, and none waits for one. I can tell you of the price:"
ONE_BY_ONE = "One order at a time: sell first, then buy."
UNSURE = 'I am not sure what "{}" means there. Without it this would be:'
EACH_ALONE = "Several coins with an amount each: say one at a time, such as buy $50 of BTC."
TURNED = 'I am not sure what "{}" means there. Say what to trade and how much, such as sell half my ETH.'
_TURNED = frozenset({"but", "not", "no", "never", "without", "except", "unless", "instead", "rather", "than"})
"""Words that may mean the opposite: without them there is no command to offer."""
_EVERY = re.compile(r"\b(?:all|everything|every\w*|the (?:rest|lot))\b")
_JOINED = re.compile(r"\band\b|[,&+]|\bplus\b|\bboth\b")
WHICH_PART = "A share of free cash, or of one coin?"
COINS_OR_MONEY = "Coins, or money?"
_MOST_ASIDE = 40
_LONE_PART = re.compile(r"\b(?:half|third|quarter|thirds|quarters)\b(?! .*\b(?:cash|money|balance|funds|capital)\b)")
_COUNT_OF = re.compile(r"(?<![\w$€£.%])(\d+) (?:more |whole |full )?([a-z]+)\b")
OF_CASH = "A share of a purchase is of free cash, not of the whole. As a share of cash:"


def wish(normal: str, symbols: tuple[str, ...]) -> Wish | None:
    """What `normal` wishes, as the command that previews it; None when nothing is wished."""
    text = _plain(normal)
    found = control(text, symbols) or _meant(text, symbols)
    return None if found is None else _certain(found, text, symbols)


def _certain(found: Wish, text: str, symbols: tuple[str, ...]) -> Wish:
    """A command that says all that was said; one that leaves words aside is asked back before it is shown."""
    if not isinstance(found, WishToAct) or found.missing or not found.command:
        return found
    aside = deeds_aside(found.commands, text, symbols)
    if not aside:
        return found
    if _TURNED.intersection(aside):
        return WishToAct("", TURNED.format(" ".join(aside)[:_MOST_ASIDE]))
    return WishToAct("", UNSURE.format(" ".join(aside)[:_MOST_ASIDE]), found.commands)


def _meant(text: str, symbols: tuple[str, ...]) -> Wish | None:
    if _EXCEPT.search(text) and (_SELL.search(text) or _CLOSE.search(text) or _EVERYTHING.search(text)):
        # "all but 1 eth" keeps some of it, "everything except btc" keeps a coin.
        if len(symbols) == 1 and re.search(r"\d", in_digits(text)):
            return Unclear(Lacks.SHARE, f"/sell {{}} {symbols[0]}")
        if not symbols or _EVERY.search(text):
            return Unclear(Lacks.HELD_COIN, "/close {}")
    if _EVERYTHING.search(text) and not symbols:
        return WishToAct("/flatten")
    return _trade(text, symbols)


def _trade(text: str, symbols: tuple[str, ...]) -> Wish | None:
    if _SWAP.search(text):
        return _swap(text, symbols)
    if _AGAIN.search(text):
        return WishToAct("", NOT_LATER)
    buying, selling, closing = (pattern.search(text) for pattern in (_BUY, _SELL, _CLOSE))
    if not (buying or selling or closing):
        return None
    if _LATER.search(text) and not _WAITS.search(text):
        return WishToAct("", NOT_LATER)
    if _WAITS.search(text) or _LIMIT.search(text):
        return _waiting(text, symbols)
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
    if len(symbols) == 1 and (asked := _two_meanings(command, amount, text, symbols[0])):
        return asked
    if len(symbols) > 1 and not _JOINED.search(text):
        return WishToAct("", ONE_BY_ONE)  # "buy eth with half my btc" is two orders.
    if len(symbols) > 1 and len(re.findall(r"\d[\d.]*", in_digits(text))) > 1:
        return WishToAct("", EACH_ALONE)
    first, *others = (f"{command} {amount} {symbol}" for symbol in symbols)
    if _OF_ALL.search(text) and command == "/buy":
        return WishToAct("", OF_CASH, (first, *others))
    return WishToAct(first, others=tuple(others))


def _two_meanings(command: str, amount: str, text: str, base: str) -> Wish | None:
    """ "a quarter bitcoin" is coins or a share of the cash; "5 sol" is coins or dollars: both are asked back."""
    if command == "/buy" and _LONE_PART.search(text) and (amount == "half" or amount.endswith("%")):
        share = "50%" if amount == "half" else amount
        coins = f"{int(share[:-1]) / 100:g}{base.lower()}"
        return WishToAct("", WHICH_PART, (f"/buy {coins}", f"/buy {share} {base}"))
    counted = _COUNT_OF.search(in_digits(text))
    if counted is None or counted[1] != amount or base_of(counted[2], (base,)) != base:
        return None
    return WishToAct("", COINS_OR_MONEY, (f"{command} {amount}{base.lower()}", f"{command} ${amount} {base}"))


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
    condition = _WAITS.split(text, maxsplit=1)[-1]
    # "sell eth if btc drops": the price that is waited for is the one that the condition names.
    watched = next(
        (base for base in symbols if any(base_of(word, symbols) == base for word in condition.split())), None
    )
    command = alert_command(condition, watched or symbols[0]) if symbols else None
    return WishToAct("", NOT_WAITING, (command,) if command else ())
