"""The live venue and account against a venue that really trades, keeps books, and misbehaves on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.faults.kraken.auth import Key, Permission
from tests.faults.kraken.exchange import KrakenExchange
from tests.faults.kraken.faults import Fault
from tests.unit.trading.exchange.test_ccxt_venue import BTC, order
from trading.clock import SimulatedClock
from trading.domain.order import Order, OrderStatus, Side
from trading.errors import OutcomeUnknown, Retryable
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import Credentials
from trading.exchange.key_permissions import reason_against_live
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.ports import LedgerKind
from trading.exchange.request_budget import KRAKEN_TIERS

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TRADER = Key("trader")


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[KrakenExchange]:
    keys = [TRADER, Key("rich", permissions=frozenset(Permission))]
    async with KrakenExchange(keys=keys, balances={"USD": "10000", "BTC": "1"}, clock=clock) as venue:
        yield venue


def api_of(kraken: KrakenExchange, clock: SimulatedClock, key: Key = TRADER) -> KrakenApi:
    line = PrivateClient(
        "kraken",
        Credentials(key.name, key.secret),
        clock=clock,
        base_url=kraken.url,
        timeout=timedelta(seconds=0.5),
        tier=KRAKEN_TIERS["intermediate"],
    )
    line.client.timeout_on_exit = 0
    return KrakenApi(line)


@pytest.fixture
async def api(kraken: KrakenExchange, clock: SimulatedClock) -> AsyncIterator[KrakenApi]:
    made = api_of(kraken, clock)
    yield made
    await made.line.close()


def asked(clock: SimulatedClock, quantity: str = "0.01", **what: str) -> Order:
    made = order(quantity, side=Side(what.get("side", "buy")), limit=what.get("limit"))
    return replace(made, created_at=clock.now())


ON_THE_WAY = [
    Fault.REFUSED,
    Fault.RATE_LIMIT,
    Fault.BUSY,
    Fault.MAINTENANCE,
    Fault.WRONG_NONCE,
    Fault.SERVICE_TIMEOUT,
    Fault.TIMEOUT_BEFORE,
    Fault.TIMEOUT_AFTER,
    Fault.DISCONNECTED,
    Fault.LOST_REPLY,
    Fault.CUT_HEADERS,
    Fault.CUT_BODY,
    Fault.TRUNCATED,
    Fault.HTML,
    Fault.EMPTY,
    Fault.TOO_MANY,
    Fault.BAD_GATEWAY,
    Fault.ODD_GATEWAY,
    Fault.GATEWAY_TIMEOUT,
]


@pytest.mark.parametrize("fault", ON_THE_WAY, ids=lambda fault: fault.name)
async def test_whatever_happens_on_the_way_asking_tells_the_truth(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, fault: Fault
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    kraken.fail("AddOrder", fault)
    try:
        told = await venue.place_order(wish)
    except OutcomeUnknown:
        told = None
    # Never accepted without an id; refused only where nothing was placed.
    assert told is None or (told.status is OrderStatus.REJECTED and not kraken.orders)
    found = await venue.find_order(wish)
    assert len(kraken.orders) <= 1
    if found is None:
        assert not kraken.orders
    else:
        assert found.status is OrderStatus.FILLED
        assert {fill.trade_id for fill in found.fills} == set(kraken.trades)
        assert sum(fill.quantity for fill in found.fills) == Decimal("0.01")


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("limit", [None, "50000"])
async def test_every_kind_of_order_is_taken_and_told_exactly(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, side: str, limit: str | None
) -> None:
    venue, account = CcxtVenue(api), CcxtAccount(api)
    before = await account.balances()
    wish = asked(clock, side=side, **({"limit": limit} if limit else {}))
    placed = await venue.place_order(wish)
    assert placed.status is OrderStatus.ACCEPTED
    found = await venue.find_order(replace(wish, venue_order_id=placed.venue_order_id))
    assert found is not None
    sign = 1 if side == "buy" else -1
    value = sum((fill.notional * -sign - fill.fee.amount for fill in found.fills), Decimal(0))
    quantity = sum((fill.quantity * sign for fill in found.fills), Decimal(0))
    after = await account.balances()
    assert {fill.fee.currency for fill in found.fills} <= {"USD"}
    assert after["BTC"] - before["BTC"] == quantity
    assert abs(after["USD"] - before["USD"] - value) < Decimal("0.001")
    assert kraken.violations == []


async def test_an_order_that_is_not_visible_yet_is_found_later(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    kraken.lag = 30
    kraken.fail("AddOrder", Fault.LOST_REPLY)
    with pytest.raises(OutcomeUnknown):
        await venue.place_order(wish)
    assert await venue.find_order(wish) is None
    clock.advance(31)
    found = await venue.find_order(wish)
    assert found is not None
    assert found.status is OrderStatus.FILLED


async def test_an_accepted_order_that_is_not_visible_yet_is_not_absent(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    kraken.lag = 30
    placed = await venue.place_order(wish)
    with pytest.raises(Retryable, match="does not show it"):
        await venue.find_order(replace(wish, venue_order_id=placed.venue_order_id))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.PENDING, OrderStatus.ACCEPTED),
        (Fault.PARTIAL_STALL, OrderStatus.PARTIALLY_FILLED),
        (Fault.VENUE_CANCEL, OrderStatus.CANCELED),
        (Fault.PARTIAL_CANCEL, OrderStatus.CANCELED),
    ],
)
async def test_what_the_venue_does_to_an_order_is_told(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, fault: Fault, expected: OrderStatus
) -> None:
    venue, wish = CcxtVenue(api), asked(clock)
    kraken.fail("AddOrder", fault)
    placed = await venue.place_order(wish)
    found = await venue.find_order(replace(wish, venue_order_id=placed.venue_order_id))
    assert found is not None
    assert found.status is expected
    assert {fill.trade_id for fill in found.fills} == set(kraken.trades)


async def test_only_our_own_order_is_cancelled(kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock) -> None:
    venue, wish = CcxtVenue(api), asked(clock, limit="50000")
    by_hand = kraken.order_by_hand("BTC/USD", "buy", "limit", Decimal("0.01"), Decimal(50000))
    await venue.place_order(wish)
    cancelled = await venue.cancel_order(wish)
    assert cancelled is not None
    assert cancelled.status is OrderStatus.CANCELED
    assert [waiting.venue_order_id for waiting in await CcxtAccount(api).open_orders()] == [by_hand.id]


@pytest.mark.parametrize("skew", [-86_400, -30, 0, 30, 86_400])
async def test_a_wrong_clock_on_either_side_harms_no_order(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, skew: float
) -> None:
    kraken.skew = skew
    placed = await CcxtVenue(api).place_order(asked(clock))
    assert placed.status is OrderStatus.ACCEPTED
    assert kraken.violations == []


@pytest.mark.parametrize(
    ("system", "words"),
    [("cancel_only", "takes only cancels"), ("post_only", "takes only resting orders")],
)
async def test_a_market_that_is_not_open_is_told(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock, system: str, words: str
) -> None:
    await api.line.markets()
    kraken.system = system
    refused = await CcxtVenue(api).place_order(asked(clock))
    assert refused.status is OrderStatus.REJECTED
    assert words in refused.detail
    assert not kraken.orders


async def test_everything_on_the_account_is_listed_whoever_did_it(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    account, since = CcxtAccount(api), clock.now()
    for _ in range(60):
        clock.advance(1)
        kraken.order_by_hand("BTC/USD", "buy", "market", Decimal("0.001"))
    kraken.post("USD", "deposit", Decimal(500))
    kraken.post("BTC", "staking", Decimal("0.001"))
    # Between the questions the venue's counter needs time to forget.
    clock.advance(60)
    trades = await account.trades(since)
    clock.advance(60)
    ledger = await account.ledger(since)
    clock.advance(60)
    assert {trade.trade_id for trade in trades} == set(kraken.trades)
    assert len(await account.closed_orders(since)) == len(kraken.orders) == 60
    kinds = [entry.kind for entry in ledger]
    # Two deposits opened the account.
    assert (kinds.count(LedgerKind.DEPOSIT), kinds.count(LedgerKind.REWARD)) == (3, 1)
    # What the ledger says adds up to exactly what is held.
    moved = {"USD": Decimal(0), "BTC": Decimal(0)}
    for entry in ledger:
        moved[entry.money.currency] += entry.money.amount - entry.fee.amount
    assert await account.balances() == moved
    assert kraken.violations == []


async def test_the_keys_permissions_decide_whether_live_may_start(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    rich = api_of(kraken, clock, Key("rich"))
    assert reason_against_live(await api.permissions()) is None
    assert "can withdraw" in (reason_against_live(await rich.permissions()) or "")
    await rich.line.close()


async def test_fees_are_those_of_the_accounts_tier(kraken: KrakenExchange, api: KrakenApi) -> None:
    rates = await CcxtAccount(api).fees("BTC/USD")
    assert 0 < rates.maker <= rates.taker < Decimal("0.01")


async def test_a_checked_order_is_not_placed(kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock) -> None:
    venue = CcxtVenue(api)
    assert await venue.check_order(asked(clock)) == ""
    assert "not enough free funds" in await venue.check_order(asked(clock, "5"))
    assert "below the pair's minimum" in await venue.check_order(asked(clock, "0.00001"))
    assert not kraken.orders
    assert BTC.symbol == "BTC/USD"
