"""What every store promises, whatever it is made of."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.stores import ADAPTERS, opened
from tests.unit.trading.store.facts import (
    START,
    approval,
    at,
    batch,
    cash_flow,
    cycle,
    equity_point,
    fill,
    intent,
    order,
    posting,
    thesis,
)
from trading.domain.event import ApprovalClosed, BatchCompleted, Event, FeedStale, RunEnded, Started, StateChanged
from trading.domain.money import Money
from trading.domain.order import OrderStatus, OrderType, Side, Source
from trading.domain.plan import CycleOutcome
from trading.domain.portfolio import CashFlow, Posting, Protection
from trading.domain.risk import ApprovalStatus, Consent, Estimate, Measure, NeedsApproval, TradingState
from trading.errors import ConcurrentUpdate
from trading.store.port import Store, Transaction

ROUND_TRIP = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def store(adapter: str, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(adapter, tmp_path) as store:
        yield store


async def keep_order(store: Store, status: OrderStatus = OrderStatus.INTENDED) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(status=status)])


async def journal(store: Store) -> list[Event]:
    async with store.reading() as queries:
        return [entry.event for entry in await queries.events(0, 1_000)]


# -- settings and slots


async def test_a_setting_is_unknown_until_put_and_replaced_when_put_again(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.meta("state") is None
        await tx.put_meta("state", "ACTIVE")
        await tx.put_meta("state", "HALTED")
        await tx.put_meta("other", "")
    async with store.reading() as queries:
        assert await queries.meta("state") == "HALTED"
        assert await queries.meta("other") == ""


async def test_a_slot_is_claimed_once(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.claim_slot("rebalance", "2025-03-01", START)
        assert not await tx.claim_slot("rebalance", "2025-03-01", START)
        assert await tx.claim_slot("rebalance", "2025-03-02", START)
        assert await tx.claim_slot("report", "2025-03-01", START)
        assert await tx.slot_taken("report", "2025-03-01")
        assert not await tx.slot_taken("report", "2025-03-02")
    async with store.transaction() as tx:
        assert not await tx.claim_slot("rebalance", "2025-03-01", at(99))


async def test_of_many_who_claim_a_slot_one_wins(store: Store) -> None:
    async def claim() -> bool:
        async with store.transaction() as tx:
            return await tx.claim_slot("rebalance", "2025-03-01", START)

    assert sum(await asyncio.gather(*(claim() for _ in range(20)))) == 1


# -- orders


async def test_an_order_comes_back_whole(store: Store) -> None:
    wish = intent(
        "stop",
        side=Side.SELL,
        type=OrderType.LIMIT,
        source=Source.STOP,
        reason="2 % below cost; 'quoted' \"text\" €\n",
        limit_price=Decimal("99.90"),
        reduce_only=True,
        protective=True,
        margin=True,
        expected_move=Decimal("0.030"),
    )
    kept = order(
        "stop",
        intent=wish,
        status=OrderStatus.PARTIALLY_FILLED,
        updated_at=at(1.5),
        venue_order_id="OX-1",
        filled_quantity=Decimal("0.0040"),
        average_price=Decimal("99.950"),
        fee=Decimal("0.0016"),
        detail="half",
    )
    async with store.transaction() as tx:
        await tx.add_batch(batch(cycle_id="cycle"))
        await tx.add_orders([kept, order("plain")])
    async with store.reading() as queries:
        assert await queries.order("stop") == kept
        assert await queries.order("plain") == order("plain")
        assert await queries.order("nobody") is None
        assert await queries.batch("batch") == batch(cycle_id="cycle")
        assert await queries.batch("nobody") is None


async def test_orders_of_a_batch_come_in_the_order_in_which_they_were_added(store: Store) -> None:
    names = [f"order-{n}" for n in (3, 1, 2)]
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_batch(batch("other"))
        await tx.add_orders([order(name) for name in names])
        await tx.add_orders([order("foreign", "other")])
        await tx.add_orders([order("last")])
        await tx.add_orders([])
    async with store.reading() as queries:
        assert [o.client_order_id for o in await queries.orders_of_batch("batch")] == [*names, "last"]
        assert list(await queries.orders_of_batch("nobody")) == []


async def test_orders_are_found_by_many_ids_at_once(store: Store) -> None:
    names = [f"order-{n}" for n in range(1_200)]
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(name) for name in names])
    async with store.reading() as queries:
        assert {o.client_order_id for o in await queries.orders_by_id([*names, "nobody"])} == set(names)
        assert list(await queries.orders_by_id([])) == []
        assert await queries.batches_by_id([batch().id, "nobody", batch().id]) == [batch()]
        assert await queries.batches_by_id([]) == []


async def test_open_orders_are_those_that_are_not_final(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order(status.value, status=status) for status in OrderStatus])
    async with store.reading() as queries:
        assert [o.client_order_id for o in await queries.open_orders()] == [
            "INTENDED",
            "SUBMITTED",
            "UNKNOWN",
            "ACCEPTED",
            "PARTIALLY_FILLED",
        ]


async def test_an_order_that_fills_late_is_open_again_in_its_old_place(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order("first"), order("second")])
        await tx.update_order(order("first", status=OrderStatus.CANCELED), OrderStatus.INTENDED)
        assert [o.client_order_id for o in await tx.open_orders()] == ["second"]
        await tx.update_order(order("first", status=OrderStatus.PARTIALLY_FILLED), OrderStatus.CANCELED)
    async with store.reading() as queries:
        assert [o.client_order_id for o in await queries.open_orders()] == ["first", "second"]


async def test_an_order_is_replaced_only_while_its_status_is_the_expected_one(store: Store) -> None:
    await keep_order(store)
    async with store.transaction() as tx:
        await tx.update_order(order(status=OrderStatus.SUBMITTED, detail="sent"), OrderStatus.INTENDED)
    with pytest.raises(ConcurrentUpdate, match="order"):
        async with store.transaction() as tx:
            await tx.update_order(order(status=OrderStatus.REJECTED), OrderStatus.INTENDED)
    with pytest.raises(ConcurrentUpdate):
        async with store.transaction() as tx:
            await tx.update_order(order("nobody"), OrderStatus.INTENDED)
    async with store.reading() as queries:
        assert await queries.order("order") == order(status=OrderStatus.SUBMITTED, detail="sent")


async def test_a_client_order_id_is_used_once(store: Store) -> None:
    await keep_order(store)
    for again in ([order()], [order("new"), order("new")]):
        with pytest.raises(ConcurrentUpdate, match="order"):
            async with store.transaction() as tx:
                await tx.add_orders(again)
    async with store.reading() as queries:
        assert len(await queries.orders_of_batch("batch")) == 1


async def test_a_fact_needs_the_fact_it_belongs_to(store: Store) -> None:
    async def orphan_order(tx: Transaction) -> None:
        await tx.add_orders([order(batch_id="nobody")])

    async def orphan_fill(tx: Transaction) -> None:
        await tx.add_fill(fill(order_id="nobody"))

    async def orphan_approval(tx: Transaction) -> None:
        await tx.add_approval(approval(batch_id="nobody"))

    for add in (orphan_order, orphan_fill, orphan_approval):
        with pytest.raises(ConcurrentUpdate, match=r"nobody.*not stored"):
            async with store.transaction() as tx:
                await add(tx)


async def test_ids_of_batches_cycles_and_approvals_are_used_once(store: Store) -> None:
    async def add_all(tx: Transaction) -> None:
        await tx.add_batch(batch())
        await tx.add_cycle(cycle())
        await tx.add_approval(approval())

    async with store.transaction() as tx:
        await add_all(tx)

    async def add_batch(tx: Transaction) -> None:
        await tx.add_batch(batch())

    async def add_cycle(tx: Transaction) -> None:
        await tx.add_cycle(cycle())

    async def add_approval(tx: Transaction) -> None:
        await tx.add_approval(approval())

    for add_again in (add_batch, add_cycle, add_approval):
        with pytest.raises(ConcurrentUpdate, match="stored already"):
            async with store.transaction() as tx:
                await add_again(tx)


# -- fills and the ledger


async def test_a_trade_counts_once(store: Store) -> None:
    await keep_order(store)
    async with store.transaction() as tx:
        assert await tx.add_fill(fill())
        assert not await tx.add_fill(fill(price=Decimal("1")))
    async with store.transaction() as tx:
        assert not await tx.add_fill(fill())
    async with store.reading() as queries:
        assert list(await queries.fills()) == [fill()]
        assert list(await queries.fills_of_order("order")) == [fill()]
        assert list(await queries.fills_of_order("nobody")) == []


async def test_a_fill_comes_back_whole(store: Store) -> None:
    await keep_order(store)
    fee = Money(Decimal("0.00010"), "BNB")
    kept = fill(side=Side.SELL, fee=fee, realized=Decimal("-1.20"), fee_value=Decimal("0.0620"), margin=True)
    async with store.transaction() as tx:
        await tx.add_fill(kept)
    async with store.reading() as queries:
        assert list(await queries.fills()) == [kept]


async def test_fills_come_by_time_and_then_as_they_were_added(store: Store) -> None:
    await keep_order(store)
    minutes = [2, 0, 1, 1, 3, 0]
    async with store.transaction() as tx:
        for n, minute in enumerate(minutes):
            await tx.add_fill(fill(f"{minute}-{n}", at=at(minute)))
    expected = ["0-1", "0-5", "1-2", "1-3", "2-0", "3-4"]
    async with store.reading() as queries:
        assert [f.trade_id for f in await queries.fills()] == expected
        assert [f.trade_id for f in await queries.fills_of_order("order")] == expected


async def test_fills_are_cut_by_window_symbol_and_limit(store: Store) -> None:
    await keep_order(store)
    async with store.transaction() as tx:
        for minute in range(6):
            symbol = "ETH/USD" if minute % 2 else "BTC/USD"
            await tx.add_fill(fill(str(minute), at=at(minute), symbol=symbol))

    async with store.reading() as queries:

        async def found(**cut: object) -> str:
            return "".join(f.trade_id for f in await queries.fills(**cut))  # type: ignore[arg-type]

        assert await found(since=at(2)) == "2345"
        assert await found(until=at(2)) == "01"
        assert await found(since=at(1), until=at(4)) == "123"
        assert await found(symbol="ETH/USD") == "135"
        assert await found(symbol="ETH/USD", since=at(2), limit=1) == "5"
        assert await found(limit=2) == "45"
        assert await found(limit=99) == "012345"
        assert await found(limit=0) == ""


async def test_totals_are_the_sums_of_the_postings(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.account_totals() == {}
        await tx.add_postings([])
        await tx.add_postings([posting("cash", "-10.10"), posting("holdings", "10.10")])
        await tx.add_postings([posting("cash", "0.1"), posting("cash", "0.5", "BTC"), posting("fees", "-0.1")])
    async with store.reading() as queries:
        totals = await queries.account_totals()
    assert totals == {
        ("cash", "USD"): Decimal("-10.0"),
        ("holdings", "USD"): Decimal("10.10"),
        ("cash", "BTC"): Decimal("0.5"),
        ("fees", "USD"): Decimal("-0.1"),
    }
    assert sum(total for (_, currency), total in totals.items() if currency == "USD") == 0


AMOUNTS = st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=None), min_size=1, max_size=8)
MONEY = st.lists(st.decimals(min_value=-(10**30), max_value=10**30, places=18), min_size=1, max_size=8)


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(amounts=MONEY)
@ROUND_TRIP
async def test_what_is_posted_and_taken_back_sums_to_exactly_zero(adapter: str, amounts: list[Decimal]) -> None:
    entries = [Posting("entry", "cash", Money(amount, "USD"), START) for amount in amounts]
    # copy_negate, because a plain minus rounds to 28 digits
    reversed_ = [replace(entry, money=Money(entry.money.amount.copy_negate(), "USD")) for entry in entries]
    with tempfile.TemporaryDirectory() as folder:
        async with opened(adapter, Path(folder)) as store:
            async with store.transaction() as tx:
                await tx.add_postings([*entries, *reversed_])
            async with store.reading() as queries:
                assert await queries.account_totals() == {("cash", "USD"): 0}


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(amounts=AMOUNTS)
@ROUND_TRIP
async def test_amounts_keep_every_digit(adapter: str, amounts: list[Decimal]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(adapter, Path(folder)) as store:
            await keep_order(store)
            async with store.transaction() as tx:
                for n, amount in enumerate(amounts):
                    await tx.add_fill(fill(f"{n:02}", price=amount, fee=Money(amount, "USD")))
                    await tx.append(RunEnded(START, amount))
                await tx.add_equity_point(equity_point(benchmarks={str(n): a for n, a in enumerate(amounts)}))
            async with store.reading() as queries:
                fills = await queries.fills()
                (point,) = await queries.equity_points()
            events = await journal(store)
    written = [str(amount) for amount in amounts]
    assert [str(f.price) for f in fills] == written
    assert [str(f.fee.amount) for f in fills] == written
    assert [str(price) for price in point.benchmarks.values()] == written
    assert [str(event.residual) for event in events if isinstance(event, RunEnded)] == written


@pytest.mark.parametrize("adapter", ADAPTERS)
@given(instants=st.lists(st.integers(0, 10**15), min_size=2, max_size=8, unique=True))
@ROUND_TRIP
async def test_instants_keep_every_microsecond_and_their_order(adapter: str, instants: list[int]) -> None:
    times = [START + timedelta(microseconds=n) for n in instants]
    with tempfile.TemporaryDirectory() as folder:
        async with opened(adapter, Path(folder)) as store:
            async with store.transaction() as tx:
                for instant in times:
                    await tx.add_equity_point(equity_point(at=instant))
            async with store.reading() as queries:
                kept = [point.at for point in await queries.equity_points()]
    assert kept == sorted(times)
    assert all(instant.utcoffset() == timedelta(0) for instant in kept)


async def test_cash_flows_come_by_time(store: Store) -> None:
    flows = [cash_flow("b", "-5.50", 2), cash_flow("a", "100.00", 1)]
    async with store.transaction() as tx:
        for flow in flows:
            await tx.add_cash_flow(flow)
    async with store.reading() as queries:
        assert list(await queries.cash_flows()) == flows[::-1]


async def test_a_flow_counts_once_and_comes_back_whole(store: Store) -> None:
    reward = CashFlow("reward", Money(Decimal("0.0010"), "BTC"), at(1), "staking", value=Decimal("61.00"))
    rollover = CashFlow("rollover", Money(Decimal("-0.20"), "USD"), at(2), "", rollover_of="BTC/USD")
    async with store.transaction() as tx:
        assert await tx.add_cash_flow(reward)
        assert not await tx.add_cash_flow(replace(reward, value=Decimal(1)))
        assert await tx.add_cash_flow(rollover)
    async with store.transaction() as tx:
        assert not await tx.add_cash_flow(reward)
    async with store.reading() as queries:
        assert list(await queries.cash_flows()) == [reward, rollover]


async def test_what_was_booked_comes_in_the_order_of_booking_whatever_its_time(store: Store) -> None:
    await keep_order(store)
    first, late = cash_flow("first", minutes=9), cash_flow("late", minutes=1)
    trade, older = fill("t1", at=at(5)), fill("t0", at=at(2))
    async with store.transaction() as tx:
        await tx.add_cash_flow(first)
        await tx.add_fill(trade)
        await tx.add_cash_flow(late)
        await tx.add_cash_flow(cash_flow("later"))
        assert list(await tx.booked()) == [first, trade, late, cash_flow("later")]
    async with store.transaction() as tx:
        await tx.add_cash_flow(late)
        await tx.add_fill(trade)
        await tx.add_fill(older)
        await tx.add_cash_flow(cash_flow("last"))
    async with store.reading() as queries:
        assert list(await queries.booked()) == [first, trade, late, cash_flow("later"), older, cash_flow("last")]
        assert list(await queries.fills()) == [older, trade]


async def test_what_was_not_committed_was_not_booked(store: Store) -> None:
    await keep_order(store)
    async with store.transaction() as tx:
        await tx.add_fill(fill("kept"))
    with suppress(RuntimeError):
        async with store.transaction() as tx:
            await tx.add_cash_flow(cash_flow())
            await tx.add_fill(fill("lost"))
            raise RuntimeError
    async with store.reading() as queries:
        assert list(await queries.booked()) == [fill("kept")]


async def test_an_exit_level_is_one_per_symbol(store: Store) -> None:
    first = Protection("BTC/USD", Decimal("98.0"), None, Decimal("100"))
    moved = Protection("BTC/USD", Decimal("99.0"), Decimal("103.00"), Decimal("101"))
    other = Protection("AAVE/USD", None, None, Decimal("7"))
    async with store.transaction() as tx:
        await tx.set_protection(first)
        await tx.set_protection(other)
        await tx.set_protection(moved)
        await tx.clear_protection("nobody")
    async with store.reading() as queries:
        assert list(await queries.protections()) == [other, moved]
    async with store.transaction() as tx:
        await tx.clear_protection("BTC/USD")
    async with store.reading() as queries:
        assert list(await queries.protections()) == [other]


# -- approvals


async def test_an_approval_comes_back_whole(store: Store) -> None:
    card = approval(actor="@ana", outcome="waits")
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(card)
    async with store.reading() as queries:
        assert await queries.approval("card") == card
        assert await queries.approval("nobody") is None
        assert await queries.approval_of_batch("batch") == card
        assert await queries.approval_of_batch("nobody") is None


async def test_what_a_card_says_of_orders_and_people_comes_back_whole(store: Store) -> None:
    seen = Estimate(Decimal("100.10"), Decimal("250.50"), Decimal("1.002"), Decimal("-0.25"), Decimal("0.0004"), None)
    card = approval(
        notes=("BTC: the order book is thin.",),
        revision=3,
        excluded={"order-2": "@ana"},
        warning="What is left out would have paid for the rest.",
        estimates={"order-1": seen, "order-2": Estimate(Decimal(1), Decimal(2), Decimal(3), Decimal(4))},
        needed=NeedsApproval(Decimal("250.50"), Decimal("50.0"), Measure.DAY),
        people=2,
        proposer="telegram:42",
        consent=Consent("@ana", "telegram:42", "telegram", at(1.5)),
    )
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(card)
    async with store.reading() as queries:
        assert await queries.approval("card") == card


async def test_a_waiting_card_is_revised_under_its_revision_alone(store: Store) -> None:
    card = approval(actor="@ana")
    revised = replace(
        card, revision=1, excluded={"order-1": "@bob"}, notional=Decimal(1), fees=Decimal("0.1"), weights_after={}
    )
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(card)
        assert not await tx.revise_approval(revised, 1, at=at(1))
        assert await tx.revise_approval(revised, 0, at=at(1))
        assert not await tx.revise_approval(revised, 0, at=at(1))
        assert not await tx.revise_approval(replace(revised, id="nobody"), 0, at=at(1))
    async with store.reading() as queries:
        assert await queries.approval("card") == revised


async def test_a_revision_changes_nothing_else(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(approval())
        told = approval(revision=1, actor="@eve", expires_at=at(99), status=ApprovalStatus.APPROVED, proposer="eve")
        assert await tx.revise_approval(told, 0, at=at(1))
        assert await tx.approval("card") == approval(revision=1)


async def test_a_closed_or_expired_card_is_not_revised(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(approval())
        late = approval(revision=1)
        assert not await tx.revise_approval(late, 0, at=late.expires_at)
        await tx.decide_approval("card", ApprovalStatus.REJECTED, at=at(1))
        assert not await tx.revise_approval(late, 0, at=at(1))


async def test_a_decision_for_another_revision_does_not_count(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(approval(revision=2))
        assert not await tx.decide_approval("card", ApprovalStatus.APPROVED, at=at(1), revision=1)
        assert await tx.decide_approval("card", ApprovalStatus.APPROVED, at=at(1), revision=2)


async def test_approvals_come_by_time_status_and_limit(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        for name, minute in (("c", 3), ("a", 1), ("b", 2)):
            await tx.add_approval(approval(name, created_at=at(minute)))
        await tx.decide_approval("b", ApprovalStatus.REJECTED, at=at(3), by="@ana", on="web")
    async with store.reading() as queries:
        assert [a.id for a in await queries.approvals()] == ["a", "b", "c"]
        assert [a.id for a in await queries.approvals(limit=2)] == ["b", "c"]
        assert [a.id for a in await queries.approvals(ApprovalStatus.PENDING)] == ["a", "c"]
        assert [a.id for a in await queries.approvals(ApprovalStatus.PENDING, 1)] == ["c"]
        newest = await queries.approval_of_batch("batch")
        assert newest is not None and newest.id == "c"


async def test_an_approval_is_decided_once(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(approval())
        assert await tx.decide_approval(
            "card", ApprovalStatus.APPROVED, at=at(1), by="@ana", on="telegram", outcome="sent"
        )
        assert not await tx.decide_approval("card", ApprovalStatus.REJECTED, at=at(1), by="@bob", on="web")
        assert not await tx.decide_approval("nobody", ApprovalStatus.REJECTED, at=at(1))
        await tx.set_approval_outcome("card", "2 orders filled")
    async with store.reading() as queries:
        assert await queries.approval("card") == approval(
            status=ApprovalStatus.APPROVED,
            decided_at=at(1),
            decided_by="@ana",
            decided_on="telegram",
            outcome="2 orders filled",
        )


async def test_the_outcome_of_an_unknown_approval_is_refused(store: Store) -> None:
    with pytest.raises(ConcurrentUpdate, match="nobody"):
        async with store.transaction() as tx:
            await tx.set_approval_outcome("nobody", "lost")


@pytest.mark.parametrize(
    ("early", "status", "decided"),
    [
        (timedelta(microseconds=1), ApprovalStatus.APPROVED, True),
        (timedelta(0), ApprovalStatus.APPROVED, False),
        (timedelta(milliseconds=-1), ApprovalStatus.APPROVED, False),
        (timedelta(0), ApprovalStatus.EXPIRED, True),
        (timedelta(milliseconds=-1), ApprovalStatus.REJECTED, True),
    ],
)
async def test_expiry_is_tested_in_the_same_step_as_the_decision(
    store: Store, early: timedelta, status: ApprovalStatus, decided: bool
) -> None:
    card = approval()
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(card)
        assert await tx.decide_approval("card", status, at=card.expires_at - early) is decided


async def test_fifty_presses_at_once_decide_once(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_approval(approval())

    async def press(n: int) -> bool:
        async with store.transaction() as tx:
            return await tx.decide_approval("card", ApprovalStatus.APPROVED, at=at(1), by=f"@{n}")

    assert sum(await asyncio.gather(*(press(n) for n in range(50)))) == 1


# -- decisions and equity


async def test_a_cycle_comes_back_whole_and_is_replaced_by_id(store: Store) -> None:
    done = replace(cycle(), outcome=CycleOutcome.TRADED, batch_id="batch", notes=())
    async with store.transaction() as tx:
        await tx.add_cycle(cycle())
        await tx.add_cycle(cycle("held", plan=None, raw=(), weights_now={}))
    async with store.reading() as queries:
        assert await queries.cycle("cycle") == cycle()
        assert await queries.cycle("held") == cycle("held", plan=None, raw=(), weights_now={})
        assert await queries.cycle("nobody") is None
    async with store.transaction() as tx:
        await tx.update_cycle(done)
    async with store.reading() as queries:
        assert await queries.cycle("cycle") == done
    with pytest.raises(ConcurrentUpdate, match="nobody"):
        async with store.transaction() as tx:
            await tx.update_cycle(cycle("nobody"))


async def test_cycles_and_theses_come_by_time_and_the_limit_keeps_the_newest(store: Store) -> None:
    async with store.transaction() as tx:
        for name, minute in (("b", 2), ("a", 1), ("c", 3), ("d", 3)):
            await tx.add_cycle(cycle(name, minute))
            await tx.add_thesis(thesis(name, minute))
    async with store.reading() as queries:
        assert [c.id for c in await queries.cycles(99)] == ["a", "b", "c", "d"]
        assert [c.id for c in await queries.cycles(2)] == ["c", "d"]
        assert [t.cycle_id for t in await queries.theses(99)] == ["a", "b", "c", "d"]
        assert list(await queries.theses(1)) == [thesis("d", 3)]


async def test_equity_has_one_point_per_instant_and_a_window_with_both_ends(store: Store) -> None:
    async with store.transaction() as tx:
        for minute in (3, 1, 2):
            await tx.add_equity_point(equity_point(minute))
        await tx.add_equity_point(equity_point(2, "250.5", flows=Decimal("150"), exposure=Decimal("0.60")))
    async with store.reading() as queries:
        assert [(p.at, p.equity) for p in await queries.equity_points()] == [
            (at(1), Decimal("100")),
            (at(2), Decimal("250.5")),
            (at(3), Decimal("100")),
        ]
        assert [p.at for p in await queries.equity_points(at(1), at(2))] == [at(1), at(2)]
        assert [p.at for p in await queries.equity_points(since=at(2.5))] == [at(3)]
        assert list(await queries.equity_points(at(2), at(2))) == [
            equity_point(2, "250.5", flows=Decimal("150"), exposure=Decimal("0.60"))
        ]


# -- the journal

EVENTS: Sequence[Event] = (
    Started(START, "PAPER", "simulated market", True, 2),
    ApprovalClosed(START, "card", ApprovalStatus.SUPERSEDED, "card-2"),
    StateChanged(START, TradingState.ACTIVE, TradingState.HALTED, "asked", "@ana"),
    FeedStale(START, ("BTC/USD", "ETH/USD"), math.inf, "no price yet"),
    RunEnded(START, Decimal("0E-8")),
)


async def test_the_journal_numbers_its_entries_without_gaps(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.last_seq() == 0
        assert [await tx.append(event) for event in EVENTS[:2]] == [1, 2]
        assert await tx.last_seq() == 2
    with suppress(RuntimeError):
        async with store.transaction() as tx:
            assert await tx.append(EVENTS[2]) == 3
            raise RuntimeError
    async with store.transaction() as tx:
        assert [await tx.append(event) for event in EVENTS[2:]] == [3, 4, 5]
    async with store.reading() as queries:
        entries = await queries.events(0, 99)
        assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
        assert tuple(entry.event for entry in entries) == EVENTS
        assert [entry.seq for entry in await queries.events(2, 2)] == [3, 4]
        assert list(await queries.events(5, 10)) == []
        assert await queries.last_seq() == 5


async def test_writers_at_once_number_the_journal_in_the_order_of_their_commits(store: Store) -> None:
    async def write(n: int) -> int:
        async with store.transaction() as tx:
            return await tx.append(BatchCompleted(START, str(n)))

    given_out = await asyncio.gather(*(write(n) for n in range(30)))
    assert sorted(given_out) == list(range(1, 31))
    kept = [event.batch_id for event in await journal(store) if isinstance(event, BatchCompleted)]
    assert [given_out[int(name)] for name in kept] == list(range(1, 31))


async def test_who_waits_for_events_wakes_after_the_commit_and_not_before(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.append(EVENTS[0])
    await asyncio.wait_for(store.wait_for_events(0), 5)
    waiting = [asyncio.ensure_future(store.wait_for_events(1)) for _ in range(3)]
    async with store.transaction() as tx:
        await tx.append(EVENTS[1])
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
    await asyncio.wait_for(asyncio.gather(*waiting), 5)
    async with store.reading() as queries:
        assert await queries.last_seq() == 2


async def test_a_rolled_back_event_wakes_nobody(store: Store) -> None:
    waiting = asyncio.ensure_future(store.wait_for_events(0))
    with suppress(RuntimeError):
        async with store.transaction() as tx:
            await tx.append(EVENTS[0])
            raise RuntimeError
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


# -- transactions


async def write_everything(tx: Transaction, tag: str) -> None:
    """One of each write, on rows of this tag."""
    await tx.put_meta("state", tag)
    await tx.claim_slot("job", tag, START)
    await tx.add_batch(batch(tag))
    await tx.add_orders([order(tag, tag)])
    await tx.update_order(order(tag, tag, status=OrderStatus.FILLED), OrderStatus.INTENDED)
    await tx.add_fill(fill(tag, tag, at=at(-len(tag))))
    await tx.add_postings([posting("cash", "1.5")])
    await tx.add_cash_flow(cash_flow(tag))
    await tx.set_protection(Protection("BTC/USD", None, None, Decimal(len(tag))))
    await tx.clear_protection("ETH/USD")
    await tx.add_approval(approval(tag, tag))
    await tx.revise_approval(approval(tag, tag, revision=1), 0, at=START)
    await tx.decide_approval(tag, ApprovalStatus.APPROVED, at=START)
    await tx.set_approval_outcome(tag, "done")
    await tx.add_cycle(cycle(tag))
    await tx.update_cycle(cycle(tag, outcome=CycleOutcome.HELD))
    await tx.add_thesis(thesis(tag, -len(tag)))
    await tx.add_equity_point(equity_point(0, str(len(tag))))
    await tx.append(BatchCompleted(START, tag))


async def everything(store: Store) -> list[object]:
    async with store.reading() as queries:
        names = [cycle.id for cycle in await queries.cycles(99)]
        return [
            await queries.meta("state"),
            [await queries.batch(name) for name in names],
            [await queries.orders_of_batch(name) for name in names],
            [list(await queries.fills_of_order(name)) for name in names],
            list(await queries.open_orders()),
            list(await queries.fills()),
            await queries.account_totals(),
            list(await queries.cash_flows()),
            list(await queries.protections()),
            list(await queries.approvals()),
            [await queries.approval_of_batch(name) for name in names],
            list(await queries.cycles(99)),
            list(await queries.theses(99)),
            list(await queries.equity_points()),
            list(await queries.events(0, 99)),
            await queries.last_seq(),
        ]


async def test_an_error_takes_the_whole_transaction_back(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.set_protection(Protection("ETH/USD", None, Decimal("9"), Decimal("8")))
        await write_everything(tx, "kept")
    before = await everything(store)
    with pytest.raises(RuntimeError, match="changed my mind"):
        async with store.transaction() as tx:
            await write_everything(tx, "undone")
            assert await tx.meta("state") == "undone"
            raise RuntimeError("changed my mind")
    assert await everything(store) == before
    async with store.transaction() as tx:
        assert await tx.claim_slot("job", "undone", START)
        assert not await tx.claim_slot("job", "kept", START)


async def test_a_transaction_reads_its_own_writes(store: Store) -> None:
    async with store.transaction() as tx:
        await write_everything(tx, "mine")
        assert (await tx.order("mine")) == order("mine", "mine", status=OrderStatus.FILLED)
        assert [f.trade_id for f in await tx.fills()] == ["mine"]
        assert await tx.account_totals() == {("cash", "USD"): Decimal("1.5")}
        assert await tx.last_seq() == 1


async def test_a_reader_keeps_its_view_while_a_writer_writes(store: Store) -> None:
    await keep_order(store)
    async with store.reading() as queries:
        assert await queries.meta("state") is None
        async with store.transaction() as tx:
            await write_everything(tx, "new")
        assert await queries.meta("state") is None
        assert await queries.batch("new") is None
        assert await queries.last_seq() == 0
        assert list(await queries.fills()) == []
    async with store.reading() as queries:
        assert await queries.meta("state") == "new"


async def test_a_reader_that_comes_in_the_middle_sees_nothing_uncommitted(store: Store) -> None:
    await keep_order(store)
    async with store.transaction() as tx:
        await write_everything(tx, "new")
        async with store.reading() as queries:
            assert await queries.meta("state") is None
            assert await queries.last_seq() == 0
            assert await queries.order("order") == order()
    async with store.reading() as queries:
        assert await queries.last_seq() == 1


async def test_one_writer_at_a_time(store: Store) -> None:
    async def add_one() -> None:
        async with store.transaction() as tx:
            count = int(await tx.meta("count") or 0)
            await asyncio.sleep(0)
            await tx.put_meta("count", str(count + 1))

    await asyncio.gather(*(add_one() for _ in range(40)))
    async with store.reading() as queries:
        assert await queries.meta("count") == "40"


async def test_twenty_readers_and_a_writer_never_hinder_each_other(store: Store) -> None:
    done = asyncio.Event()

    async def read() -> int:
        views = 0
        while not done.is_set():
            async with store.reading() as queries:
                count, seq = int(await queries.meta("count") or 0), await queries.last_seq()
                assert count == seq
            views += 1
            await asyncio.sleep(0)
        return views

    readers = [asyncio.ensure_future(read()) for _ in range(20)]
    for n in range(1, 41):
        async with store.transaction() as tx:
            await tx.put_meta("count", str(n))
            await asyncio.sleep(0)
            await tx.append(BatchCompleted(START, str(n)))
        await asyncio.sleep(0)
    done.set()
    assert min(await asyncio.gather(*readers)) >= 1


# -- cancellation


async def test_a_writer_cancelled_in_its_block_leaves_nothing_and_blocks_nobody(store: Store) -> None:
    inside, never = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with store.transaction() as tx:
            await write_everything(tx, "cancelled")
            inside.set()
            await never.wait()

    writing = asyncio.ensure_future(write())
    await asyncio.wait_for(inside.wait(), 5)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with store.transaction() as tx:
        assert await tx.batch("cancelled") is None
        await write_everything(tx, "after")
    assert len(await journal(store)) == 1


async def test_a_writer_cancelled_anywhere_is_kept_whole_or_not_at_all(store: Store) -> None:
    rounds = 120

    async def write(tag: str) -> None:
        async with store.transaction() as tx:
            await tx.add_batch(batch(tag))
            await tx.add_orders([order(tag, tag)])
            await asyncio.sleep(0)
            await tx.append(BatchCompleted(START, tag))

    async def cancel_after(steps: int, tag: str) -> None:
        writing = asyncio.ensure_future(write(tag))
        for _ in range(steps):
            await asyncio.sleep(0)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing

    await asyncio.gather(*(cancel_after(n, f"a{n}") for n in range(rounds)))
    for n in range(rounds):
        await cancel_after(n % 60, f"b{n}")
    noted = {event.batch_id for event in await journal(store) if isinstance(event, BatchCompleted)}
    async with store.reading() as queries:
        for tag in [f"{kind}{n}" for kind in "ab" for n in range(rounds)]:
            whole = tag in noted
            assert (await queries.batch(tag) is not None) is whole
            assert (await queries.order(tag) is not None) is whole
    async with store.transaction() as tx:
        assert await tx.append(BatchCompleted(START, "after")) == len(noted) + 1


async def test_a_reader_cancelled_anywhere_gives_its_place_back(store: Store) -> None:
    async def read() -> None:
        async with store.reading() as queries:
            await queries.last_seq()
            await asyncio.sleep(0)
            await queries.last_seq()

    for n in range(60):
        reading = asyncio.ensure_future(read())
        for _ in range(n % 30):
            await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    await asyncio.wait_for(asyncio.gather(*(read() for _ in range(20))), 10)


async def test_opening_twice_and_closing_twice_is_fine(store: Store) -> None:
    await keep_order(store)
    await store.open()
    async with store.reading() as queries:
        assert await queries.order("order") == order()
    await store.close()
    await store.close()
