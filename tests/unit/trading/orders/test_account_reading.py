"""One look at an account: what is new, whose it is, and how few questions it takes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.unit.trading.orders.exchange_account import HandMadeAccount
from tests.world import START
from trading.clock import SimulatedClock
from trading.domain.order import OrderStatus, Side
from trading.errors import Retryable
from trading.exchange.ports import AccountOrder
from trading.orders.account_reading import held_back, our_writing, read_account

OURS = str(UUID(int=7))
CURRENCIES = ("USD", "BTC")


@pytest.fixture
def account() -> HandMadeAccount:
    return HandMadeAccount(SimulatedClock(START), {"USD": Decimal(1000)})


def resting(side: Side, quantity: str, filled: str = "0", limit: str | None = "50") -> AccountOrder:
    price = None if limit is None else Decimal(limit)
    return AccountOrder(
        "W", None, "BTC/USD", side, OrderStatus.ACCEPTED, Decimal(quantity), Decimal(filled), START, limit_price=price
    )


@pytest.mark.parametrize("written", [OURS, OURS.replace("-", ""), OURS.upper()])
def test_an_id_of_ours_is_known_however_a_venue_writes_it(written: str) -> None:
    assert our_writing(written) == OURS


@pytest.mark.parametrize(("written", "read"), [(None, ""), ("", ""), ("my-own-1", "my-own-1")])
def test_other_ids_are_left_as_they_are(written: str | None, read: str) -> None:
    assert our_writing(written) == read


def test_a_sale_holds_back_its_base_and_a_purchase_its_price() -> None:
    orders = [resting(Side.SELL, "2", "0.5"), resting(Side.SELL, "1"), resting(Side.BUY, "3", "1")]
    assert held_back(orders) == {"BTC": Decimal("2.5"), "USD": 100}


def test_a_purchase_without_a_price_holds_nothing_back() -> None:
    assert held_back([resting(Side.BUY, "3", limit=None)]) == {"USD": 0}


async def test_trades_and_closed_orders_are_asked_for_only_when_the_ledger_tells_of_some(
    account: HandMadeAccount,
) -> None:
    account.post("USD", "5")
    await read_account(account, START, (), CURRENCIES)
    assert account.asked == ["ledger", "open orders", "holdings"]
    account.asked.clear()
    account.trade("BTC/USD", Side.BUY, "1")
    await read_account(account, START, (), CURRENCIES)
    assert account.asked == ["ledger", "open orders", "trades", "closed orders", "holdings"]


async def test_holdings_are_read_last_so_that_nothing_explained_is_missing_from_them(account: HandMadeAccount) -> None:
    await read_account(account, START, (), CURRENCIES)
    assert account.asked[-1] == "holdings"


async def test_what_is_known_and_what_is_not_ours_to_count_is_left_out(account: HandMadeAccount) -> None:
    known, new = account.post("USD", "5"), account.post("USD", "6")
    account.post("DOGE", "7")
    traded = account.trade("BTC/USD", Side.BUY, "1")
    reading = await read_account(account, START, {known.id, traded.trade_id}, CURRENCIES)
    assert (reading.entries, reading.trades) == ([new], [])


async def test_it_reaches_to_the_newest_entry_of_any_currency(account: HandMadeAccount) -> None:
    account.post("USD", "5")
    account.clock.advance(60)
    account.post("DOGE", "7")
    reading = await read_account(account, START, (), CURRENCIES)
    assert reading.until == START + timedelta(seconds=60)


async def test_an_empty_ledger_reaches_no_further_than_was_asked(account: HandMadeAccount) -> None:
    assert (await read_account(account, START, (), CURRENCIES)).until == START


async def test_whose_a_trade_is(account: HandMadeAccount) -> None:
    ours = account.trade("BTC/USD", Side.BUY, "1", client_id=OURS.replace("-", ""))
    owners = account.trade("BTC/USD", Side.BUY, "1")
    hidden = account.trade("BTC/USD", Side.BUY, "1")
    account.unseen.add(hidden.venue_order_id)
    reading = await read_account(account, START, (), CURRENCIES)
    assert [reading.owner_of(trade) for trade in (ours, owners, hidden)] == [OURS, "", None]
    assert reading.client_ids() == {OURS}


async def test_an_entry_whose_trade_or_order_is_not_shown_yet_is_not_complete(account: HandMadeAccount) -> None:
    account.trade("BTC/USD", Side.BUY, "1")
    (entry, _) = account.entries
    whole = await read_account(account, START, (), CURRENCIES)
    assert (whole.is_settled(entry), whole.is_complete(entry)) == (True, True)
    account.unseen = {"O1"}
    without_order = await read_account(account, START, (), CURRENCIES)
    assert (without_order.is_settled(entry), without_order.is_complete(entry)) == (True, False)
    account.unseen = {"T1"}
    without_trade = await read_account(account, START, (), CURRENCIES)
    assert (without_trade.is_settled(entry), without_trade.is_complete(entry)) == (False, False)


async def test_it_is_whole_or_not_at_all(account: HandMadeAccount) -> None:
    account.outage = "down"
    with pytest.raises(Retryable):
        await read_account(account, START, (), CURRENCIES)
