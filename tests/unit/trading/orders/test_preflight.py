"""Before anything is committed the order books and the venue are asked; exits that protect wait for neither."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.world import SmallWorld, limits, rules, started
from trading.contract import ApprovalView
from trading.domain.event import BatchRefused
from trading.domain.market import Depth
from trading.domain.order import OrderIntent, OrderStatus, Side, Source
from trading.domain.risk import ApprovalStatus, RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.intake import Placed, Waiting


async def guarded(**changed: Any) -> SmallWorld:
    """A world with limits on spread and slippage that holds 1 BTC."""
    world = await started(
        told=rules(limits=limits(max_spread=Decimal("0.02"), max_slippage=Decimal("0.01"), **changed))
    )
    await world.buy("1")
    world.venue.checked.clear()
    return world


def book(world: SmallWorld, bid: str = "99.9", ask: str = "100.1", offered: str = "100", far: str = "0") -> Depth:
    """Two levels a side: `offered` at the best price, and 100 more `far` (a fraction) away."""
    best_bid, best_ask, away = Decimal(bid), Decimal(ask), Decimal(far)
    near = Decimal(offered)
    return Depth(
        ((best_bid, near), (best_bid * (1 - away), Decimal(100))),
        ((best_ask, near), (best_ask * (1 + away), Decimal(100))),
        world.clock.now(),
    )


def refusal(outcome: Any) -> Refused:
    assert isinstance(outcome, Refused), outcome
    assert outcome.detail.endswith(".")
    assert "!" not in outcome.detail
    return outcome


def exit_of(world: SmallWorld, quantity: str = "1") -> OrderIntent:
    return world.intent(Side.SELL, quantity, source=Source.STOP, protective=True)


async def test_a_good_book_lets_an_entry_pass() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world)
    assert isinstance(await world.submit(world.intent(Side.BUY, "1")), Placed)


async def test_a_wide_spread_refuses_entries_and_lets_exits_go() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world, "98.9", "101.1")
    refused = refusal(await world.submit(world.intent(Side.BUY, "1")))
    assert refused.code is RefusalCode.SPREAD_TOO_WIDE
    assert "2.20%" in refused.detail
    assert "2.00%" in refused.detail
    assert isinstance(await world.submit(world.intent(Side.SELL, "1")), Placed)


@pytest.mark.parametrize("side", list(Side))
async def test_an_order_that_walks_too_far_is_refused_with_the_figures(side: Side) -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world, offered="0.5", far="0.03")
    refused = refusal(await world.submit(world.intent(side, "1")))
    assert refused.code is RefusalCode.SLIPPAGE_TOO_HIGH
    assert "1.50%" in refused.detail
    world.market.books["BTC/USD"] = book(world, offered="0.5", far="0.02")
    assert isinstance(await world.submit(world.intent(side, "1")), Placed)


async def test_a_book_that_is_too_thin_counts_as_too_much_slippage() -> None:
    world = await guarded()
    thin = book(world)
    world.market.books["BTC/USD"] = Depth(thin.bids, ((Decimal("100.1"), Decimal("0.9")),), thin.at)
    refused = refusal(await world.submit(world.intent(Side.BUY, "1")))
    assert refused.code is RefusalCode.SLIPPAGE_TOO_HIGH
    assert "1 BTC" in refused.detail


async def test_an_old_book_refuses_entries() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world)
    world.clock.advance(121)
    world.tell("BTC/USD", 100)
    assert refusal(await world.submit(world.intent(Side.BUY, "1"))).code is RefusalCode.STALE_PRICE
    assert isinstance(await world.submit(world.intent(Side.SELL, "1")), Placed)


async def test_a_refusal_is_for_the_whole_batch_and_commits_nothing() -> None:
    world = await guarded()
    world.market.books = {"BTC/USD": book(world), "ETH/USD": book(world, "9.9", "10.2")}
    sell, buy = world.intent(Side.SELL, "1"), world.intent(Side.BUY, "1", "ETH/USD")
    placed = len(world.venue.placed)
    assert refusal(await world.submit(sell, buy)).code is RefusalCode.SPREAD_TOO_WIDE
    assert len(world.venue.placed) == placed
    (event,) = await world.events(BatchRefused)
    assert await world.orders(event.batch_id) == []


async def test_an_entry_is_refused_while_its_book_cannot_be_read_and_an_exit_goes() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = Retryable("the exchange is busy")
    refused = refusal(await world.submit(world.intent(Side.BUY, "1")))
    assert refused.code is RefusalCode.VENUE_UNAVAILABLE
    assert "the exchange is busy" in refused.detail
    assert isinstance(await world.submit(world.intent(Side.SELL, "1")), Placed)


@pytest.mark.parametrize(("symbols", "seconds"), [(["BTC/USD"], 3), (["BTC/USD", "ETH/USD"], 5)])
async def test_books_that_do_not_come_are_given_up_by_our_clock(symbols: list[str], seconds: int) -> None:
    world = await guarded()
    world.market.books = {symbol: book(world) for symbol in symbols}
    world.market.books_arrive.clear()
    buys = [world.intent(Side.BUY, "1", symbol) for symbol in symbols]
    submission = asyncio.create_task(world.submit(*buys))
    await settle()
    world.clock.advance(seconds - 0.001)
    await settle()
    assert not submission.done()
    world.clock.advance(0.001)
    async with asyncio.timeout(5):
        assert refusal(await submission).code is RefusalCode.VENUE_UNAVAILABLE


async def test_a_protective_exit_waits_for_no_book_and_no_dry_run() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world)
    world.market.books_arrive.clear()
    world.venue.objects["BTC/USD"] = "Not today."
    async with asyncio.timeout(5):
        assert isinstance(await world.submit(exit_of(world)), Placed)
    assert world.venue.checked == []


async def test_a_stop_overtakes_an_entry_whose_book_does_not_come() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world)
    world.market.books_arrive.clear()
    entry = asyncio.create_task(world.submit(world.intent(Side.BUY, "1")))
    await settle()
    async with asyncio.timeout(5):
        assert isinstance(await world.submit(exit_of(world)), Placed)
    assert world.held() == 0
    world.market.books_arrive.set()
    assert isinstance(await entry, Placed)


async def test_flattening_sells_into_a_bad_market_and_says_how_bad_it_is() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world, "95", "105", offered="0.5", far="0.1")
    shown = await world.desk.preview_flatten("@ana")
    assert isinstance(shown, ApprovalView)
    (note,) = shown.approval.notes
    assert "10.00%" in note
    assert "5.00% below the best bid" in note
    await world.desk.approve(shown.approval.id, "@ana", "web")
    assert world.held() == 0


async def test_a_preview_tells_what_the_book_says_only_where_it_matters() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = book(world, "99.99", "100.01")
    shown = await world.desk.preview_close("BTC", "@ana")
    assert isinstance(shown, ApprovalView)
    assert shown.approval.notes == ()


async def test_what_the_dry_run_refuses_is_not_sent_and_told_in_the_venue_s_words() -> None:
    world = await guarded()
    world.venue.objects["BTC/USD"] = "The venue takes only cancellations of BTC/USD now; try again later."
    refused = refusal(await world.submit(world.intent(Side.BUY, "1")))
    assert refused.code is RefusalCode.VENUE_REFUSED
    assert refused.detail == "The venue takes only cancellations of BTC/USD now; try again later."


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
async def test_a_dry_run_that_cannot_be_had_is_no_reason_against_an_order(side: Side) -> None:
    world = await guarded()
    world.venue.objects["BTC/USD"] = Retryable("no route")
    assert isinstance(await world.submit(world.intent(side, "1")), Placed)


async def test_what_the_batch_s_own_sales_pay_for_is_not_asked_about() -> None:
    world = await guarded()
    await world.buy("8.9")
    world.venue.checked.clear()
    assert isinstance(await world.submit(world.intent(Side.BUY, "50", "ETH/USD"), world.intent(Side.SELL, "9")), Placed)
    assert [order.symbol for order in world.venue.checked] == ["BTC/USD"]


async def test_one_order_that_the_venue_refuses_does_not_keep_the_others_from_flattening() -> None:
    world = await guarded()
    await world.buy("10", "ETH/USD")
    world.venue.objects["ETH/USD"] = "Not today."
    shown = await world.desk.preview_flatten("@ana")
    assert isinstance(shown, ApprovalView)
    assert {order.symbol for order in shown.orders} == {"BTC/USD", "ETH/USD"}


async def test_what_risk_refuses_anyway_does_not_bother_the_venue() -> None:
    world = await guarded()
    world.market.books["BTC/USD"] = Retryable("busy")
    assert refusal(await world.submit(world.intent(Side.BUY, "100"))).code is RefusalCode.NOT_ENOUGH_CASH
    assert world.venue.checked == []


async def test_on_the_press_the_book_is_read_again() -> None:
    world = await guarded(approval_threshold=Decimal(150))
    world.market.books["BTC/USD"] = book(world)
    waiting = await world.submit(world.intent(Side.BUY, "2"))
    assert isinstance(waiting, Waiting)
    card = waiting.approval
    world.market.books["BTC/USD"] = Retryable("busy")
    assert refusal(await world.desk.approve(card.id, "@ana", "web")).code is RefusalCode.VENUE_UNAVAILABLE
    assert world.core.approvals.waiting()
    world.market.books["BTC/USD"] = book(world, offered="0.5", far="0.03")
    assert refusal(await world.desk.approve(card.id, "@ana", "web")).code is RefusalCode.SLIPPAGE_TOO_HIGH
    async with world.store.reading() as read:
        decided = await read.approval(card.id)
    assert decided is not None
    assert decided.status is ApprovalStatus.REJECTED
    assert [order.status for order in await world.orders(card.batch_id)] == [OrderStatus.CANCELED]


@pytest.mark.parametrize(
    ("move", "source", "refused"),
    [
        ("0.009", Source.REBALANCE, True),
        ("0.009", Source.STRATEGY, True),
        ("0.0091", Source.REBALANCE, False),
        ("0.009", Source.MANUAL, False),
        (None, Source.REBALANCE, False),
    ],
)
async def test_an_entry_that_decides_by_itself_must_be_meant_to_earn_more_than_its_fees(
    move: str | None, source: Source, refused: bool
) -> None:
    """0.4 % each way and a tenth of a percent to be left: 0.9 % is not more than that."""
    world = await guarded(min_edge=Decimal("0.001"))
    entry = world.intent(Side.BUY, "1", source=source, expected_move=None if move is None else Decimal(move))
    outcome = await world.submit(entry)
    assert isinstance(outcome, Refused) is refused
    if isinstance(outcome, Refused):
        assert outcome.code is RefusalCode.NO_EDGE
        assert "0.80%" in outcome.detail
        assert "TAKE_PROFIT_PERCENT above 0.90" in outcome.detail


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)
