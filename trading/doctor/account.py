"""The exchange account that LIVE would trade: its key, what the key may do, and what is there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from pydantic import SecretStr

from trading.clock import Clock
from trading.doctor.findings import Finding, fail, note, ok
from trading.doctor.market import check_cash
from trading.domain.money import ZERO
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.key_permissions import reason_against_live
from trading.exchange.private_api import PrivateApi
from trading.exchange.request_budget import KRAKEN_TIERS
from trading.exchange.venue_apis import private_api
from trading.settings import CoreSettings

PATIENCE = timedelta(seconds=8)
_HUNDRED = Decimal(100)


async def check_account(
    settings: CoreSettings, clock: Clock, smallest: Mapping[str, Decimal], nonce_mark: int
) -> AsyncIterator[Finding]:
    """Questions with the key, which no other program may use meanwhile: a venue refuses nonces out of order."""
    missing = list(_missing(settings))
    for finding in missing:
        yield finding
    if missing:
        return
    try:
        line = _line(settings, clock, nonce_mark)
    except SettingsError as error:
        yield fail("Key", str(error))
        return
    try:
        async for finding in _asked(private_api(line), settings, smallest):
            yield finding
    except Retryable as error:
        yield fail("Account", str(error))
    finally:
        await line.close()


def _missing(settings: CoreSettings) -> Iterator[Finding]:
    for name in ("exchange_api_key", "exchange_api_secret"):
        if not _text(getattr(settings, name)):
            yield fail("Key", f"{name.upper()} is not set; LIVE needs it.")


def _line(settings: CoreSettings, clock: Clock, nonce_mark: int) -> PrivateClient:
    texts = (settings.exchange_api_key, settings.exchange_api_secret, settings.exchange_api_password)
    return PrivateClient(
        settings.exchange,
        Credentials(*map(_text, texts)),
        clock=clock,
        base_url=settings.exchange_base_url,
        timeout=PATIENCE,
        tier=KRAKEN_TIERS[settings.exchange_tier],
        nonce_mark=nonce_mark,
    )


async def _asked(api: PrivateApi, settings: CoreSettings, smallest: Mapping[str, Decimal]) -> AsyncIterator[Finding]:
    reason = reason_against_live(await api.permissions())
    if reason:
        yield fail("Key", reason)
        return
    yield ok("Key", f"{api.line.name} takes it; it can query and trade only.")
    rates = (await api.fee_rates(settings.symbols[:1]))[settings.symbols[0]]
    yield ok("Fees", f"maker {_percent(rates.maker)}, taker {_percent(rates.taker)} on {settings.symbols[0]}.")
    if api.line.id == "kraken":
        yield _tier(settings.exchange_tier)
    held = await api.holdings()
    cash = held[settings.quote].total if settings.quote in held else ZERO
    others = ", ".join(sorted(currency for currency in held if currency != settings.quote)) or "nothing"
    yield ok("Balances", f"readable; besides cash: {others}.")
    yield check_cash(smallest, cash, settings.quote, f"at {api.line.name}")


def _tier(tier: str) -> Finding:
    return note("Rate limits", f"those of tier {tier} are kept; EXCHANGE_TIER is what your Kraken account has.")


def _percent(rate: Decimal) -> str:
    return f"{rate * _HUNDRED:.2f} %"


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
