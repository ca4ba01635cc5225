"""Predictions: kept when they are made, watched candle by candle, settled once and never to their own favour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trading.decision.predictions import DOWN, UP, candles, cycle, made
from tests.world import START, FixedPlanner, HandMade, Row, columns_of, started
from trading.clock import SimulatedClock
from trading.decision.predictions import Predictions, foretold, in_order, past_holes, watched
from trading.domain.event import ThesisSettled
from trading.domain.market import Candle
from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.domain.plan import Direction, Prediction, TargetPlan
from trading.errors import Retryable
from trading.exchange.candle_market import CandleMarket
from trading.market.price_path import RecentCandles
from trading.store.memory import MemoryStore
from trading.store.port import Store

OPEN, HIT = PredictionStatus.OPEN, PredictionStatus.HIT
INVALIDATED, EXPIRED = PredictionStatus.INVALIDATED, PredictionStatus.EXPIRED
QUIET: Row = (100, 101, 99, 100)
TOP: Row = (100, 110, 99, 105)
BOTTOM: Row = (100, 101, 95, 97)
BOTH: Row = (100, 111, 94, 100)


@pytest.mark.parametrize(
    ("prediction", "row", "status", "price"),
    [
        (UP, TOP, HIT, 110),
        (UP, BOTTOM, INVALIDATED, 95),
        (DOWN, (100, 101, 90, 95), HIT, 90),
        (DOWN, (100, 105, 99, 101), INVALIDATED, 105),
        (UP, QUIET, OPEN, None),
        (replace(UP, invalidation=None), BOTTOM, OPEN, None),
    ],
)
def test_the_level_that_a_candle_touches_decides(
    prediction: Prediction, row: Row, status: PredictionStatus, price: int | None
) -> None:
    after = watched(made(prediction), candles([QUIET, row]))
    assert (after.status, after.settled_price) == (status, price)
    assert after.watched_until == START + timedelta(hours=2)


def test_where_one_candle_holds_both_levels_the_invalidation_counts() -> None:
    assert watched(made(UP), candles([BOTH])).status is INVALIDATED
    assert watched(made(DOWN), candles([(100, 105, 90, 95)])).status is INVALIDATED


def test_the_first_candle_that_touches_counts_and_no_later_one() -> None:
    after = watched(made(), candles([QUIET, TOP, BOTTOM]))
    assert (after.status, after.settled_at) == (HIT, START + timedelta(hours=2))


def test_what_the_price_did_before_it_was_made_does_not_count() -> None:
    late = made(at=START + timedelta(minutes=30))
    assert watched(late, candles([BOTH])).status is OPEN
    assert watched(late, candles([(100, 112, 99, 111)])).status is HIT, "the close came after it"


def test_what_the_price_did_after_its_date_does_not_count() -> None:
    whole = watched(made(), candles([*[QUIET] * 48, TOP]))
    assert (whole.status, whole.settled_at, whole.settled_price) == (EXPIRED, START + timedelta(days=2), 100)
    at = START + timedelta(minutes=30)
    cut = watched(made(at=at), candles([*[QUIET] * 48, (103, 112, 99, 111)]))
    assert (cut.status, cut.settled_at, cut.settled_price) == (EXPIRED, at + timedelta(days=2), 103)


def test_it_expires_only_when_its_date_has_passed() -> None:
    assert watched(made(), candles([QUIET] * 47)).status is OPEN
    assert watched(made(), candles([QUIET] * 48)).status is EXPIRED


def test_a_hole_in_the_candles_keeps_it_open_until_it_is_closed() -> None:
    hours = candles([QUIET] * 30)
    holed = [*hours[:5], *hours[8:]]
    assert watched(made(), holed).watched_until == START + timedelta(hours=5)
    day = candles([(100, 101, 99, 100)], START - timedelta(hours=12), "1d")
    assert watched(made(), in_order([*holed, *day])).watched_until == START + timedelta(hours=30)


def test_a_hole_that_nobody_closes_is_passed_over_once_its_date_has() -> None:
    hours = candles([QUIET] * 50)
    holed = [*hours[:5], *hours[8:]]
    assert past_holes(made(), holed[:30]).status is OPEN
    assert past_holes(watched(made(), holed), holed).status is EXPIRED
    holed[20] = replace(holed[20], high=115.0)
    assert past_holes(watched(made(), holed), holed).status is HIT


prices = st.integers(88, 112)


@st.composite
def rows(draw: st.DrawFn, most: int = 30) -> list[Row]:
    found: list[Row] = []
    for _ in range(draw(st.integers(1, most))):
        low, high = sorted((draw(prices), draw(prices)))
        open_, close = draw(st.integers(low, high)), draw(st.integers(low, high))
        found.append((float(open_), float(high), float(low), float(close)))
    return found


def oracle(wanted: Prediction, at: datetime, path: Sequence[Candle]) -> tuple[PredictionStatus, datetime | None]:
    """Minute by minute from the rule alone: what each candle proves, then the worse of what it touched."""
    until = at + timedelta(days=wanted.days)
    for candle in path:
        inside = at <= candle.opened_at and candle.closed_at <= until
        seen: list[float] = []
        if inside:
            seen = [candle.low, candle.high, candle.open, candle.close]
        elif candle.opened_at < at < candle.closed_at <= until:
            seen = [candle.close]
        elif at <= candle.opened_at <= until < candle.closed_at:
            seen = [candle.open]
        sign = 1 if wanted.direction is Direction.UP else -1
        worst = min((sign * price for price in seen), default=None)
        best = max((sign * price for price in seen), default=None)
        end = min(candle.closed_at, until)
        if worst is not None and wanted.invalidation is not None and worst <= sign * wanted.invalidation:
            return INVALIDATED, end
        if best is not None and best >= sign * wanted.target:
            return HIT, end
        if candle.closed_at >= until:
            return EXPIRED, until
    return OPEN, None


@settings(max_examples=150, deadline=None)
@given(
    path=rows(),
    up=st.booleans(),
    target=st.integers(1, 10),
    stop=st.one_of(st.none(), st.integers(1, 10)),
    days=st.integers(1, 2),
    minutes=st.integers(0, 59),
)
def test_scoring_agrees_with_a_plain_reading_of_the_rule(
    path: list[Row], up: bool, target: int, stop: int | None, days: int, minutes: int
) -> None:
    sign = 1 if up else -1
    direction = Direction.UP if up else Direction.DOWN
    invalidation = None if stop is None else Decimal(100 - sign * stop)
    wanted = Prediction("BTC/USD", direction, Decimal(100 + sign * target), invalidation, days, 0.6)
    at, walk = START + timedelta(minutes=minutes), candles(path)
    after = watched(made(wanted, at), walk)
    assert (after.status, after.settled_at) == oracle(wanted, at, walk)


@settings(max_examples=50, deadline=None)
@given(path=rows(60), cuts=st.lists(st.integers(0, 60), max_size=4))
def test_it_does_not_matter_how_often_it_is_looked_at(path: list[Row], cuts: list[int]) -> None:
    walk, stepwise = candles(path), made()
    for cut in [*sorted(cuts), len(walk)]:
        stepwise = watched(stepwise, walk[:cut])
    assert stepwise == watched(made(), walk)


class World:
    """Predictions of BTC in a market of hand-made hours, on a store of choice."""

    def __init__(self, store: Store, path: Sequence[Row], timeframe: str = "1h") -> None:
        self.store, self.clock = store, SimulatedClock(START)
        history = HandMade({"BTC/USD": columns_of(START, timeframe, path)}, timeframe)
        self.market = CandleMarket(history, self.clock)
        self.restart()

    def restart(self) -> None:
        self.predictions = Predictions(self.store, RecentCandles(self.market, self.clock), self.clock)

    async def predict(self, *predictions: Prediction) -> None:
        async with self.store.transaction() as tx:
            await foretold(tx, cycle(*predictions))

    async def scored_at(self, hours: float) -> list[PredictionStatus]:
        self.clock.advance_to(START + timedelta(hours=hours))
        await self.predictions.score()
        async with self.store.reading() as read:
            return [one.status for one in await read.predictions()]

    async def told(self) -> list[tuple[ScoredPrediction, ...]]:
        async with self.store.reading() as read:
            return [e.event.settled for e in await read.events(0, 100) if isinstance(e.event, ThesisSettled)]


async def test_a_decision_s_predictions_are_on_record_with_the_price_they_were_made_at(any_store: Store) -> None:
    world = World(any_store, [QUIET])
    await world.predict(UP, DOWN)
    async with any_store.reading() as read:
        first, second = await read.predictions(OPEN)
    assert (first.prediction, second.prediction) == (UP, DOWN)
    assert (first.price, first.regime, first.decided_by, first.cycle_id) == (100, "trending", "a model", "cycle")
    assert (first.at, first.until, first.watched_until) == (START, START + timedelta(days=2), START)
    assert first.id != second.id


async def test_what_was_true_or_wrong_already_is_no_prediction() -> None:
    world = World(MemoryStore(), [QUIET])
    await world.predict(
        replace(UP, target=Decimal(100)),
        replace(UP, invalidation=Decimal(100)),
        replace(DOWN, target=Decimal(101)),
        replace(UP, symbol="ETH/USD"),
    )
    async with world.store.reading() as read:
        assert not await read.predictions()


async def test_what_is_settled_together_is_told_once_and_together(any_store: Store) -> None:
    world = World(any_store, [QUIET, TOP, *[QUIET] * 60])
    await world.predict(UP, replace(UP, target=Decimal(108)), replace(UP, target=Decimal(120)))
    assert await world.scored_at(1) == [OPEN, OPEN, OPEN]
    assert await world.scored_at(2) == [HIT, HIT, OPEN]
    assert await world.scored_at(3) == [HIT, HIT, OPEN]
    assert await world.scored_at(48) == [HIT, HIT, EXPIRED]
    assert [len(settled) for settled in await world.told()] == [2, 1]


async def test_after_an_outage_the_candles_of_the_gap_are_looked_at(any_store: Store) -> None:
    world = World(any_store, [QUIET, TOP, BOTTOM, *[QUIET] * 60])
    await world.predict(UP)
    assert await world.scored_at(0.5) == [OPEN]
    world.restart()
    assert await world.scored_at(40) == [HIT]
    assert [settled[0].settled_at for settled in await world.told()] == [START + timedelta(hours=2)]


async def test_nothing_after_the_clock_is_looked_at() -> None:
    world = World(MemoryStore(), [QUIET, TOP, QUIET])
    await world.predict(UP)
    assert await world.scored_at(1.9) == [OPEN]

    class Eager(CandleMarket):
        async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
            return candles([QUIET, TOP, QUIET])

    world.market.__class__ = Eager
    assert await world.scored_at(1.95) == [OPEN]
    assert await world.scored_at(2) == [HIT]


async def test_days_serve_where_there_are_no_hours() -> None:
    world = World(MemoryStore(), [QUIET, TOP, QUIET, QUIET], "1d")
    await world.predict(replace(UP, days=3))
    assert await world.scored_at(24) == [OPEN]
    assert await world.scored_at(72) == [HIT]


async def test_without_prices_it_waits(any_store: Store) -> None:
    world = World(any_store, [TOP, QUIET])
    await world.predict(UP)

    class Cut(CandleMarket):
        async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
            raise Retryable("cut off")

    world.market.__class__ = Cut
    assert await world.scored_at(1) == [OPEN]
    world.market.__class__ = CandleMarket
    assert await world.scored_at(2) == [HIT]


async def test_what_was_settled_elsewhere_meanwhile_stays_and_is_not_told_again(any_store: Store) -> None:
    world = World(any_store, [TOP, QUIET])
    await world.predict(UP)
    async with any_store.reading() as read:
        (before,) = await read.predictions()
    other = replace(before, status=INVALIDATED, settled_at=START, settled_price=Decimal(95))

    class Overtaken(CandleMarket):
        async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]:
            async with any_store.transaction() as tx:
                await tx.settle_prediction(other)
            return await super().candles(symbol, timeframe, limit)

    world.market.__class__ = Overtaken
    assert await world.scored_at(1) == [INVALIDATED]
    assert not await world.told()


async def test_the_program_scores_by_itself_every_hour() -> None:
    world = await started()
    async with world.store.transaction() as tx:
        await foretold(tx, cycle(replace(UP, days=1)))
    job = next(job for job in world.core.jobs() if job.name == "outcomes")
    world.clock.advance(86_400)
    await job.run(world.clock.now())
    (told,) = await world.events(ThesisSettled)
    assert [one.status for one in told.settled] == [EXPIRED]


async def test_a_rebalance_keeps_what_its_plan_predicts_and_the_next_hours_settle_it() -> None:
    planner = FixedPlanner()
    world = await started(None, planner=planner)
    planner.wants(BTC="0.5", thesis="up")
    assert isinstance(planner.outcome, TargetPlan)
    planner.outcome = replace(planner.outcome, predictions=(replace(UP, days=1),))
    decided = await world.core.rebalance.run("a test")
    view = await world.desk.thesis()
    assert [(waiting.made.cycle_id, waiting.made.price) for waiting in view.open] == [(decided.id, 100)]
    world.clock.advance(2 * 86_400)
    await world.core.settle_outcomes()
    assert [one.status for one in (await world.desk.thesis()).settled] == [EXPIRED]
