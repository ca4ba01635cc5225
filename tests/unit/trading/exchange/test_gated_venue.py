"""The last look before the network, whoever asks: reviews may be gone around, this may not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.world import SmallWorld, started
from trading.domain.order import Order, OrderIntent, OrderStatus, Side, client_order_id
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.exchange.gated_venue import GatedVenue

SENTENCE = "LIVE is not confirmed."


class Gate:
    """Open or not."""

    is_open = False

    def __call__(self, intent: OrderIntent) -> Refused | None:
        return None if self.is_open else Refused(RefusalCode.LIVE_NOT_CONFIRMED, SENTENCE, intent.symbol)


@pytest.fixture
async def world() -> SmallWorld:
    return await started()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def venue(world: SmallWorld, gate: Gate) -> GatedVenue:
    return GatedVenue(world.venue, gate)


def order(world: SmallWorld, side: Side = Side.BUY, **changes: object) -> Order:
    intent = world.intent(side, "1", **changes)  # type: ignore[arg-type]
    return Order(client_order_id(intent), intent, OrderStatus.SUBMITTED, world.clock.now(), world.clock.now())


@pytest.mark.parametrize("protective", [False, True])
async def test_nothing_passes_a_closed_gate(world: SmallWorld, venue: GatedVenue, protective: bool) -> None:
    with pytest.raises(Retryable, match=SENTENCE):
        await venue.place_order(order(world, protective=protective))
    assert world.venue.placed == []


async def test_the_gate_is_looked_at_for_every_order(world: SmallWorld, venue: GatedVenue, gate: Gate) -> None:
    gate.is_open = True
    assert (await venue.place_order(order(world))).status is OrderStatus.FILLED
    gate.is_open = False
    with pytest.raises(Retryable):
        await venue.place_order(order(world))
    assert len(world.venue.placed) == 1


async def test_what_was_sent_may_always_be_asked_for_and_cancelled(
    world: SmallWorld, venue: GatedVenue, gate: Gate
) -> None:
    gate.is_open = True
    sent = order(world)
    done = await venue.place_order(sent)
    gate.is_open = False
    assert await venue.find_order(sent) == done
    assert await venue.cancel_order(sent) == done


async def test_the_rest_is_the_venues_own(world: SmallWorld, venue: GatedVenue) -> None:
    world.venue.hides_for = timedelta(seconds=7)
    world.venue.objects["BTC/USD"] = "busy"
    assert venue.visibility == timedelta(seconds=7)
    assert await venue.check_order(order(world)) == "busy"


async def test_an_order_that_the_gate_holds_back_is_rejected_and_frees_its_cash(world: SmallWorld, gate: Gate) -> None:
    world.core.manager._venue = GatedVenue(world.venue, gate)
    (held_back,) = await world.buy("2")
    assert (held_back.status, held_back.detail) == (OrderStatus.REJECTED, SENTENCE)
    assert world.core.account.free_cash() == Decimal(1000)
