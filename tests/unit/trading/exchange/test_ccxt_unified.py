"""Exchanges we know no better than ccxt does: told what ccxt tells, and nothing is taken for proved that is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.faults.kraken.auth import Key
from tests.faults.kraken.exchange import KrakenExchange
from tests.faults.kraken.faults import Fault
from tests.unit.trading.exchange.test_ccxt_strict_venue import asked
from trading.clock import SimulatedClock
from trading.domain.order import OrderStatus
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import Credentials
from trading.exchange.key_permissions import reason_against_live
from trading.exchange.ports import LedgerKind
from trading.exchange.request_budget import KRAKEN_TIERS
from trading.exchange.unified_api import UnifiedApi

KEY = Key("trader")


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[KrakenExchange]:
    async with KrakenExchange(keys=[KEY], balances={"USD": "10000", "BTC": "1"}, clock=clock) as venue:
        yield venue


@pytest.fixture
async def api(kraken: KrakenExchange, clock: SimulatedClock) -> AsyncIterator[UnifiedApi]:
    """The unified interface, tried out on the one venue that can be had on loopback."""
    tier = KRAKEN_TIERS["intermediate"]
    credentials = Credentials(KEY.name, KEY.secret)
    line = PrivateClient(
        "kraken", credentials, clock=clock, base_url=kraken.url, tier=tier, timeout=timedelta(seconds=0.5)
    )
    line.client.timeout_on_exit = 0
    yield UnifiedApi(line)
    await line.close()


async def test_an_order_is_placed_found_and_told_with_its_fills(
    kraken: KrakenExchange, api: UnifiedApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    placed = await venue.place_order(wish)
    found = await venue.find_order(replace(wish, venue_order_id=placed.venue_order_id))
    assert found is not None
    assert found.status is OrderStatus.FILLED
    assert {fill.trade_id for fill in found.fills} == set(kraken.trades)
    assert {fill.fee.currency for fill in found.fills} == {"USD"}


async def test_an_order_without_an_answer_is_found_by_our_id(
    kraken: KrakenExchange, api: UnifiedApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    kraken.fail("AddOrder", Fault.LOST_REPLY)
    with pytest.raises(OutcomeUnknown):
        await venue.place_order(wish)
    found = await venue.find_order(wish)
    assert found is not None
    assert found.venue_order_id in kraken.orders


async def test_an_order_that_is_not_shown_is_for_a_person(api: UnifiedApi, clock: SimulatedClock) -> None:
    with pytest.raises(NeedsOperator, match="does not prove"):
        await CcxtVenue(api).find_order(asked(clock))


async def test_a_resting_order_is_cancelled_by_the_venues_id_only(
    kraken: KrakenExchange, api: UnifiedApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), asked(clock, limit="50000")
    placed = await venue.place_order(wish)
    with pytest.raises(OutcomeUnknown):
        await venue.cancel_order(wish)
    cancelled = await venue.cancel_order(replace(wish, venue_order_id=placed.venue_order_id))
    assert cancelled is not None
    assert cancelled.status is OrderStatus.CANCELED


async def test_there_is_no_check_and_no_live(api: UnifiedApi, clock: SimulatedClock, kraken: KrakenExchange) -> None:
    assert await CcxtVenue(api).check_order(asked(clock)) == ""
    assert not kraken.orders
    assert "cannot be verified" in (reason_against_live(await api.permissions()) or "")


async def test_the_account_is_told_as_ccxt_tells_it(
    kraken: KrakenExchange, api: UnifiedApi, clock: SimulatedClock
) -> None:
    account, since = CcxtAccount(api), clock.now()
    kraken.order_by_hand("BTC/USD", "buy", "market", Decimal("0.001"))
    kraken.order_by_hand("BTC/USD", "buy", "limit", Decimal("0.001"), Decimal(50000))
    assert await account.balances() == dict(kraken.balances)
    assert (await account.holdings())["USD"].free < (await account.holdings())["USD"].total
    assert {trade.trade_id for trade in await account.trades(since)} == set(kraken.trades)
    assert [one.status for one in await account.closed_orders(since)] == [OrderStatus.FILLED]
    assert [one.limit_price for one in await account.open_orders()] == [Decimal(50000)]
    assert LedgerKind.TRADE in {entry.kind for entry in await account.ledger(since)}
    assert 0 < (await account.fees("BTC/USD")).taker < Decimal("0.01")


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.HTML, Fault.EMPTY, Fault.GATEWAY_TIMEOUT, Fault.CUT_BODY])
async def test_an_unreadable_answer_is_never_an_empty_account(
    kraken: KrakenExchange, api: UnifiedApi, fault: Fault
) -> None:
    kraken.fail("BalanceEx", fault)
    with pytest.raises(Retryable):
        await CcxtAccount(api).balances()
