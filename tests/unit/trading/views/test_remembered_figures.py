"""The status remembers what is costly to find out. Whatever happens, it tells what a fresh look would tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.stores import opened
from tests.world import SmallWorld, limits, rules, started
from trading.contract import Amount, AmountUnit, Status, Window
from trading.domain.order import Side
from trading.orders.intake import Waiting
from trading.portfolio.performance import measure, total_returns
from trading.store.memory import MemoryStore
from trading.store.port import Store

CARDS = rules(limits=limits(approval_threshold=Decimal(90)))
"""Orders above 90 dollars ask."""

Step = Callable[[SmallWorld], Awaitable[object]]


async def an_hour_passes(world: SmallWorld) -> None:
    world.clock.advance(3600)
    world.people.advance(60)
    for symbol, price in (("BTC/USD", 101), ("ETH/USD", 9), ("SOL/USD", 1)):
        world.tell(symbol, price)


async def a_price_moves(world: SmallWorld) -> None:
    world.tell("BTC/USD", 90 + world.clock.now().second % 30)
    world.clock.advance(7)


async def the_curve_is_sampled(world: SmallWorld) -> None:
    await world.core.curve.sample()


async def money_comes_in(world: SmallWorld) -> None:
    # The book and the curve learn of it together, as the bookkeeper does it.
    world.core.account.book.cash += 50
    world.core.curve.note_flow(Decimal(50))


async def a_small_order_fills(world: SmallWorld) -> None:
    await world.submit(world.intent(Side.BUY, "0.2"))


async def a_card_is_raised(world: SmallWorld) -> None:
    await world.submit(world.intent(Side.BUY, "1"))


async def a_preview_is_raised(world: SmallWorld) -> None:
    await world.desk.preview_order(Side.BUY, "eth", Amount(Decimal(20), AmountUnit.QUOTE), "@ana")


async def the_oldest_card_is_approved(world: SmallWorld) -> None:
    for view in (await world.desk.pending())[:1]:
        await world.desk.approve(view.approval.id, "@ana", "web")


async def the_newest_card_is_rejected(world: SmallWorld) -> None:
    for view in (await world.desk.pending())[-1:]:
        await world.desk.reject(view.approval.id, "@ana", "web")


async def a_card_is_pressed_after_the_price_moved(world: SmallWorld) -> None:
    world.tell("BTC/USD", 110)
    await the_oldest_card_is_approved(world)


async def the_cards_time_is_up(world: SmallWorld) -> None:
    world.people.advance(700)
    await world.core.approvals.expire_due()


async def the_portfolio_is_loaded_again(world: SmallWorld) -> None:
    await world.core.curve.load()


async def days_begin_elsewhere(world: SmallWorld) -> None:
    before = world.desk.world.timezone.key
    elsewhere = "Asia/Tokyo" if before != "Asia/Tokyo" else "America/Denver"
    await world.desk.controls.set_zone(ZoneInfo(elsewhere), "@ana")


async def trading_is_halted_and_resumed(world: SmallWorld) -> None:
    await world.desk.halt("@ana")
    await world.desk.resume("@ana")


STEPS: tuple[Step, ...] = (
    an_hour_passes,
    a_price_moves,
    the_curve_is_sampled,
    money_comes_in,
    a_small_order_fills,
    a_card_is_raised,
    a_preview_is_raised,
    the_oldest_card_is_approved,
    the_newest_card_is_rejected,
    a_card_is_pressed_after_the_price_moved,
    the_cards_time_is_up,
    the_portfolio_is_loaded_again,
    days_begin_elsewhere,
    trading_is_halted_and_resumed,
)


async def assert_fresh(world: SmallWorld) -> None:
    """The status says what is computed from nothing but the curve and the store."""
    status = await world.desk.status()
    now, since = world.desk.now(), status.since
    afresh = total_returns(world.core.curve.up_to(now), Window(since, max(since, now), ""))
    assert _shown_returns(status) == afresh
    assert status.pending == len(await world.desk.pending())
    await _assert_fresh_performance(world, Window(since, max(since, now), "ever"))


async def _assert_fresh_performance(world: SmallWorld, ever: Window) -> None:
    """Twice, so that what was kept by the first look is what the second one tells."""
    points = world.core.curve.up_to(ever.end)
    async with world.store.reading() as read:
        fills = await read.fills()
    fees = sum((fill.fee_worth for fill in fills), Decimal(0))
    afresh = measure(points, world.desk.world, ever, fees, len(fills))
    for _ in range(2):
        assert await world.desk.performance(ever) == afresh
        pnl = await world.desk.pnl(ever)
        assert (pnl.fees, pnl.trades) == (fees, len(fills))
        if afresh is not None:
            flows = sum((point.flows for point in points[1:]), Decimal(0))
            assert pnl.change == points[-1].equity - points[0].equity - flows


def _shown_returns(status: Status) -> Mapping[str, Decimal]:
    ours = {} if status.change is None else {"Portfolio": status.change}
    return ours | {gap.name: gap.theirs for gap in status.gaps}


async def _live_through(store: Store, steps: list[Step]) -> None:
    world = await started(store, CARDS)
    for step in steps:
        await step(world)
        await assert_fresh(world)


@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=12))
@settings(max_examples=40, deadline=None)
def test_every_figure_of_the_status_is_the_one_computed_afresh(steps: list[Step]) -> None:
    asyncio.run(_live_through(MemoryStore(), steps))


async def test_and_so_it_is_over_the_database(tmp_path: Path) -> None:
    async with opened("sqlite", tmp_path) as store:
        await _live_through(store, [*STEPS, a_card_is_raised, *STEPS])


async def test_a_card_that_nobody_has_seen_yet_is_in_the_count() -> None:
    world = await started(None, CARDS)
    assert (await world.desk.status()).pending == 0
    assert isinstance(await world.submit(world.intent(Side.BUY, "1")), Waiting)
    assert (await world.desk.status()).pending == 1


async def test_a_status_reads_nothing_from_the_store_while_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    store, reads = MemoryStore(), 0
    world = await started(store, CARDS)
    reading = store.reading

    def counted() -> object:
        nonlocal reads
        reads += 1
        return reading()

    monkeypatch.setattr(store, "reading", counted)
    for _ in range(5):
        await world.desk.status()
    assert reads <= 1
