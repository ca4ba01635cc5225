"""Fees as they really left the account, whatever the trades list says; the ledger is asked only where it must be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.faults.kraken import UNLIMITED, Key, KrakenExchange
from tests.unit.trading.exchange.scripted_kraken import WIDE
from tests.unit.trading.exchange.test_ccxt_venue import order
from trading.clock import SimulatedClock
from trading.domain.money import Money
from trading.domain.order import Order, Side
from trading.errors import Retryable
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import Credentials
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.ledger_fees import with_ledger_fees


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[KrakenExchange]:
    keys, balances = [Key("key")], {"USD": "10000", "BTC": "1"}
    async with KrakenExchange(keys=keys, balances=balances, clock=clock, tier=UNLIMITED) as venue:
        venue.set_price("BTC/USD", 60_000.0)
        yield venue


@pytest.fixture
async def api(kraken: KrakenExchange, clock: SimulatedClock) -> AsyncIterator[KrakenApi]:
    credentials = Credentials("key", Key("key").secret)
    line = PrivateClient("kraken", credentials, clock=clock, base_url=kraken.url, tier=WIDE)
    line.client.timeout_on_exit = 0
    yield KrakenApi(line)
    await line.close()


def asked(kraken: KrakenExchange, endpoint: str) -> int:
    return sum(request.endpoint == endpoint for request in kraken.requests)


def the_same(kraken: KrakenExchange, order_id: str, side: Side, clock: SimulatedClock) -> Order:
    """Our order with the id of one that the owner placed by hand with other flags than ours."""
    return replace(order(side=side), venue_order_id=order_id, created_at=clock.now())


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_our_orders_pay_in_quote_and_the_ledger_is_not_asked(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, side: str
) -> None:
    venue, wish = CcxtVenue(api), replace(order(side=Side(side)), created_at=clock.now())
    placed = await venue.place_order(wish)
    found = await venue.find_order(replace(wish, venue_order_id=placed.venue_order_id))
    assert found is not None
    assert {fill.fee.currency for fill in found.fills} == {"USD"}
    (at_the_venue,) = kraken.orders.values()
    assert "fciq" in at_the_venue.ticket.flags
    assert asked(kraken, "Ledgers") == 0


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_an_order_that_pays_in_base_is_told_with_what_left_in_base(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, side: str
) -> None:
    by_hand = kraken.order_by_hand("BTC/USD", side, "market", Decimal("0.01"), flags=("fcib",))
    before = Decimal(1)
    found = await CcxtVenue(api).find_order(the_same(kraken, by_hand.id, Side(side), clock))
    assert found is not None
    (fill,) = found.fills
    assert fill.fee == Money(Decimal("0.00004"), "BTC")
    sign = 1 if side == "buy" else -1
    assert kraken.balances["BTC"] == before + sign * fill.quantity - fill.fee.amount


async def test_trades_that_the_ledger_does_not_show_yet_are_not_told(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    by_hand = kraken.order_by_hand("BTC/USD", "buy", "market", Decimal("0.01"), flags=("fcib",))
    hidden, kraken.ledger[:] = list(kraken.ledger), []  # type: ignore[index]
    with pytest.raises(Retryable, match="1 of 1 trades of BTC/USD in its ledger yet"):
        await CcxtVenue(api).find_order(the_same(kraken, by_hand.id, Side.BUY, clock))
    kraken.ledger[:] = hidden  # type: ignore[index]
    assert await CcxtVenue(api).find_order(the_same(kraken, by_hand.id, Side.BUY, clock)) is not None


async def test_the_owners_own_trades_carry_what_really_left(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    since, account = clock.now(), CcxtAccount(api)
    clock.advance(5)
    for side, flags in (("buy", ("fcib",)), ("sell", ("fciq",)), ("sell", ("fcib",))):
        kraken.order_by_hand("BTC/USD", side, "market", Decimal("0.01"), flags=flags)
    trades = with_ledger_fees(await account.trades(since), await account.ledger(since))
    assert [trade.fee.currency for trade in trades] == ["BTC", "USD", "BTC"]
    held = Decimal(1)
    for trade in trades:
        held += trade.quantity if trade.side is Side.BUY else -trade.quantity
        held -= trade.fee.amount if trade.fee.currency == "BTC" else 0
    assert held == kraken.balances["BTC"]


async def test_open_and_closed_orders_tell_which_fee_they_asked_for(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    kraken.order_by_hand("BTC/USD", "buy", "limit", Decimal("0.01"), Decimal(50_000), flags=("fcib",))
    kraken.order_by_hand("BTC/USD", "buy", "limit", Decimal("0.01"), Decimal(50_000))
    assert [each.fee_currency for each in await api.open_orders()] == ["BTC", "USD"]


async def test_an_order_seen_late_makes_the_venue_wait_longer_for_the_next(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), replace(order(), created_at=clock.now())
    assert venue.visibility.total_seconds() == 160
    kraken.lag = 300
    placed = await venue.place_order(wish)
    wish = replace(wish, venue_order_id=placed.venue_order_id)
    with pytest.raises(Retryable):
        await venue.find_order(wish)
    clock.advance(300)
    assert await venue.find_order(wish) is not None
    assert venue.visibility.total_seconds() == 340
