"""Names of coins and of things that are not coins, and what a question mentions of either."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

COIN_NAMES = {
    "bitcoin": "BTC", "bitcoins": "BTC", "btc": "BTC", "xbt": "BTC", "sats": "BTC",
    "ethereum": "ETH", "ether": "ETH", "eth": "ETH",
    "solana": "SOL", "sol": "SOL", "ripple": "XRP", "xrp": "XRP", "cardano": "ADA", "ada": "ADA",
    "dogecoin": "DOGE", "doge": "DOGE", "litecoin": "LTC", "ltc": "LTC", "polkadot": "DOT",
    "chainlink": "LINK", "avalanche": "AVAX", "avax": "AVAX", "tron": "TRX", "trx": "TRX", "uniswap": "UNI",
    "polygon": "POL", "matic": "POL", "shiba": "SHIB", "shib": "SHIB", "pepe": "PEPE", "monero": "XMR", "xmr": "XMR",
    "stellar": "XLM", "xlm": "XLM", "toncoin": "TON", "aave": "AAVE", "bnb": "BNB", "sui": "SUI", "arb": "ARB",
}  # fmt: skip
"""Names people use, by base; tickers that are English words ("link", "dot", "near") only count when we trade them."""

_NOT_COINS = (
    r"s&p(?: ?500)?|sp500|nasdaq|dow jones|dow|stocks?|equities|bonds?|forex|fx|gold|silver|oil|commodit(?:y|ies)|"
    r"etfs?|nfts?|options?|futures|tesla|apple|nvidia|amazon|microsoft|google|real estate|sector|"
    r"(?:eur|usd|gbp|jpy|chf|aud|nzd|cad|xau|xag)[/-]?(?:eur|usd|gbp|jpy|chf|aud|nzd|cad)"
)
_STRANGE = re.compile(rf"(?<![\w$])(?:{_NOT_COINS})(?![\w])")
_QUOTES = "usdt|usdc|usd|eur|gbp|btc|eth"
_PAIR = re.compile(rf"\b([a-z0-9]{{2,8}})[/-]({_QUOTES}|jpy|chf)\b|\b([a-z0-9]{{2,8}}?)({_QUOTES})\b")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_USUAL_CAPITALS = """
    PNL PL RSI MACD SMA EMA ATR USD USDT USDC EUR GBP UTC GMT AM PM OK YTD MTD WTD QTD VS HODL DCA ATH ROI CAGR APR APY
    LLM AI GPT API FYI ASAP PLS TP SL PAPER LIVE ACTIVE HALTED REDUCING BUY SELL HOLD WHY HOW WHAT WHEN AND OR NOT NOW
    ME MY WE IS IT DID DO THE VAR FIFO TWR CEO NO YES ALL
"""
_USUAL = frozenset(_USUAL_CAPITALS.split())
_VENUES = re.compile(
    r"\b(binance|bybit|coinbase|kraken|okx|bitget|kucoin|gemini|bitstamp|bitfinex|robinhood|metamask|ledger wallet|"
    r"crypto\.com|hyperliquid|dydx|mexc|gate\.io|etoro|revolut|phantom|trust wallet|pancakeswap|deribit|bitmex"
    r"|trezor)\b"
    r"|\b(?:on|in|from) (base|arbitrum|optimism|mainnet|polygon|aave|compound|lido|uniswap"
    r"|solana mainnet)\b(?! (?:price|position))"
)


@dataclass(frozen=True, slots=True)
class Mentions:
    """`symbols`: bases we trade, in order of mention. `strangers`: what we do not trade. `hints`: words in capitals
    that may be a ticker. `venues`: exchanges and networks."""

    symbols: tuple[str, ...]
    strangers: tuple[str, ...]
    hints: tuple[str, ...]
    venues: tuple[str, ...]


def mentions(original: str, normal: str, traded: Collection[str]) -> Mentions:
    """What `original` names; `normal` is the same in lower case with its spelling repaired."""
    known = {base.upper() for base in traded}
    bases = _bases(normal, known)
    strangers = [found.group(0).upper() for found in _STRANGE.finditer(normal)]
    strangers += [base for base in bases if base not in known]
    venues = tuple(first or second for first, second in _VENUES.findall(normal))
    symbols = tuple(dict.fromkeys(base for base in bases if base in known))
    return Mentions(symbols, tuple(dict.fromkeys(strangers)), _hints(original, known), venues)


def _bases(normal: str, known: set[str]) -> list[str]:
    found = []
    for word in re.findall(r"[a-z0-9]+(?:[/-][a-z0-9]+)?", normal):
        base = base_of(word, known)
        if base:
            found.append(base)
    return found


def base_of(word: str, known: Collection[str]) -> str | None:
    """The base that `word` names, traded or not: a coin, its ticker, a pair; None for any other word."""
    if word.upper() in known:
        return word.upper()
    if word in COIN_NAMES:
        return COIN_NAMES[word]
    pair = _PAIR.fullmatch(word)
    if pair is None:
        return None
    base = pair[1] or pair[3]
    named = COIN_NAMES.get(base, base.upper())
    # Without a stroke, "xyzusd" is only a pair when its first half is a coin.
    return named if pair[1] or named in known or base in COIN_NAMES else None


def _hints(original: str, known: set[str]) -> tuple[str, ...]:
    """Words in capitals that look like a ticker, unless the whole message is in capitals."""
    if original.upper() == original:
        return ()
    words = _CAPITALS.findall(original)
    return tuple(w for w in words if w not in _USUAL and w not in known and w.lower() not in COIN_NAMES)
