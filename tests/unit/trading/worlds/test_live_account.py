"""The account at the exchange: which key is trusted, and that nothing passes before a person has confirmed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kraken import Key, KrakenExchange
from tests.faults.kraken.auth import TRADING, Permission
from tests.faults.kraken.rig import clock, kraken
from tests.world import instrument
from trading.clock import SimulatedClock
from trading.domain.market import Instrument
from trading.domain.order import Order, OrderIntent, OrderStatus, OrderType, Side, Source, client_order_id
from trading.errors import Retryable, SettingsError
from trading.exchange.credentials import NONCE_MARK
from trading.risk.live_permit import PHRASE
from trading.settings import CoreSettings
from trading.store.memory import MemoryStore
from trading.worlds.live_account import LiveAccount, open_account

__all__ = ["clock", "kraken"]

BTC = "BTC/USD"


def settings(url: str, tmp_path: Path, key: Key | None, **changes: Any) -> CoreSettings:
    plain: dict[str, Any] = {
        "mode": "live",
        "state_dir": tmp_path,
        "symbols": BTC,
        "exchange_base_url": url,
        "exchange_api_key": key and key.name,
        "exchange_api_secret": key and key.secret,
        "exchange_tier": "pro",
    }
    return CoreSettings(**{**plain, **changes})


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def account(
    kraken: KrakenExchange, tmp_path: Path, store: MemoryStore, clock: SimulatedClock
) -> AsyncIterator[LiveAccount]:
    opened = await open_account(settings(kraken.url, tmp_path, Key("key")), (BTC,), store, clock)
    yield opened
    await opened.line.close()


def an_order(clock: SimulatedClock, rules: Instrument, **changes: Any) -> Order:
    intent = OrderIntent(
        f"intent-{clock.now()}",
        "batch",
        rules,
        Side.BUY,
        Decimal("0.01"),
        OrderType.MARKET,
        Source.MANUAL,
        "a test",
        **changes,
    )
    return Order(client_order_id(intent), intent, OrderStatus.SUBMITTED, clock.now(), clock.now())


async def test_a_key_that_trades_and_reads_is_taken(account: LiveAccount, kraken: KrakenExchange) -> None:
    assert (await account.account.holdings())["USD"].total == 100_000
    assert kraken.violations == []


@pytest.mark.parametrize(
    ("permissions", "why"),
    [
        (TRADING | {Permission.WITHDRAW_FUNDS}, "can withdraw"),
        (TRADING - {Permission.MODIFY}, "lacks permissions; allow it modify-trades"),
        (TRADING - {Permission.QUERY_LEDGER}, "lacks permissions; allow it query-ledger"),
    ],
)
async def test_any_other_key_is_refused_in_one_sentence_and_the_line_is_closed(
    clock: SimulatedClock, tmp_path: Path, store: MemoryStore, permissions: frozenset[Permission], why: str
) -> None:
    key = Key("key", permissions=permissions)
    async with KrakenExchange(keys=[key], balances={"USD": "1000"}, clock=clock) as kraken:
        with pytest.raises(SettingsError, match=why):
            await open_account(settings(kraken.url, tmp_path, key), (BTC,), store, clock)
        assert not kraken.orders


@pytest.mark.parametrize("missing", ["exchange_api_key", "exchange_api_secret"])
async def test_without_a_whole_key_nothing_is_asked(
    kraken: KrakenExchange, tmp_path: Path, store: MemoryStore, clock: SimulatedClock, missing: str
) -> None:
    incomplete = settings(kraken.url, tmp_path, Key("key"), **{missing: None})
    with pytest.raises(SettingsError):
        await open_account(incomplete, (BTC,), store, clock)
    assert kraken.requests == []


async def test_a_key_that_the_exchange_does_not_know_is_no_reason_to_trade(
    kraken: KrakenExchange, tmp_path: Path, store: MemoryStore, clock: SimulatedClock
) -> None:
    with pytest.raises((SettingsError, Retryable)):
        await open_account(settings(kraken.url, tmp_path, Key("nobody")), (BTC,), store, clock)


@pytest.mark.parametrize("protective", [False, True])
async def test_no_order_reaches_the_exchange_before_the_confirmation_whoever_sends_it(
    account: LiveAccount, kraken: KrakenExchange, clock: SimulatedClock, protective: bool
) -> None:
    order = an_order(clock, instrument(BTC), protective=protective)
    with pytest.raises(Retryable, match="LIVE is not confirmed"):
        await account.venue.place_order(order)
    assert (kraken.orders, [r for r in kraken.requests if r.endpoint == "AddOrder"]) == ({}, [])
    assert account.custody.permit.refusal(order.intent) is not None


async def test_after_it_they_do(account: LiveAccount, kraken: KrakenExchange, clock: SimulatedClock) -> None:
    await account.permit.confirm(PHRASE, "@ana", "web")
    order = an_order(clock, instrument(BTC))
    assert (await account.venue.place_order(order)).status is OrderStatus.ACCEPTED
    found = await account.venue.find_order(order)
    assert found is not None
    assert (found.status, len(kraken.orders), kraken.violations) == (OrderStatus.FILLED, 1, [])


async def test_nonces_go_on_above_those_of_the_last_run_though_the_clock_was_set_back(
    account: LiveAccount, kraken: KrakenExchange, tmp_path: Path, store: MemoryStore, clock: SimulatedClock
) -> None:
    await account.account.holdings()
    async with store.reading() as read:
        first = int(await read.meta(NONCE_MARK) or 0)
    clock.jump(-timedelta(days=1))
    again = await open_account(settings(kraken.url, tmp_path, Key("key")), (BTC,), store, clock)
    await again.account.holdings()
    await again.line.close()
    async with store.reading() as read:
        second = int(await read.meta(NONCE_MARK) or 0)
    assert second > first > 0
    assert kraken.violations == []
