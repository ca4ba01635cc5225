"""LIVE's second act and its adapters: an exchange account that is worth trusting with orders, or a sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trading.clock import Clock
from trading.core import ExchangeAccount
from trading.domain.event import VenueModeChanged
from trading.errors import SettingsError
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import NONCE_MARK, Credentials
from trading.exchange.gated_venue import GatedVenue
from trading.exchange.key_permissions import reason_against_live
from trading.exchange.ports import OrderVenue
from trading.exchange.private_api import PrivateApi
from trading.exchange.request_budget import KRAKEN_TIERS
from trading.exchange.venue_apis import private_api
from trading.exchange.venue_modes import mode_source
from trading.exchange.venue_status import VenueStatus
from trading.risk.live_permit import LivePermit
from trading.settings import CoreSettings
from trading.store.port import Store


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """Everything LIVE needs of one key: where orders go, what the account says, and what the exchange takes now."""

    line: PrivateClient
    venue: OrderVenue
    account: CcxtAccount
    status: VenueStatus
    permit: LivePermit

    @property
    def custody(self) -> ExchangeAccount:
        """What the core has to know of it."""
        return ExchangeAccount(self.account, self.permit, (self.status.refusal,), self.status.alerts)


async def open_account(settings: CoreSettings, symbols: Sequence[str], store: Store, clock: Clock) -> LiveAccount:
    """Check the key and make the adapters.

    Raises SettingsError for a key that is missing, malformed, can withdraw, or cannot be verified, and Retryable when
    the exchange cannot be asked.
    """
    line = await _line(settings, store, clock)
    try:
        api = private_api(line)
        await _require_trustworthy(api)
        permit = LivePermit(store, line.name, _text(settings, "exchange_api_key"), clock)

        async def tell(change: VenueModeChanged) -> None:
            async with store.transaction() as tx:
                await tx.append(change)

        status = VenueStatus(mode_source(line), symbols, tell, clock)
        venue = GatedVenue(CcxtVenue(api, learn_mode=status.learn), permit.refusal)
        return LiveAccount(line, venue, CcxtAccount(api, symbols=symbols), status, permit)
    except BaseException:
        await line.close()
        raise


async def _line(settings: CoreSettings, store: Store, clock: Clock) -> PrivateClient:
    async with store.reading() as read:
        mark = int(await read.meta(NONCE_MARK) or 0)

    async def keep_nonce(number: int) -> None:
        async with store.transaction() as tx:
            await tx.put_meta(NONCE_MARK, str(number))

    names = ("exchange_api_key", "exchange_api_secret", "exchange_api_password")
    return PrivateClient(
        settings.exchange,
        Credentials(*(_text(settings, name) for name in names)),
        clock=clock,
        base_url=settings.exchange_base_url,
        tier=KRAKEN_TIERS[settings.exchange_tier],
        nonce_mark=mark,
        keep_nonce=keep_nonce,
    )


async def _require_trustworthy(api: PrivateApi) -> None:
    reason = reason_against_live(await api.permissions())
    if reason is not None:
        raise SettingsError(f"LIVE does not start with this key. {reason}")


def _text(settings: CoreSettings, name: str) -> str:
    secret = getattr(settings, name)
    return "" if secret is None else str(secret.get_secret_value())
