"""Promise 21: a press re-quotes; beyond the limit a new card asks again, within it the card is executed."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from itertools import product

from tests.proof import Proof
from tests.unit.trading.orders.cards import told
from tests.world import PRICES, SmallWorld, started
from trading.contract import Decided
from trading.domain.order import Order, Side
from trading.domain.risk import Approval, ApprovalStatus
from trading.orders.intake import Waiting
from trading.store.memory import MemoryStore

LIMITS = ("0", "0.001", "0.01", "0.05", "0.25")
STEPS = ("-0.3", "-0.05", "-0.01", "-0.0001", "0", "0.0001", "0.001", "0.01", "0.05", "0.3")
"""How far BTC moves; of those at a limit exactly, a price tick more and less is tried too."""
LEFT_OUT = (frozenset[str](), frozenset({"BTC/USD"}), frozenset({"ETH/USD"}), frozenset({"BTC/USD", "ETH/USD"}))
SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")
SIZES = {"BTC/USD": "0.2", "ETH/USD": "2", "SOL/USD": "20"}
NEAR = tuple(map(Decimal, ("-0.01", "-0.005", "0", "0.005", "0.01")))


async def test_beyond_the_limit_there_is_always_a_new_card_and_within_never(proof: Proof, scale: int) -> None:
    """Price moves, a tick around each, limits, and which orders are left out."""
    broken, asked, cases = list[str](), 0, 0
    grid = list(product(LIMITS, STEPS, LEFT_OUT, NEAR))
    for seed in range(2 * scale - 1):
        chance = random.Random(seed)
        worlds = {limit: await _world(limit) for limit in LIMITS}
        for limit, step, left_out, tick in grid:
            moves = _moves(step, tick, chance, seed)
            cases += 1
            found = await _case(worlds[limit], Decimal(limit), moves, left_out)
            asked += found.asked
            if found.wrong:
                broken.append(f"limit {limit}, {moves}, left out {sorted(left_out)}: {found.wrong}")
    assert broken == []
    assert cases / 4 < asked < cases
    proof(21, cases=cases)


class _Found:
    """Whether a new card asked, and what was wrong about that."""

    def __init__(self, asked: bool, wrong: str) -> None:
        self.asked = asked
        self.wrong = wrong


def _moves(step: str, tick: Decimal, chance: random.Random, seed: int) -> dict[str, Decimal]:
    """New prices: BTC's by the grid, in later rounds another's too."""
    prices = {symbol: Decimal(str(price)) for symbol, price in PRICES.items()}
    prices["BTC/USD"] = prices["BTC/USD"] * (1 + Decimal(step)) + tick
    if seed:
        other = chance.choice(SYMBOLS[1:])
        prices[other] *= 1 + Decimal(chance.choice(STEPS))
    return prices


async def _case(world: SmallWorld, limit: Decimal, prices: dict[str, Decimal], left_out: frozenset[str]) -> _Found:
    card = await _card(world, left_out)
    for symbol, price in prices.items():
        world.tell(symbol, price)
    included = [symbol for symbol in SYMBOLS if symbol not in left_out]
    beyond = any(abs(prices[s] / card.quoted_prices[s] - 1) > limit for s in included)
    outcome = await world.desk.approve(card.id, "@bob", "web", revision=len(left_out))
    if not isinstance(outcome, Decided):
        return _Found(False, f"refused: {outcome.detail}")
    new = outcome.superseded_by
    if (new is not None) != beyond:
        return _Found(new is not None, "asked again within the limit" if new else "executed beyond the limit")
    if new is None:
        return _Found(False, _executed_otherwise(world, outcome, included))
    return _Found(True, await _new_card_is_wrong(world, card, new.approval, new.orders, prices))


def _executed_otherwise(world: SmallWorld, outcome: Decided, included: list[str]) -> str:
    sent = sorted(order.symbol for order in world.venue.placed)
    approved = outcome.view.approval.status is ApprovalStatus.APPROVED
    return "" if approved and sent == included else f"sent {sent}, not {included}"


async def _new_card_is_wrong(
    world: SmallWorld, old: Approval, new: Approval, orders: tuple[Order, ...], prices: dict[str, Decimal]
) -> str:
    """The old card is closed for good, the new one shows today's prices and leaves out the same; nothing was sent."""
    if world.venue.placed:
        return "something was sent"
    if dict(new.quoted_prices) != prices:
        return "the new card shows old prices"
    async with world.store.reading() as read:
        before = await read.approval(old.id)
    if before is None or before.status is not ApprovalStatus.SUPERSEDED or new.status is not ApprovalStatus.PENDING:
        return "both cards, or none, wait"
    if dict(new.excluded) != dict(before.excluded):
        return "the new card leaves out something else"
    worth = sum((o.intent.quantity * prices[o.symbol] for o in orders if new.includes(o.client_order_id)), Decimal(0))
    return "" if new.notional == worth else f"the new card is worth {new.notional}, not {worth}"


async def _world(limit: str) -> SmallWorld:
    """So rich that every card of the grid can be executed."""
    return await started(MemoryStore(), replace(told(drift=limit), starting_cash=Decimal(1_000_000)))


async def _card(world: SmallWorld, left_out: frozenset[str]) -> Approval:
    """A card at the first prices for 20 of each coin."""
    for symbol, price in PRICES.items():
        world.tell(symbol, Decimal(str(price)))
    world.venue.placed.clear()
    waiting = await world.submit(*(world.intent(Side.BUY, SIZES[symbol], symbol) for symbol in SYMBOLS))
    assert isinstance(waiting, Waiting), waiting
    for order in await world.orders(waiting.approval.batch_id):
        if order.symbol in left_out:
            await world.desk.toggle(waiting.approval.id, order.client_order_id, "@ana", "web")
    return waiting.approval
