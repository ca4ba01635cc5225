"""A Kraken that does not know some of our questions: what can be had otherwise is, what cannot is not made up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.faults.kraken import Fault, KrakenExchange
from tests.unit.trading.exchange.test_ccxt_venue import order
from tests.unit.trading.exchange.test_true_fees import api, clock, kraken
from trading.clock import SimulatedClock
from trading.domain.order import OrderStatus, Side
from trading.errors import Retryable
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.ports import LedgerKind

__all__ = ["api", "clock", "kraken"]


def without(kraken: KrakenExchange, endpoint: str) -> None:
    kraken.fail(endpoint, Fault.REFUSED, times=None, error="EGeneral:Unknown method")


async def test_balances_come_without_what_orders_hold_back(kraken: KrakenExchange, api: KrakenApi) -> None:
    without(kraken, "BalanceEx")
    held = await CcxtAccount(api).holdings()
    assert {currency: balance.total for currency, balance in held.items()} == {"USD": 10_000, "BTC": 1}


async def test_trades_stand_in_for_the_ledger(kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock) -> None:
    began = clock.now()
    kraken.order_by_hand("BTC/USD", "buy", "market", Decimal("0.1"))
    told = [entry for entry in await CcxtAccount(api).ledger(began) if entry.kind is LedgerKind.TRADE]
    without(kraken, "Ledgers")
    derived = await CcxtAccount(api).ledger(began)
    assert {entry.kind for entry in derived} == {LedgerKind.TRADE}
    assert {(e.reference, e.money, e.fee) for e in derived} == {(e.reference, e.money, e.fee) for e in told}


async def test_an_order_is_found_by_our_id_where_it_cannot_be_queried_by_theirs(
    kraken: KrakenExchange, api: KrakenApi
) -> None:
    venue, ours = CcxtVenue(api), order(side=Side.BUY)
    await venue.place_order(ours)
    without(kraken, "QueryOrders")
    found = await venue.find_order(ours)
    assert found is not None
    assert found.status is OrderStatus.FILLED


async def test_any_other_refusal_of_the_ledger_is_no_answer(
    kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock
) -> None:
    kraken.fail("Ledgers", Fault.BUSY, times=None)
    with pytest.raises(Retryable):
        await CcxtAccount(api).ledger(clock.now())
