"""A protective exit is seen through: what it left is sent again, less and less often, and a person hears of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.trading.orders.answers import fill_of, refuses, silence, told, unreachable
from tests.unit.trading.orders.services import following, pass_time
from tests.world import SmallWorld, rules, started
from trading.domain.event import ExitFailed
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.portfolio import Position
from trading.errors import Fatal
from trading.exchange.ports import VenueOrder
from trading.orders.exits import ALARM_AFTER, LONGEST_DELAY, delay_before
from trading.orders.protections import ExitRules
from trading.store.memory_transaction import MemoryTransaction

EXITS = rules(exits=ExitRules(Decimal("0.02"), None))


async def holding(quantity: str = "2") -> SmallWorld:
    """A world with a stop under its position."""
    world = await started(told=EXITS)
    await world.buy(quantity)
    world.venue.placed.clear()
    return world


def sent(world: SmallWorld) -> list[Decimal]:
    return [order.intent.quantity for order in world.venue.placed]


async def half(order: Order) -> VenueOrder:
    """A part fills, and the venue cancels the rest."""
    part = fill_of(order, "0.5", "97", f"part-{order.client_order_id}")
    return told(order, OrderStatus.CANCELED, part)


@pytest.mark.parametrize("answer", [refuses, unreachable])
async def test_what_the_venue_did_not_take_at_once_goes_out_a_second_later_though_the_price_has_recovered(
    answer: object,
) -> None:
    world = await holding()
    world.venue.script.append(answer)  # type: ignore[arg-type]
    async with following(world):
        await world.tick("BTC/USD", 97)
        assert world.held() == 2
        await world.tick("BTC/USD", 100)
        await pass_time(world, 1.1)
    assert (sent(world), world.held()) == ([2, 2], 0)


async def test_the_rest_of_a_part_is_sold() -> None:
    world = await holding()
    world.venue.script.append(half)
    async with following(world):
        await world.tick("BTC/USD", 97)
        assert world.held() == Decimal("1.5")
        await pass_time(world, 1.1)
    assert (sent(world), world.held()) == ([2, Decimal("1.5")], 0)
    assert await world.core.residual() == 0


async def test_attempts_are_different_orders_of_one_intent() -> None:
    world = await holding()
    world.venue.script += [refuses, refuses]
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 4)
    assert len({order.client_order_id for order in world.venue.placed}) == 3
    assert len({order.intent.id for order in world.venue.placed}) == 1


def test_the_waits_double_up_to_ten_minutes() -> None:
    assert [delay_before(attempt) for attempt in (2, 3, 4, 5)] == [1, 2, 4, 8]
    assert delay_before(40) == LONGEST_DELAY == 600


async def test_an_attempt_that_sold_something_starts_the_waits_anew() -> None:
    world = await holding()
    world.venue.script += [refuses, refuses, refuses, half]
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 1 + 2 + 4 + 0.5, step=0.5)
        assert world.held() == Decimal("1.5")
        await pass_time(world, 1.1, step=0.5)
    assert (sent(world), world.held()) == ([2, 2, 2, 2, Decimal("1.5")], 0)


async def test_a_person_is_told_once_after_some_attempts() -> None:
    world = await holding()
    world.venue.script += [refuses] * (ALARM_AFTER + 3)
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 6.5, step=0.5)
        assert await world.events(ExitFailed) == []
        await pass_time(world, 60)
    (event,) = await world.events(ExitFailed)
    assert (event.symbol, event.attempts, event.detail) == ("BTC/USD", ALARM_AFTER, "busy")


async def test_while_an_attempt_waits_nobody_else_sells_the_position() -> None:
    world = await holding()
    world.venue.script += [refuses] * 3
    async with following(world):
        for price in (97, 96, 95, 94):
            await world.tick("BTC/USD", price)
        assert sent(world) == [2]
        assert world.core.account.free_holding("BTC/USD") == 0


async def test_no_more_is_sent_than_is_still_there() -> None:
    """The owner sells by hand while the exit waits for its next attempt."""
    world = await holding()
    world.venue.script.append(half)

    async def and_by_hand(order: Order) -> VenueOrder:
        seen = await half(order)
        book = world.core.account.book
        book._positions[order.symbol] = Position(order.symbol, Decimal("1.2"), Decimal(120), Decimal(120))
        return seen

    world.venue.script[0] = and_by_hand
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 1.1)
    assert sent(world) == [2, Decimal("0.7")]


async def test_dust_is_left_alone() -> None:
    world = await holding()

    async def almost(order: Order) -> VenueOrder:
        return told(order, OrderStatus.CANCELED, fill_of(order, "1.99", "97"))

    world.venue.script.append(almost)
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 5)
    assert (sent(world), world.core.settlement.in_flight()) == ([2], ())
    assert world.core.account.free_holding("BTC/USD") == Decimal("0.01")


async def test_an_order_that_protects_nothing_is_not_sent_again() -> None:
    world = await holding()
    world.venue.script.append(half)
    async with following(world):
        await world.sell("1")
        await pass_time(world, 30)
    assert sent(world) == [1]


async def test_an_exit_in_doubt_is_not_sent_again_before_it_is_known_to_be_absent() -> None:
    world = await holding()
    world.venue.hides_for = timedelta(seconds=100)
    world.venue.script.append(silence)
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 99)
        assert sent(world) == [2]
        await pass_time(world, 40)
    assert (sent(world), world.held()) == ([2, 2], 0)


async def test_an_attempt_that_waited_when_the_program_stopped_goes_out_after_the_restart() -> None:
    world = await holding()
    world.venue.script.append(half)
    await world.tick("BTC/USD", 97)
    again = await world.restarted()
    await again.core.start()
    assert (sent(again), again.held(), await again.core.residual()) == ([Decimal("1.5")], 0, 0)


async def test_an_attempt_that_could_not_be_kept_sets_nothing_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await holding()
    world.venue.script.append(half)
    add_orders = MemoryTransaction.add_orders

    async def breaks(self: MemoryTransaction, orders: list[Order]) -> None:
        if world.venue.placed:
            raise Fatal("the disk is full")
        await add_orders(self, orders)

    monkeypatch.setattr(MemoryTransaction, "add_orders", breaks)
    with pytest.raises(Fatal):
        await world.tick("BTC/USD", 97)
    assert world.core.account.free_holding("BTC/USD") == Decimal("1.5")


async def test_buying_a_short_position_back_is_no_sale() -> None:
    """The side of an attempt is that of the first one."""
    world = await holding()
    world.venue.script.append(refuses)
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 1.1)
    assert {order.side for order in world.venue.placed} == {Side.SELL}


async def test_what_came_meanwhile_is_not_sold_with_the_rest() -> None:
    """The owner buys by hand while the exit waits for its next attempt."""
    world = await holding()

    async def and_by_hand(order: Order) -> VenueOrder:
        seen = await half(order)
        book = world.core.account.book
        book._positions[order.symbol] = Position(order.symbol, Decimal(5), Decimal(500), Decimal(500))
        return seen

    world.venue.script.append(and_by_hand)
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 1.1)
    assert sent(world) == [2, Decimal("1.5")]


async def test_an_attempt_that_waited_long_has_all_of_the_venues_time_once_it_is_sent() -> None:
    world = await holding()
    world.venue.hides_for = timedelta(seconds=30)
    world.venue.script += [*[refuses] * 6, silence]
    async with following(world):
        await world.tick("BTC/USD", 97)
        await pass_time(world, 64)  # 1, 2, 4, ... 32 s of waiting
        assert len(sent(world)) == 7
        await pass_time(world, 25)
        assert len(sent(world)) == 7
        assert world.venue.placed[-1].client_order_id in {o.client_order_id for o in world.core.settlement.in_flight()}


async def test_while_a_further_attempt_waits_there_is_no_other() -> None:
    """Though more than enough to sell has come meanwhile."""
    world = await holding()
    world.venue.script.append(half)
    await world.tick("BTC/USD", 97)
    world.core.account.book._positions["BTC/USD"] = Position("BTC/USD", Decimal(5), Decimal(500), Decimal(500))
    async with world.store.reading() as read:
        ended = await read.order(world.venue.placed[0].client_order_id)
    assert ended is not None
    assert await world.core.settlement._exits.next_attempt(ended) is None
