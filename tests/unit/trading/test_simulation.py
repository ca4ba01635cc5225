"""A world of candles: the clock waits for the work it caused and for people, and a restart repeats nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.candles import write_candles
from tests.world import START, HandMade, Row, SmallWorld, columns_of, flat, limits, rules, small_world, started
from trading.clock import SimulatedClock
from trading.core import Rules
from trading.decision.planners import AllocatorPlanner
from trading.domain.event import ApprovalRequested, BatchCompleted, CycleDecided, ReportDue, RunEnded
from trading.domain.order import Fill, Order, Side, Source
from trading.exchange.ports import VenueOrder
from trading.exchange.simulated import SimulatedCandles
from trading.orders.protections import ExitRules
from trading.settings import CoreSettings, Course
from trading.simulation import CHECKPOINT, Pace, Simulation
from trading.store.memory import MemoryStore
from trading.store.port import Store
from trading.worlds import open_world
from trading.worlds.candles import resume_at

HOUR = timedelta(hours=1)
SEVEN = START + 2 * HOUR
"""07:00 in Denver on the first day: two candles after the start."""


def history(rows: Sequence[Row], after: int = 48) -> HandMade:
    """Hourly BTC: flat at 100 for seventy days, `rows` from START on, then flat at the last close."""
    first, last = START - timedelta(days=70), rows[-1][3]
    columns = columns_of(first, "1h", [*flat(100.0, 70 * 24), *rows, *flat(last, after)])
    return HandMade({"BTC/USD": columns}, "1h")


def simulation(world: SmallWorld, end: datetime | None, pace: Pace | None = None) -> Simulation:
    return Simulation(world.core, world.history, world.market, world.clock, pace or Pace(0, world.people), end)


async def bought_at_seven(rows: Sequence[Row], told: Rules | None = None, store: Store | None = None) -> SmallWorld:
    """A world that puts half into BTC at 07:00, at the open of the third candle of `rows`; not run yet."""
    told = told or rules(("BTC/USD",), exits=ExitRules(Decimal("0.02"), Decimal("0.03")))
    world = await started(store, told, history=history(rows))
    world.planner.wants(BTC="0.5")  # type: ignore[attr-defined]
    return world


async def fills_of(store: Store) -> list[Fill]:
    async with store.reading() as read:
        return list(await read.fills())


BEFORE: list[Row] = flat(100.0, 2)


@pytest.mark.parametrize(
    ("rows", "source", "price", "at"),
    [
        ([(100, 100, 97, 99)], Source.STOP, "98.00", SEVEN + HOUR / 2),
        ([(100, 104, 99, 101)], Source.TARGET, "103.00", SEVEN + HOUR / 2),
        ([(100, 104, 97, 101)], Source.STOP, "98.00", SEVEN + HOUR / 2),
        ([(100, 101, 99, 99), (96, 97, 95, 97)], Source.STOP, "96.00", SEVEN + HOUR),
        ([(100, 101, 99, 99), (105, 106, 104, 105)], Source.TARGET, "105.00", SEVEN + HOUR),
    ],
    ids=["stop inside", "target inside", "both inside", "gap below", "gap above"],
)
async def test_an_exit_fills_at_its_level_or_where_the_price_gapped_to(
    rows: list[Row], source: Source, price: str, at: datetime
) -> None:
    world = await bought_at_seven([*BEFORE, *rows])
    await simulation(world, SEVEN + 5 * HOUR).run()
    entry, exit_ = await fills_of(world.store)
    assert (entry.side, entry.price, entry.at) == (Side.BUY, 100, SEVEN)
    assert (exit_.side, exit_.price, exit_.at) == (Side.SELL, Decimal(price), at)
    assert world.venue.placed[1].intent.source is source


async def test_a_run_ends_with_a_summary_and_a_ledger_that_cancels() -> None:
    world = await bought_at_seven([*BEFORE, (100, 101, 99, 100)])
    end = START + timedelta(days=1)
    await simulation(world, end).run()
    assert world.clock.now() == end
    assert await world.events(RunEnded) == [RunEnded(end, Decimal(0))]
    assert world.core.curve.points[-1].at == end
    hours = [point.at for point in world.core.curve.points]
    assert hours == [START + n * HOUR for n in range(25)]


async def test_every_day_is_decided_and_reported_once_at_its_local_time() -> None:
    world = await bought_at_seven([*BEFORE, (100, 101, 99, 100)])
    await simulation(world, START + timedelta(days=2)).run()
    decided = [event.at.astimezone(world.rules.world.timezone) for event in await world.events(CycleDecided)]
    reported = [event.at.astimezone(world.rules.world.timezone) for event in await world.events(ReportDue)]
    assert [(at.day, at.hour) for at in decided] == [(3, 7), (4, 7)]
    assert [(at.day, at.hour) for at in reported] == [(3, 18), (4, 18)]


async def test_the_clock_stands_still_while_a_card_waits() -> None:
    told = rules(("BTC/USD",), limits(approval_threshold=Decimal(50)))
    world = await bought_at_seven([*BEFORE, (100, 101, 99, 100), (150, 150, 150, 150)], told)
    running = asyncio.create_task(simulation(world, SEVEN + 5 * HOUR).run())
    for _ in range(300):
        await asyncio.sleep(0)
        world.people.advance(1)
    assert world.clock.now() == SEVEN
    assert not running.done()
    (request,) = await world.events(ApprovalRequested)
    await world.desk.approve(request.approval_id, "@ana", "web")
    await asyncio.wait_for(running, 10)
    (entry,) = await fills_of(world.store)
    assert (entry.at, entry.price) == (SEVEN, 100)
    assert world.clock.now() == SEVEN + 5 * HOUR


async def test_the_clock_goes_on_when_nobody_pressed_in_time() -> None:
    told = rules(("BTC/USD",), limits(approval_threshold=Decimal(50)))
    world = await bought_at_seven([*BEFORE, (100, 101, 99, 100)], told)
    service = asyncio.create_task(world.core.approvals.run())
    running = asyncio.create_task(simulation(world, SEVEN + 5 * HOUR).run())
    while not running.done():
        await asyncio.sleep(0)
        world.people.advance(1)
    service.cancel()
    await running
    assert world.clock.now() == SEVEN + 5 * HOUR
    assert await fills_of(world.store) == []


async def journal(seed: int) -> tuple[list[object], list[object]]:
    """Three days of a simulated market, decided by the allocator: the journal and the fills, ids left out."""
    candles = SimulatedCandles(seed, START.replace(hour=0), ("BTC/USD", "ETH/USD"), "USD", "1h", history_days=150)
    exits = ExitRules(Decimal("0.02"), Decimal("0.03"))
    told = rules(("BTC/USD", "ETH/USD"), exits=exits, starting_cash=Decimal(10_000))
    world = await started(told=told, history=candles, planner=AllocatorPlanner())
    await simulation(world, START + timedelta(days=6)).run()
    events = [(type(event).__name__, event.at) for event in await world.events()]
    fills = [(f.at, f.symbol, f.side, f.price, f.quantity, f.realized) for f in await fills_of(world.store)]
    assert await world.core.residual() == 0
    return list(events), list(fills)


async def test_the_same_seed_lives_the_same_life_twice() -> None:
    first, second, other = await journal(3), await journal(3), await journal(4)
    assert first == second
    assert first != other
    assert first[1]


class Killed(BaseException):
    """The process is gone."""


class Dying(Pace):
    """Dies when the candle that opens at `at` is over, before anything of it is noted."""

    def __init__(self, world: SmallWorld, at: datetime) -> None:
        super().__init__(0, world.people)
        self._world, self._at = world, at

    async def spend(self, simulated: timedelta) -> None:
        if self._world.clock.now() >= self._at:
            raise Killed
        await super().spend(simulated)


WILD: list[Row] = [
    *BEFORE,
    (100, 101, 99, 100),
    (100, 104, 99, 102),
    (102, 103, 101, 102),
    *flat(102.0, 20),
    (101, 102, 100, 101),
    (101, 101, 95, 96),
    *flat(97.0, 20),
    (97, 99, 96, 98),
    (98, 103, 97, 102),
    *flat(102.0, 30),
]


async def lived(store: Store, deaths: Sequence[datetime]) -> SmallWorld:
    """Run to the end of WILD, dying at each of `deaths` and starting again where the store says."""
    world = await bought_at_seven(WILD, store=store)
    end = START + timedelta(days=3)
    for death in deaths:
        with pytest.raises(Killed):
            await simulation(world, end, Dying(world, death)).run()
        clock = SimulatedClock(await resume_at(store, world.history, START))
        assert clock.now() <= death + HOUR
        world = await small_world(
            store, world.rules, history=world.history, clock=clock, people=world.people, planner=world.planner
        )
        await world.core.start()
    await simulation(world, end).run()
    return world


def told_of(fills: Sequence[Fill]) -> list[tuple[Any, ...]]:
    return [(fill.at, fill.side, fill.price, fill.quantity) for fill in fills]


async def test_a_killed_run_goes_on_and_repeats_neither_a_day_nor_a_fill(any_store: Store) -> None:
    undisturbed = await lived(MemoryStore(), [])
    deaths = [SEVEN, SEVEN + HOUR, SEVEN + 9 * HOUR, SEVEN + timedelta(days=1), SEVEN + timedelta(hours=25)]
    world = await lived(any_store, deaths)
    assert told_of(await fills_of(any_store)) == told_of(await fills_of(undisturbed.store))
    assert len(await world.events(CycleDecided)) == 3
    assert len(await world.events(ReportDue)) == 3
    assert await world.core.residual() == 0
    assert world.core.account.book.checkpoint() == undisturbed.core.account.book.checkpoint()


async def test_a_run_killed_while_an_order_was_on_its_way_settles_it_and_goes_on(any_store: Store) -> None:
    world = await bought_at_seven(WILD, store=any_store)

    async def dies(order: Order) -> VenueOrder:
        raise Killed

    world.venue.script.append(dies)
    with pytest.raises(Killed):
        await simulation(world, None).run()
    again = await world.restarted()
    await again.core.start()
    await simulation(again, START + timedelta(days=1)).run()
    (event,) = await again.events(BatchCompleted)
    assert [order.detail for order in await again.orders(event.batch_id)] == ["The venue never received it."]
    assert (await fills_of(any_store), await again.core.residual()) == ([], 0)


async def test_where_the_clock_stood_is_kept_once_per_real_second() -> None:
    world = await bought_at_seven([*BEFORE, (100, 101, 99, 100)])

    class Slow(Pace):
        async def spend(self, simulated: timedelta) -> None:
            world.people.advance(0.4)

    await simulation(world, START + 3 * HOUR, Slow(0, world.people)).run()
    async with world.store.reading() as read:
        assert await read.meta(CHECKPOINT) == (START + 3 * HOUR).isoformat()


async def test_a_day_takes_the_real_time_it_was_given_less_what_the_work_took() -> None:
    people = SimulatedClock(START)
    pace = Pace(60, people)
    spending = asyncio.create_task(pace.spend(timedelta(hours=12)))
    await asyncio.sleep(0)
    people.advance(29.9)
    await asyncio.sleep(0)
    assert not spending.done()
    people.advance(0.1)
    await spending
    people.advance(40)
    await asyncio.wait_for(pace.spend(timedelta(hours=12)), 5)


async def test_time_that_passed_while_waiting_for_people_is_not_counted_as_work() -> None:
    people = SimulatedClock(START)
    pace = Pace(60, people)
    people.advance(500)
    pace.restart()
    spending = asyncio.create_task(pace.spend(timedelta(hours=12)))
    await asyncio.sleep(0)
    assert not spending.done()
    people.advance(30)
    await spending


@pytest.fixture
def recorded(tmp_path: Path) -> CoreSettings:
    """Settings for ten days of hourly candles in a folder."""
    for base in ("BTC", "ETH"):
        write_candles(tmp_path, f"KRAKEN_{base}_USD_1h", datetime(2025, 1, 1, tzinfo=UTC), 240, 100.0)
    given = {"market": "recorded", "symbols": "BTC/USD,ETH/USD", "starting_cash": "1000"}
    return CoreSettings.model_validate({**given, "candles_dir": tmp_path, "state_dir": tmp_path / "state"})


async def test_a_recorded_world_runs_to_the_end_of_its_candles_and_then_stays_there(recorded: CoreSettings) -> None:
    for _ in range(2):
        running = await open_world(recorded, Course(day_seconds=0))
        try:
            await running.core.start()
            await running.main()
            assert running.core.desk.now() == datetime(2025, 1, 11, tzinfo=UTC)
            assert await running.core.residual() == 0
            assert running.core.adapters.clock.now() == datetime(2025, 1, 11, tzinfo=UTC)
            async with running.core.adapters.store.reading() as read:
                events = [entry.event for entry in await read.events(0, 1000)]
            assert sum(isinstance(event, ReportDue) for event in events) == 10
        finally:
            await running.close()


async def test_a_symbol_that_is_no_longer_traded_but_still_held_can_be_seen_and_sold() -> None:
    world = await started()
    await world.buy("1")
    again = await world.restarted(symbols=("ETH/USD",))
    await again.core.start()
    status = await again.desk.status()
    assert [holding.symbol for holding in status.holdings] == ["BTC/USD"]
    shown = await again.desk.preview_flatten("@ana")
    assert await again.desk.approve(shown.approval.id, "@ana", "web")  # type: ignore[union-attr]
    assert again.held() == 0
