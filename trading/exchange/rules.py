"""Trading rules for markets that state none: what the large spot venues ask of an order, roughly."""

from __future__ import annotations

from decimal import Decimal

from trading.domain.market import Instrument

LOT_STEP = Decimal("0.00000001")
MIN_NOTIONAL = Decimal(5)
"""In quote. Kraken and its peers refuse orders of less than about five dollars."""


def usual_instrument(symbol: str, price_tick: Decimal) -> Instrument:
    """The pair `symbol` ("BTC/USD"): eight decimals for quantities, and a minimum by value alone."""
    base, quote = symbol.split("/")
    return Instrument(symbol, base, quote, price_tick, LOT_STEP, LOT_STEP, MIN_NOTIONAL)
