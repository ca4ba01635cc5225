"""Promise 19: a card is good until its expiry and not a moment longer, whatever the clock does meanwhile."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.proof import Proof
from tests.unit.trading.orders.cards import told
from tests.world import SmallWorld, started
from trading.contract import ApprovalView, Decided
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import Approval, ApprovalStatus
from trading.orders.intake import Waiting
from trading.store.memory import MemoryStore

TIME_TO_LIVE = 600.0
MOMENT = timedelta(milliseconds=1)
PATHS = 500
FURTHEST = 86_400.0
TWO = told(second_above="300")


async def test_a_millisecond_on_either_side_of_the_expiry(proof: Proof) -> None:
    """Every way of pressing, just before, at, and just after; with and without a first person's consent."""
    cases, broken = 0, list[str]()
    for offset in (-MOMENT, timedelta(0), MOMENT):
        for second in (False, True):
            for act in ("approve", "toggle"):
                world, card = await _with_card("6" if second else "2")
                if second and act == "approve":
                    await world.desk.approve(card.id, "@ana", "web", person="ana")
                world.people.advance_to(card.expires_at + offset)
                took_effect = await _acts(world, card, act)
                cases += 1
                if took_effect != (offset < timedelta(0)):
                    broken.append(f"{act} {offset} two people: {second}")
                broken += await _wrong(world, card)
    assert broken == []
    proof(19, cases=cases)


async def test_whatever_path_the_clock_takes_nothing_is_sent_after_its_time(proof: Proof, scale: int) -> None:
    """Waiting, jumps of up to a day back and forward, restarts, obstacles and toggles, then a press near the end."""
    broken, executed = list[int](), 0
    for seed in range(PATHS * scale):
        chance = random.Random(seed)
        world, card = await _with_card(chance.choice(("2", "6")))
        world, ends = await _walk(world, card, chance)
        left = min(ends - world.people.monotonic(), (card.expires_at - world.people.now()).total_seconds())
        if chance.random() < 0.7:
            world.people.advance(max(0.0, left + chance.choice((-0.001, 0.0, 0.001))))
        in_time = world.people.monotonic() < ends and world.people.now() < card.expires_at
        for person in ("ana", "bob"):
            await world.desk.approve(card.id, f"@{person}", "web", person=person)
        executed += world.held() > 0
        if (world.held() > 0 and not in_time) or await _wrong(world, card):
            broken.append(seed)
    assert broken == []
    assert executed > PATHS / 10, "too few cards were still good to prove anything"
    proof(19, cases=PATHS * scale)


async def _walk(world: SmallWorld, card: Approval, chance: random.Random) -> tuple[SmallWorld, float]:
    """A few hundred seconds in which the wall clock is set, or the program is restarted.

    The world afterwards, and when the card's time is up by running time. A restart has only the wall clock to tell
    what is left, and gives no more than there ever was.
    """
    ends = TIME_TO_LIVE
    for _ in range(chance.randint(1, 4)):
        world.people.advance(chance.uniform(0, TIME_TO_LIVE / 4))
        match chance.choice(("back", "forward", "restart", "expire", "nothing")):
            case "back":
                world.people.jump(-timedelta(seconds=chance.uniform(0, FURTHEST)))
            case "forward":
                world.people.jump(timedelta(seconds=chance.uniform(0, TIME_TO_LIVE)))
            case "restart":
                world = await world.restarted()
                await world.core.start()
                left = (card.expires_at - world.people.now()).total_seconds()
                ends = world.people.monotonic() + min(left, TIME_TO_LIVE)
            case "expire":
                await world.core.approvals.expire_due()
    return world, ends


async def _acts(world: SmallWorld, card: Approval, act: str) -> bool:
    if act == "approve":
        outcome = await world.desk.approve(card.id, "@bob", "web", person="bob")
        return isinstance(outcome, Decided)
    toggled = await world.desk.toggle(card.id, next(iter(card.estimates)), "@bob", "web")
    return isinstance(toggled, ApprovalView)


async def _wrong(world: SmallWorld, card: Approval) -> list[str]:
    """What an expired card must not have left behind."""
    async with world.store.reading() as read:
        kept = await read.approval(card.id)
        orders = await read.orders_of_batch(card.batch_id)
    assert kept is not None
    if kept.status is ApprovalStatus.EXPIRED and any(order.status is not OrderStatus.CANCELED for order in orders):
        return ["an expired card left an order open"]
    if kept.status is not ApprovalStatus.APPROVED and world.venue.placed:
        return ["an order was sent for a card that nobody approved"]
    return []


async def _with_card(quantity: str) -> tuple[SmallWorld, Approval]:
    """A card to buy BTC at 100 and ETH for 10."""
    world = await started(MemoryStore(), TWO)
    waiting = await world.submit(world.intent(Side.BUY, quantity), world.intent(Side.BUY, "1", "ETH/USD"))
    assert isinstance(waiting, Waiting), waiting
    return world, waiting.approval
