"""Promise 11: whatever the wall clock is set to, a card lives no longer than it was given."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from decimal import Decimal

from tests.proof import Proof
from tests.world import SmallWorld, limits, rules, started
from trading.contract import Decided
from trading.domain.order import Side
from trading.domain.risk import Approval, ApprovalStatus, RefusalCode, Refused
from trading.orders.intake import Waiting
from trading.store.memory import MemoryStore

TIME_TO_LIVE = 600.0
TOLD = rules(limits=limits(approval_threshold=Decimal(50)))
JUMPS = 1_000
FURTHEST = 86_400.0


async def test_a_thousand_jumps_never_give_a_card_more_time(proof: Proof, scale: int) -> None:
    """Each life: jumps of up to a day either way at random instants, then a press; some with a restart between."""
    jumps, executed, late = 0, 0, list[int]()
    seed = 0
    while jumps < JUMPS * scale:
        rng = random.Random(seed)
        world, card = await _with_card()
        for _ in range(rng.randint(1, 4)):
            world.people.advance(rng.uniform(0, TIME_TO_LIVE / 3))
            world.people.jump(timedelta(seconds=rng.choice((rng.uniform(-FURTHEST, FURTHEST), -FURTHEST, FURTHEST))))
            jumps += 1
        outcome = await world.desk.approve(card.id, "@ana", "web")
        in_time = world.people.monotonic() < TIME_TO_LIVE and world.people.now() < card.expires_at
        executed += isinstance(outcome, Decided)
        if isinstance(outcome, Decided) != in_time:
            late.append(seed)
        seed += 1
    assert late == [], "seeds in which a card was executed out of its time, or refused within it"
    assert executed > 20
    proof(11, cases=jumps)


async def test_a_clock_that_is_set_back_while_prices_are_fetched_opens_no_window() -> None:
    world, card = await _with_card()
    quotes = world.market.quotes

    async def slow(symbols: object) -> object:
        world.people.advance(TIME_TO_LIVE)
        world.people.jump(timedelta(days=-1))
        return await quotes(symbols)  # type: ignore[arg-type]

    world.market.quotes = slow  # type: ignore[method-assign,assignment]
    outcome = await world.desk.approve(card.id, "@ana", "web")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.EXPIRED
    assert world.venue.placed == []


async def test_a_clock_that_is_set_back_while_another_writes_opens_no_window() -> None:
    world, card = await _with_card()
    async with world.store.transaction():
        pressing = asyncio.ensure_future(world.desk.approve(card.id, "@ana", "web"))
        for _ in range(100):
            await asyncio.sleep(0)
        world.people.advance(TIME_TO_LIVE)
        world.people.jump(timedelta(days=-1))
    outcome = await pressing
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.EXPIRED
    assert world.venue.placed == []


async def test_a_card_expires_by_running_time_though_the_wall_clock_stands_a_day_back() -> None:
    world, card = await _with_card()
    world.people.jump(timedelta(days=-1))
    world.people.advance(TIME_TO_LIVE - 1)
    await world.core.approvals.expire_due()
    assert world.core.approvals.waiting()
    world.people.advance(1)
    await world.core.approvals.expire_due()
    assert not world.core.approvals.waiting()
    async with world.store.reading() as read:
        kept = await read.approval(card.id)
    assert kept is not None
    assert kept.status is ApprovalStatus.EXPIRED


async def test_after_a_restart_the_wall_clock_decides_but_gives_no_more_than_there_ever_was() -> None:
    world, card = await _with_card()
    world.people.jump(timedelta(days=-1))
    again = await world.restarted()
    await again.core.start()
    again.people.advance(TIME_TO_LIVE)
    outcome = await again.desk.approve(card.id, "@ana", "web")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.EXPIRED


async def _with_card() -> tuple[SmallWorld, Approval]:
    world = await started(MemoryStore(), TOLD)
    waiting = await world.submit(world.intent(Side.BUY, "6"))
    assert isinstance(waiting, Waiting)
    return world, waiting.approval
