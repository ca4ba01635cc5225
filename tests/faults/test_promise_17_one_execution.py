"""Promise 17: however many people press at once, on whatever platforms, a card is decided once and executed once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.contract.stores import opened
from tests.proof import Proof
from tests.unit.trading.orders.cards import told
from tests.world import SmallWorld, started
from trading.contract import ApprovalView, Decided, Desk
from trading.domain.order import Side
from trading.domain.risk import Approval, ApprovalStatus, RefusalCode, Refused
from trading.orders.intake import Waiting

ROUNDS = {"memory": 992, "sqlite": 8}
PRESSES = 50
LATE = {RefusalCode.ALREADY_DECIDED, RefusalCode.CARD_CHANGED, RefusalCode.SECOND_PERSON}
"""What everybody but the deciders may hear."""

Outcome = Decided | ApprovalView | Refused


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, "ok", "no" or "tog", and what it brought."""

    act: str
    outcome: Outcome

    @property
    def decided(self) -> bool:
        """Whether it was this press that ended the card: the first of two brings no orders."""
        by = self.outcome
        return isinstance(by, Decided) and (self.act == "no" or by.batch is not None)


@pytest.mark.parametrize("kind", ROUNDS)
async def test_fifty_presses_at_once_decide_once_and_execute_once(
    kind: str, proof: Proof, scale: int, tmp_path: Path
) -> None:
    count, broken, executed = ROUNDS[kind] * scale, list[int](), 0
    async with opened(kind, tmp_path) as store:
        world = await started(store, told(second_above="150"), fee=Decimal(0))
        for seed in range(count):
            card, before = await _card(world), len(world.venue.placed)
            pressed = await asyncio.gather(*_presses(world.desk, card, random.Random(seed)))
            sent = len(world.venue.placed) - before
            executed += bool(sent)
            if not await _is_right(world, card, pressed, sent):
                broken.append(seed)
    assert broken == []
    assert executed > count / 4, "too few cards were approved to prove anything"
    proof(17, cases=count)


async def _card(world: SmallWorld) -> Approval:
    """A card for 1 BTC (100) and 10 ETH (100): bought where there is none, sold where there is."""
    sizes = {"BTC/USD": "1", "ETH/USD": "10"}
    sides = {symbol: Side.SELL if world.held(symbol) else Side.BUY for symbol in sizes}
    waiting = await world.submit(*(world.intent(sides[symbol], size, symbol) for symbol, size in sizes.items()))
    assert isinstance(waiting, Waiting), waiting
    return waiting.approval


def _presses(desk: Desk, card: Approval, chance: random.Random) -> list[Coroutine[Any, Any, Pressed]]:
    """Three people on two platforms, mostly for it; some against it, some leaving an order out."""
    against, toggling = chance.choice((0, 0, 0, 0.02, 0.3)), chance.choice((0, 0, 0.05))
    acts = chance.choices(("no", "tog", "ok"), (against, toggling, 1 - against - toggling), k=PRESSES)
    return [_press(desk, card, act, random.Random(chance.random())) for act in acts]


async def _press(desk: Desk, card: Approval, act: str, chance: random.Random) -> Pressed:
    person, on = chance.choice(("ana", "bob", "cem")), chance.choice(("telegram", "discord"))
    match act:
        case "no":
            return Pressed(act, await desk.reject(card.id, f"@{person}", on))
        case "tog":
            order = chance.choice(list(card.estimates))
            return Pressed(act, await desk.toggle(card.id, order, f"@{person}", on, revision=0))
        case _:
            revision = chance.choice((0, 0, 0, 1))
            return Pressed(act, await desk.approve(card.id, f"@{person}", on, person=person, revision=revision))


async def _is_right(world: SmallWorld, card: Approval, pressed: list[Pressed], sent: int) -> bool:
    async with world.store.reading() as read:
        kept = await read.approval(card.id)
    assert kept is not None
    decided = sum(press.decided for press in pressed)
    if {press.outcome.code for press in pressed if isinstance(press.outcome, Refused)} - LATE:
        return False
    if kept.status is ApprovalStatus.PENDING:
        # Everybody was asked to look again; the next card must not find this one's orders.
        await world.desk.reject(card.id, "@ana", "web")
        return decided == sent == 0
    wanted = len(card.estimates) - len(kept.excluded) if kept.status is ApprovalStatus.APPROVED else 0
    return decided == 1 and sent == wanted
