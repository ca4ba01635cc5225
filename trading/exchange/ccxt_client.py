"""Making a ccxt client for public data, and putting its many errors into our words.

This module imports ccxt, which takes a while; import it only where an exchange is configured.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import ccxt.async_support
import ccxt.pro
from ccxt.base import errors as ccxt_errors

from trading.errors import Retryable, SettingsError

# ccxt's parsers take whatever JSON came for what they hoped for, and stumble in all these ways.
_STUMBLES = (
    ccxt_errors.BaseError,
    OSError,
    TimeoutError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)


def make_client(exchange_id: str, base_url: str | None, timeout: timedelta, requests_per_second: float | None) -> Any:
    """A ccxt client without keys. Raises SettingsError for an exchange ccxt does not know.

    Everything goes to `base_url` (http or https) where one is given, websockets too.
    """
    config: dict[str, Any] = {"timeout": timeout.total_seconds() * 1000, "enableRateLimit": True}
    if requests_per_second is not None:
        config["rateLimit"] = 1000 / requests_per_second
    client = _client_class(exchange_id)(config)
    if base_url is not None:
        client.urls["api"] = redirected(client.urls["api"], base_url)
    return client


async def load_markets(client: Any) -> Mapping[str, Any]:
    """The exchange's listings by symbol, asked for anew; from then on the client's numbers are Decimals.

    Listings are read with ccxt's usual floats: it compares them with each other on the way, and takes
    a Decimal for no number there. As written, they are short enough to be exact.
    """
    client.number = float
    # True: after a garbled answer ccxt would remember that there are no markets.
    markets: Mapping[str, Any] = await client.load_markets(True)
    client.number = Decimal
    return markets


def redirected(urls: Any, base_url: str) -> Any:
    """`urls` (nested dictionaries of addresses) with the scheme and host of `base_url`; paths stay, ws stays ws."""
    if isinstance(urls, Mapping):
        return {key: redirected(url, base_url) for key, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    old, new = urlsplit(urls), urlsplit(base_url)
    scheme = new.scheme.replace("http", "ws") if old.scheme in ("ws", "wss") else new.scheme
    return f"{scheme}://{new.netloc}{new.path.rstrip('/')}{old.path}"


@contextmanager
def in_our_words(name: str, timeout: timedelta) -> Iterator[None]:
    """Raise Retryable with one sentence for whatever goes wrong inside. Only for questions: nothing happened."""
    try:
        yield
    except _STUMBLES as error:
        raise Retryable(_sentence(error, name, timeout)) from error


def is_no_such_question(error: BaseException | None) -> bool:
    """Whether the venue says that it does not know the question: what it cannot tell will not come later either."""
    words = str(error)
    return "EGeneral:Unknown method" in words or (
        isinstance(error, ccxt_errors.ExchangeNotAvailable) and " 404 " in words
    )


def _client_class(exchange_id: str) -> Any:
    wanted = exchange_id.strip().lower()
    for package in (ccxt.pro, ccxt.async_support):
        if wanted in package.exchanges:
            return getattr(package, wanted)
    near = difflib.get_close_matches(wanted, ccxt.async_support.exchanges, n=3, cutoff=0.5) or ["kraken", "binance"]
    raise SettingsError(f"EXCHANGE is {exchange_id}, which is not one we know; did you mean {' or '.join(near)}?")


def _sentence(error: Exception, name: str, timeout: timedelta) -> str:
    for kind, words in (
        (ccxt_errors.RateLimitExceeded, "says that we ask too often; asking again later."),
        (ccxt_errors.DDoSProtection, "says that we ask too often; asking again later."),
        (ccxt_errors.OnMaintenance, "is down for maintenance; asking again later."),
        (ccxt_errors.RequestTimeout, f"did not answer within {timeout.total_seconds():g} s; asking again later."),
        (ccxt_errors.NetworkError, "cannot be reached; asking again later."),
        (OSError, "cannot be reached; asking again later."),
        (ccxt_errors.BadSymbol, "does not know one of the symbols; check SYMBOLS."),
    ):
        if isinstance(error, kind):
            return f"{name} {words}"
    return f"{name} gave an answer that cannot be read; asking again later."
