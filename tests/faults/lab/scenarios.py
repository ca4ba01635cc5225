"""What people, plans and prices do in a run: from holding 2 BTC and 20 ETH with stops and targets around them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.faults.lab.life import Life, Script
from tests.faults.lab.owner import meddle
from tests.faults.lab.records import PRICES, TICK
from trading.contract import Amount, AmountUnit
from trading.domain.money import round_down
from trading.domain.order import Batch, OrderIntent, OrderType, Side, Source
from trading.domain.risk import Refused
from trading.risk.live_permit import PHRASE


@dataclass(frozen=True, slots=True)
class Scenario:
    """`script` is what the first life goes through, `later` what each life after a crash does."""

    name: str
    script: Script
    later: Script


async def nothing(life: Life) -> None:
    """Only prices go on."""


async def press_again(life: Life) -> None:
    """The owner does not know what came of his press and presses every card once more."""
    await life.clock.sleep(3)
    async with life.store.reading() as read:
        cards = await read.approvals()
    for card in cards:
        await life.core.desk.approve(card.id, "owner", "terminal")


async def rebalance(life: Life) -> None:
    """Sells of two, buys of another from what they bring."""
    await life.clock.sleep(2)
    await _submit(life, (Side.SELL, "BTC/USD", "0.9"), (Side.SELL, "ETH/USD", "8.5"), (Side.BUY, "SOL/USD", "250"))


async def approved_buy(life: Life) -> None:
    """A preview and the press on it."""
    await life.clock.sleep(1)
    seen = await life.core.desk.preview_order(Side.BUY, "BTC", Amount(Decimal(150), AmountUnit.QUOTE), "owner")
    if isinstance(seen, Refused):
        return
    await life.clock.sleep(2)
    await life.core.desk.approve(seen.approval.id, "owner", "terminal")


async def close_btc(life: Life) -> None:
    """A preview of closing the position, and the press on it."""
    seen = await life.core.desk.preview_close("BTC/USD", "owner")
    if not isinstance(seen, Refused):
        await life.clock.sleep(0.3)
        await life.core.desk.approve(seen.approval.id, "owner", "terminal")


async def close_during_rebalance(life: Life) -> None:
    """The owner closes a position while a rebalance sells part of it."""
    await _together(rebalance(life), _after(life, 2.2, close_btc))


async def stop(life: Life) -> None:
    """The price falls below the stop and stays there."""
    await life.clock.sleep(5)
    life.exchange.set_price("BTC/USD", Decimal(85))
    await life.see("BTC/USD")


async def dip(life: Life) -> None:
    """The price falls below the stop and is back seconds later, whatever became of the exit."""
    await life.clock.sleep(5)
    life.exchange.set_price("BTC/USD", Decimal(85))
    await _together(life.see("BTC/USD"), _after(life, 0.05, recover))


async def recover(life: Life) -> None:
    """The price is where it was."""
    life.exchange.set_price("BTC/USD", PRICES["BTC/USD"])


async def target(life: Life) -> None:
    """The price rises above the target and stays there."""
    await life.clock.sleep(5)
    life.exchange.set_price("BTC/USD", Decimal(125))
    await life.see("BTC/USD")


async def stop_during_rebalance(life: Life) -> None:
    """The price falls while the rebalance sells."""
    await _together(rebalance(life), _after(life, 2.1, lambda _: stop(life)))


async def meddled_rebalance(life: Life) -> None:
    """The owner trades by hand while the program does."""
    await _together(meddle(life), rebalance(life), _after(life, 40, approved_buy))


async def wander(life: Life) -> None:
    """The price of BTC wanders and crosses its levels, or does not."""
    for _ in range(25):
        await life.clock.sleep(life.chance.uniform(0.5, 20))
        step = Decimal(life.chance.choice(("0.95", "0.97", "0.98", "0.99", "1.01", "1.02", "1.03", "1.05")))
        life.exchange.set_price("BTC/USD", round_down(life.exchange.prices["BTC/USD"] * step, TICK))
        await life.see("BTC/USD")


async def buy_twice(life: Life) -> None:
    """Two entries into one pair, one after the other."""
    await life.clock.sleep(1)
    await _submit(life, (Side.BUY, "SOL/USD", "100"))
    await life.clock.sleep(20)
    await _submit(life, (Side.BUY, "SOL/USD", "100"))


CRASHES: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario("rebalance", rebalance, nothing),
        Scenario("approval", approved_buy, press_again),
        Scenario("stop", stop, nothing),
        Scenario("target", target, nothing),
        Scenario("close", close_during_rebalance, press_again),
        Scenario("stop-in-rebalance", stop_during_rebalance, nothing),
        Scenario("twice", buy_twice, nothing),
    )
}
SCENARIOS: Mapping[str, Scenario] = {
    **CRASHES,
    "meddling": Scenario("meddling", meddled_rebalance, meddle),
    "dip": Scenario("dip", dip, recover),
    "path": Scenario("path", wander, wander),
}
"""By name; `CRASHES` are those that are killed at every boundary."""


async def opening(life: Life) -> None:
    """How every portfolio of the lab comes about: LIVE is confirmed, and something is bought."""
    await life.permit.confirm(PHRASE, "owner", "terminal")
    await _submit(life, (Side.BUY, "BTC/USD", "2"), (Side.BUY, "ETH/USD", "20"))


def batch_of(life: Life, *wishes: tuple[Side, str, str]) -> tuple[Batch, list[OrderIntent]]:
    """Market orders by side, symbol and quantity, as one batch."""
    batch = Batch(life.new_id(), Source.REBALANCE, "the lab", "a run", life.clock.now())
    return batch, [_intent(life, batch, *wish) for wish in wishes]


async def _submit(life: Life, *wishes: tuple[Side, str, str]) -> None:
    await life.core.intake.submit(*batch_of(life, *wishes))


def _intent(life: Life, batch: Batch, side: Side, symbol: str, quantity: str) -> OrderIntent:
    return OrderIntent(
        id=life.new_id(),
        batch_id=batch.id,
        instrument=life.core.instruments[symbol],
        side=side,
        quantity=Decimal(quantity),
        type=OrderType.MARKET,
        source=batch.source,
        reason=batch.reason,
        reduce_only=side is Side.SELL,
    )


async def _after(life: Life, seconds: float, script: Script) -> None:
    await life.clock.sleep(seconds)
    await script(life)


async def _together(*what: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for each in what:
            group.create_task(each)
