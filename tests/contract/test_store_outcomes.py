"""What every store promises about predictions, reviews of trades, and what models took."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contract.stores import ADAPTERS, opened
from tests.unit.trading.store.facts import (
    at,
    batch,
    cash_flow,
    cycle,
    fill,
    intent,
    model_call,
    order,
    prediction,
    review,
)
from trading.domain.order import Fill
from trading.domain.outcome import PredictionStatus
from trading.domain.plan import Clamp, Direction, Evidence, Prediction, TargetPlan, TargetWeight
from trading.domain.portfolio import CashFlow
from trading.errors import ConcurrentUpdate
from trading.store.port import Store


@pytest.fixture(params=ADAPTERS)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(str(request.param), tmp_path) as opened_store:
        yield opened_store


async def test_a_decision_comes_back_with_its_prompt_clamps_orders_and_evidence(store: Store) -> None:
    weight = TargetWeight(
        "BTC/USD",
        Decimal("0.3"),
        "it trends",
        confidence=0.7,
        action="buy",
        lowest=Decimal("90.5"),
        horizon=7,
        invalidation="below the 20-day average",
        evidence=(Evidence("BTC/USD.1d.rsi14", "61.2"),),
    )
    foretold = Prediction("BTC/USD", Direction.UP, Decimal("110.50"), None, 7, 0.65)
    plan = TargetPlan("a-model", (weight,), Decimal("0.7"), "calm", "up", regime="quiet", predictions=(foretold,))
    clamp = Clamp("max_weight", "BTC/USD", Decimal("0.5"), Decimal("0.3"), "weight", Decimal("0.3"), "BTC 0.50 → 0.30")
    whole = cycle(
        plan=plan,
        snapshot_hash="ab12",
        prompt=(("system", "rules"), ("user", "snapshot")),
        clamps=(clamp,),
        intents=(intent("first"),),
        held="",
    )
    async with store.transaction() as tx:
        await tx.add_cycle(whole)
    async with store.reading() as queries:
        assert await queries.cycle("cycle") == whole


async def test_cycles_are_found_by_the_beginning_of_their_id(store: Store) -> None:
    async with store.transaction() as tx:
        for name, minute in (("abc1", 3), ("abc2", 1), ("xyz", 2)):
            await tx.add_cycle(cycle(name, minute))
    async with store.reading() as queries:
        assert [found.id for found in await queries.cycles_named("ABC", 9)] == ["abc2", "abc1"]
        assert [found.id for found in await queries.cycles_named("abc", 1)] == ["abc1"]
        assert not await queries.cycles_named("b", 9)


async def test_a_prediction_is_settled_once(store: Store) -> None:
    hit = prediction(status=PredictionStatus.HIT, settled_at=at(90), settled_price=Decimal("110.60"))
    async with store.transaction() as tx:
        await tx.add_predictions([prediction(), prediction("other", 1)])
        assert await tx.settle_prediction(replace(prediction(), watched_until=at(60)))
        assert await tx.settle_prediction(hit)
        assert not await tx.settle_prediction(replace(hit, status=PredictionStatus.EXPIRED))
        assert not await tx.settle_prediction(prediction("nobody"))
    async with store.reading() as queries:
        assert await queries.predictions() == [hit, prediction("other", 1)]
        assert await queries.predictions(PredictionStatus.OPEN) == [prediction("other", 1)]
        assert await queries.predictions(limit=1) == [prediction("other", 1)]


async def test_no_prediction_is_made_twice(store: Store) -> None:
    with pytest.raises(ConcurrentUpdate, match="prediction"):
        async with store.transaction() as tx:
            await tx.add_predictions([prediction()])
            await tx.add_predictions([prediction()])


async def test_a_trade_is_reviewed_once_and_found_by_when_it_closed(store: Store) -> None:
    async with store.transaction() as tx:
        for name, minute in (("b", 60), ("a", 30), ("c", 90)):
            assert await tx.add_review(review(name, minute))
        assert not await tx.add_review(review("a", 99))
    async with store.reading() as queries:
        assert await queries.reviews() == [review("a", 30), review("b", 60), review("c", 90)]
        assert [found.id for found in await queries.reviews(since=at(30), until=at(90))] == ["a", "b"]
        assert [found.id for found in await queries.reviews(limit=2)] == ["b", "c"]


async def test_what_models_took_is_kept_exactly(store: Store) -> None:
    free = model_call("free", 2, cost=None, outcome="did not answer within 60 s")
    async with store.transaction() as tx:
        await tx.add_model_call(model_call())
        await tx.add_model_call(free)
    async with store.reading() as queries:
        assert await queries.model_calls() == [model_call(), free]
        assert await queries.model_calls(since=at(1)) == [free]
        assert await queries.model_calls(until=at(2)) == [model_call()]
        assert await queries.model_calls(limit=1) == [free]
        assert await queries.model_cost() == await queries.model_cost(until=at(2)) == model_call().cost
        assert await queries.model_cost(since=at(1)) == await queries.model_cost(until=at(0)) == 0
    with pytest.raises(ConcurrentUpdate, match="model call"):
        async with store.transaction() as tx:
            await tx.add_model_call(free)


async def test_what_was_booked_is_read_on_from_where_the_last_look_ended(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.add_batch(batch())
        await tx.add_orders([order()])
        await tx.add_cash_flow(cash_flow("first"))
        for number in range(3):
            await tx.add_fill(fill(f"a{number}"))
        await tx.add_cash_flow(cash_flow("between"))
        await tx.add_fill(fill("b"))
        await tx.add_cash_flow(cash_flow("last"))
    for limit in (None, 1, 2, 3, 9):
        found: list[CashFlow | Fill] = []
        async with store.reading() as read:
            while page := await read.booked(
                fills=sum(isinstance(fact, Fill) for fact in found),
                flows=sum(isinstance(fact, CashFlow) for fact in found),
                limit=limit,
            ):
                assert limit is None or sum(isinstance(fact, Fill) for fact in page) <= limit
                found += page
            assert found == list(await read.booked())
