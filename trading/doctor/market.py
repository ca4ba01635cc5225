"""The exchange in public: reachable, at the right time, and with the pairs that are to be traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.doctor.findings import Finding, fail, note, ok
from trading.domain.market import Instrument, Quote
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_client import in_our_words, make_client
from trading.exchange.ccxt_market import CcxtMarketData
from trading.exchange.columns import from_ms
from trading.exchange.server_time import ServerTime
from trading.settings import CoreSettings

PATIENCE = timedelta(seconds=8)
TOLERANCE = timedelta(seconds=5)
"""Orders carry a deadline of seconds: a clock that is further off is told."""


@dataclass(frozen=True, slots=True)
class Market:
    """What was found, and the smallest order of each pair in quote, as far as it is known."""

    findings: Sequence[Finding]
    smallest: Mapping[str, Decimal] = field(default_factory=dict)


async def check_market(settings: CoreSettings, clock: Clock) -> Market:
    """Only public questions, without a key."""
    try:
        market = CcxtMarketData(settings.exchange, clock=clock, base_url=settings.exchange_base_url, timeout=PATIENCE)
    except SettingsError as error:
        return Market([fail("Exchange", str(error))])
    try:
        listed = await market.instruments()
        findings = [
            ok("Exchange", f"{market.name} answers and lists {len(listed)} pairs."),
            await _clock(settings, clock),
        ]
        unknown = [symbol for symbol in settings.symbols if symbol not in listed]
        if unknown:
            return Market([*findings, _unknown(unknown, market.name)])
        smallest = _smallest(listed, await market.quotes(settings.symbols), settings.symbols)
        return Market([*findings, ok("Pairs", f"{', '.join(settings.symbols)} are traded.")], smallest)
    except Retryable as error:
        return Market([fail("Exchange", f"{error} Check the network and EXCHANGE_BASE_URL.")])
    finally:
        await market.close()


def check_cash(smallest: Mapping[str, Decimal], cash: Decimal, currency: str, where: str) -> Finding:
    """Whether `cash`, which stands `where`, buys the smallest order of each pair."""
    dear = [f"{symbol} {needed:.2f}" for symbol, needed in smallest.items() if needed > cash]
    told = f"{cash:,.2f} {currency} ({where})"
    if dear and len(dear) == len(smallest):
        return note("Cash", f"{told} buys nothing; the smallest orders are {', '.join(dear)}.")
    if dear:
        return note("Cash", f"{told} is too little for {', '.join(dear)}.")
    return ok("Cash", f"{told} covers every pair's smallest order.")


async def _clock(settings: CoreSettings, clock: Clock) -> Finding:
    client = make_client(settings.exchange, settings.exchange_base_url, PATIENCE, None)
    if not client.has.get("fetchTime"):
        return note("Clock", f"{client.name} does not tell the time; keep this machine's clock set by a time service.")

    async def ask() -> datetime:
        with in_our_words(client.name, PATIENCE):
            return from_ms(int(await client.fetch_time()))

    try:
        offset = await ServerTime(ask, clock).offset()
    finally:
        await client.close()
    if abs(offset) > TOLERANCE:
        side = "behind" if offset > timedelta() else "ahead"
        seconds = abs(offset).total_seconds()
        return note("Clock", f"this machine is {seconds:,.0f} s {side} of {client.name}; turn on its time service.")
    return ok("Clock", f"within {TOLERANCE.total_seconds():g} s of {client.name}.")


def _unknown(symbols: Sequence[str], name: str) -> Finding:
    return fail("Pairs", f"{name} does not trade {', '.join(symbols)} now; check SYMBOLS.")


def _smallest(
    listed: Mapping[str, Instrument], quotes: Mapping[str, Quote], symbols: Sequence[str]
) -> Mapping[str, Decimal]:
    return {
        symbol: max(listed[symbol].min_notional, listed[symbol].min_quantity * quotes[symbol].ask)
        for symbol in symbols
        if symbol in quotes
    }
