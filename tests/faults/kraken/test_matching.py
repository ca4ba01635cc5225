"""Orders execute against the book, at true fees, and the account stays exact to the last digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from ccxt.base.errors import InsufficientFunds
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.kraken_market import Refused
from tests.faults.kraken import UNLIMITED, Fault, Key, KrakenExchange
from tests.faults.kraken.records import Order
from tests.faults.kraken.rig import NOW
from trading.clock import SimulatedClock

BTC = "BTC/USD"


def level(price: str, volume: str) -> tuple[Decimal, Decimal]:
    return Decimal(price), Decimal(volume)


def buy(kraken: KrakenExchange, volume: str, price: str | None = None) -> Order:
    kind = "market" if price is None else "limit"
    return kraken.order_by_hand(BTC, "buy", kind, Decimal(volume), None if price is None else Decimal(price))


async def test_a_market_order_walks_the_book_and_pays_the_taker_fee(kraken: KrakenExchange) -> None:
    kraken.set_book(BTC, [level("59990", "1")], [level("60010", "0.1"), level("60020", "0.5")])
    order = buy(kraken, "0.3")
    assert [(trade.price, trade.volume) for trade in order.trades] == [level("60010", "0.1"), level("60020", "0.2")]
    assert order.cost == Decimal("18005.0")
    assert order.fee == Decimal("72.02")
    assert kraken.balances["USD"] == Decimal("100000") - order.cost - order.fee
    assert kraken.balances["BTC"] == Decimal("1.3")


async def test_what_was_taken_is_gone_and_the_rest_of_a_market_order_is_canceled(kraken: KrakenExchange) -> None:
    kraken.set_book(BTC, [], [level("60010", "0.1")])
    order = buy(kraken, "0.3")
    assert (order.status, order.filled, order.reason) == ("canceled", Decimal("0.1"), "Not enough liquidity")
    assert buy(kraken, "0.3").filled == 0


async def test_a_limit_order_waits_and_executes_as_maker_at_its_own_price(kraken: KrakenExchange) -> None:
    order = buy(kraken, "0.1", "59000")
    assert order.status == "open"
    kraken.set_price(BTC, 58_500.0)
    (trade,) = order.trades
    assert (order.status, trade.price, trade.maker, trade.fee) == ("closed", Decimal(59_000), True, Decimal("14.75"))


async def test_a_stop_sells_at_the_market_once_its_price_is_reached(kraken: KrakenExchange) -> None:
    order = kraken.order_by_hand(BTC, "sell", "stop-loss", Decimal("0.5"), Decimal(59_000))
    kraken.set_price(BTC, 59_000.1)
    assert order.status == "open"
    kraken.set_price(BTC, 58_000.0)
    assert order.status == "closed"
    assert order.trades[0].price < 58_000


async def test_a_larger_volume_of_the_account_lowers_its_fees(clock: SimulatedClock) -> None:
    traded = Decimal(10_000)
    async with KrakenExchange(keys=[Key("key")], balances={"USD": "10000"}, clock=clock, traded=traded) as kraken:
        kraken.set_book(BTC, [], [level("60000", "1")])
        assert buy(kraken, "0.1").fee == Decimal("21.0")


async def test_a_fee_in_base_comes_out_of_what_was_bought(kraken: KrakenExchange, client: Any) -> None:
    await client.create_order(BTC, "market", "buy", 0.1, None, {"oflags": "fcib"})
    assert kraken.balances["BTC"] == Decimal("1.0996")


async def test_open_orders_hold_their_funds(kraken: KrakenExchange, client: Any) -> None:
    buy(kraken, "1", "50000")
    balance = await client.fetch_balance()
    assert balance["USD"]["used"] == pytest.approx(50_200)
    with pytest.raises(Refused, match="Insufficient funds"):
        buy(kraken, "1", "50000")


async def test_a_pending_order_enters_the_book_when_it_is_released(kraken: KrakenExchange, client: Any) -> None:
    kraken.fail("AddOrder", Fault.PENDING)
    placed = await client.create_order(BTC, "market", "buy", 0.1)
    (seen,) = await client.fetch_open_orders()
    assert (seen["id"], seen["info"]["status"], seen["status"]) == (placed["id"], "pending", "open")
    kraken.release(placed["id"])
    assert kraken.orders[placed["id"]].status == "closed"


async def test_an_order_expires_at_its_time(kraken: KrakenExchange, client: Any, clock: SimulatedClock) -> None:
    placed = await client.create_order(BTC, "limit", "buy", 0.1, 50_000, {"timeInForce": "GTD", "expiretm": "+30"})
    clock.advance(30)
    kraken.tick()
    assert kraken.orders[placed["id"]].status == "expired"


@pytest.mark.parametrize(
    ("fault", "status", "filled"),
    [
        (Fault.PARTIAL_STALL, "open", "0.05"),
        (Fault.VENUE_CANCEL, "canceled", "0"),
        (Fault.PARTIAL_CANCEL, "canceled", "0.05"),
    ],
)
async def test_the_venue_stalls_and_cancels_on_demand(
    kraken: KrakenExchange, client: Any, fault: Fault, status: str, filled: str
) -> None:
    kraken.fail("AddOrder", fault)
    placed = await client.create_order(BTC, "market", "buy", 0.1)
    order = kraken.orders[placed["id"]]
    assert (order.status, order.filled) == (status, Decimal(filled))
    if fault is Fault.PARTIAL_STALL:
        kraken.release(order.id)
        assert (order.status, order.filled) == ("closed", Decimal("0.1"))


async def test_a_fault_waits_for_the_order_itself_and_ends_with_it(kraken: KrakenExchange, client: Any) -> None:
    kraken.fail("AddOrder", Fault.VENUE_CANCEL, times=2)
    await client.create_order(BTC, "market", "buy", 0.1, None, {"validate": "true"})
    with pytest.raises(InsufficientFunds):
        await client.create_order(BTC, "market", "buy", 9)
    for _ in range(2):
        await client.create_order(BTC, "market", "buy", 0.1)
    assert [order.status for order in kraken.orders.values()] == ["canceled", "closed"]


@pytest.mark.parametrize(
    ("endpoint", "fault"), [("AddOrder", Fault.LOST_FRAME), ("executions", Fault.HTML), ("Balance", Fault.PENDING)]
)
def test_a_fault_that_cannot_happen_there_is_an_error(endpoint: str, fault: Fault) -> None:
    with pytest.raises(ValueError, match=f"{fault.name} cannot happen to {endpoint}"):
        KrakenExchange(keys=[], balances={}).fail(endpoint, fault)


actions = st.tuples(
    st.sampled_from(["buy", "sell"]),
    st.sampled_from(["market", "limit", "price"]),
    st.integers(1, 400).map(lambda n: Decimal(n) / 1000),
    st.integers(590_000, 610_000).map(lambda n: Decimal(n) / 10),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(actions, max_size=30))
async def test_balances_are_the_deposits_and_the_trades_and_never_negative(
    steps: list[tuple[str, str, Decimal, Decimal]],
) -> None:
    clock = SimulatedClock(NOW)
    kraken = KrakenExchange(keys=[], balances={"USD": "20000", "BTC": "0.3"}, clock=clock, tier=UNLIMITED)
    usd, btc = Decimal(20_000), Decimal("0.3")
    for side, act, volume, price in steps:
        if act == "price":
            kraken.set_price(BTC, float(price))
            continue
        try:
            kraken.order_by_hand(BTC, side, act, volume, price if act == "limit" else None)
        except Refused as refused:
            assert "Insufficient funds" in str(refused)
    for trade in kraken.trades.values():
        sign = 1 if trade.side == "buy" else -1
        usd, btc = usd - sign * trade.cost - trade.fee, btc + sign * trade.volume
    assert kraken.balances == {"USD": usd, "BTC": btc}
    assert min(usd, btc) >= 0
