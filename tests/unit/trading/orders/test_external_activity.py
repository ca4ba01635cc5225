"""What the owner and the venue did: fills and flows in the books, or a word that they do not fit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.trading.orders.exchange_account import HandMadeAccount
from tests.world import START, SmallWorld, rules, started
from trading.domain.event import ExternalFill, ExternalFlow
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Side, Source
from trading.domain.portfolio import CashFlow
from trading.errors import Retryable
from trading.exchange.ports import LedgerEntry, LedgerKind
from trading.orders.external_activity import ExternalActivity, entry_of
from trading.orders.protections import ExitRules
from trading.store.port import Store


def activity(world: SmallWorld, **instruments: Instrument) -> ExternalActivity:
    core = world.core
    known = {**core.instruments, **instruments}
    return ExternalActivity(core.manager._books, core.account, known, "Kraken", world.clock)


def entry(currency: str, amount: str, fee: str = "0", kind: LedgerKind = LedgerKind.DEPOSIT) -> LedgerEntry:
    return LedgerEntry("L1", "R1", kind, Money(Decimal(amount), currency), Money(Decimal(fee), currency), START)


async def test_the_portfolio_consists_of_its_quote_and_the_bases_of_its_pairs(world: SmallWorld) -> None:
    assert activity(world).currencies == {"USD", "BTC", "ETH", "SOL"}
    assert activity(world).is_traded_here("BTC/USD")
    assert not activity(world).is_traded_here("BTC/EUR")


async def test_a_trade_by_hand_is_kept_with_an_order_of_its_own(any_store: Store) -> None:
    world = await started(any_store, told=rules(exits=ExitRules(Decimal("0.02"), None)))
    made = HandMadeAccount(world.clock).trade("BTC/USD", Side.BUY, "2")
    assert await activity(world).book_trade(made)
    async with world.store.reading() as read:
        (fill,) = await read.fills()
        order = await read.order(fill.client_order_id)
    assert order is not None
    assert (order.intent.source, order.filled_quantity, order.venue_order_id) == (Source.EXTERNAL, 2, "O1")
    assert (world.held(), world.core.protections.get("BTC/USD")) == (2, None)


async def test_the_same_trade_is_booked_and_told_once(world: SmallWorld) -> None:
    made = HandMadeAccount(world.clock).trade("BTC/USD", Side.BUY, "2")
    assert [await activity(world).book_trade(made) for _ in range(3)] == [True] * 3
    assert (world.held(), len(await world.events(ExternalFill))) == (2, 1)


async def test_selling_all_by_hand_takes_the_exit_levels_away(any_store: Store) -> None:
    world = await started(any_store, told=rules(exits=ExitRules(Decimal("0.02"), None)))
    await world.buy("2")
    assert await activity(world).book_trade(HandMadeAccount(world.clock).trade("BTC/USD", Side.SELL, "2"))
    assert world.core.protections.get("BTC/USD") is None


async def test_a_sale_that_the_books_cannot_take_changes_nothing(any_store: Store) -> None:
    world = await started(any_store)
    await world.buy("1")
    cash = world.cash
    assert not await activity(world).book_trade(HandMadeAccount(world.clock).trade("BTC/USD", Side.SELL, "2"))
    assert (world.held(), world.cash, await world.events(ExternalFill)) == (1, cash, [])
    async with world.store.reading() as read:
        assert len(await read.fills()) == 1


@pytest.mark.parametrize(
    ("told", "booked", "worth"),
    [
        (entry("USD", "50", "1"), "49", "49"),
        (entry("USD", "-50", "1", LedgerKind.WITHDRAWAL), "-51", "-51"),
        (entry("BTC", "0.5"), "0.5", "50"),
    ],
)
async def test_an_entry_is_booked_with_its_fee_at_what_it_is_worth(
    world: SmallWorld, told: LedgerEntry, booked: str, worth: str
) -> None:
    assert await activity(world).book_entry(told)
    (event,) = await world.events(ExternalFlow)
    assert (event.money.amount, event.value, entry_of(event.flow_id)) == (Decimal(booked), Decimal(worth), "L1")
    assert await world.core.residual() == 0


async def test_an_entry_of_nothing_is_not_booked(world: SmallWorld) -> None:
    assert await activity(world).book_entry(entry("USD", "1", "1"))
    assert await world.events(ExternalFlow) == []


async def test_an_entry_without_a_price_waits(world: SmallWorld) -> None:
    world.core.quotes._known.pop("BTC/USD")
    with pytest.raises(Retryable, match="no price of BTC"):
        await activity(world).book_entry(entry("BTC", "0.5"))


async def test_a_withdrawal_of_more_than_is_held_changes_nothing(world: SmallWorld) -> None:
    await world.buy("1")
    assert not await activity(world).book_entry(entry("BTC", "-1.5", kind=LedgerKind.WITHDRAWAL))
    assert (world.held(), await world.events(ExternalFlow)) == (1, [])


def test_only_what_was_booked_from_the_ledger_names_an_entry() -> None:
    assert entry_of("ledger-L17") == "L17"
    assert entry_of(CashFlow("opening-BTC", Money(Decimal(1), "BTC"), START, "").id) == "opening-BTC"
