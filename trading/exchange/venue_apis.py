"""Which private interface an exchange gets: Kraken its own, every other one ccxt's."""

from __future__ import annotations

from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.private_api import PrivateApi
from trading.exchange.unified_api import UnifiedApi


def private_api(line: PrivateClient) -> PrivateApi:
    """The interface for `line`'s exchange."""
    return KrakenApi(line) if line.id == "kraken" else UnifiedApi(line)
