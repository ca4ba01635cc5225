"""What every `OrderVenue` and its `AccountData` promise. Run over the paper venue; others join by a fixture."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.paper_desk import RULES, PaperDesk, limit, market
from trading.domain.order import FINAL, MOVES, Order, OrderStatus, Side
from trading.exchange.ports import VenueOrder


@pytest.fixture(params=[PaperDesk])
def desk(request: pytest.FixtureRequest) -> PaperDesk:
    made: PaperDesk = request.param()
    return made


GOOD = [market("a", Side.BUY, "0.5"), market("a", Side.SELL, "0.5"), limit("a", Side.BUY, "0.5", "98")]
BAD = [
    market("a", Side.BUY, "0.00001"),
    market("a", Side.BUY, "0.50005"),
    market("a", Side.BUY, "0.01"),
    market("a", Side.BUY, "1000"),
    market("a", Side.SELL, "1000"),
]


def check(answer: VenueOrder, order: Order) -> None:
    """An answer is about the order asked for, and its fills are whole, exact and within the order."""
    assert answer.client_order_id == order.client_order_id
    assert sum((fill.quantity for fill in answer.fills), Decimal(0)) <= order.intent.quantity
    for fill in answer.fills:
        assert (fill.client_order_id, fill.symbol, fill.side) == (order.client_order_id, order.symbol, order.side)
        assert fill.price > 0
        assert fill.price % RULES.price_tick == 0
        assert fill.quantity % RULES.lot_step == 0
        assert fill.fee.amount >= 0
        assert fill.fee.currency == RULES.quote


@pytest.mark.parametrize("order", GOOD)
async def test_a_good_order_is_accepted_or_filled(desk: PaperDesk, order: Order) -> None:
    answer = await desk.venue.place_order(order)
    check(answer, order)
    assert answer.status in {OrderStatus.ACCEPTED, OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED}
    assert answer.venue_order_id
    assert answer.status in MOVES[order.status]


@pytest.mark.parametrize("order", BAD)
async def test_an_order_against_the_rules_is_rejected_with_a_sentence_and_does_nothing(
    desk: PaperDesk, order: Order
) -> None:
    answer = await desk.venue.place_order(order)
    check(answer, order)
    assert (answer.status, answer.fills) == (OrderStatus.REJECTED, ())
    assert answer.detail.endswith(".")


async def test_a_filled_order_is_filled_whole(desk: PaperDesk) -> None:
    answer = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    assert answer.status is OrderStatus.FILLED
    assert sum(fill.quantity for fill in answer.fills) == Decimal("0.5")


@pytest.mark.parametrize("order", [*GOOD, *BAD])
async def test_finding_an_order_tells_what_placing_it_told(desk: PaperDesk, order: Order) -> None:
    placed = await desk.venue.place_order(order)
    assert await desk.venue.find_order(order) == placed


async def test_an_order_that_was_never_sent_is_unknown(desk: PaperDesk) -> None:
    assert await desk.venue.find_order(market("never", Side.BUY, "0.5")) is None
    assert await desk.venue.cancel_order(market("never", Side.BUY, "0.5")) is None


@pytest.mark.parametrize("order", GOOD)
async def test_a_client_order_id_acts_once(desk: PaperDesk, order: Order) -> None:
    first = await desk.venue.place_order(order)
    assert await desk.venue.place_order(order) == first


async def test_trade_ids_are_never_shared(desk: PaperDesk) -> None:
    answers = [await desk.venue.place_order(market(name, Side.BUY, "0.1")) for name in "abcde"]
    ids = [fill.trade_id for answer in answers for fill in answer.fills]
    assert len(set(ids)) == len(ids) == 5


async def test_a_resting_order_can_be_cancelled_and_stays_so(desk: PaperDesk) -> None:
    order = limit("a", Side.BUY, "0.5", "98")
    await desk.venue.place_order(order)
    cancelled = await desk.venue.cancel_order(order)
    assert cancelled is not None
    assert cancelled.status is OrderStatus.CANCELED
    assert await desk.venue.find_order(order) == cancelled
    assert await desk.venue.cancel_order(order) == cancelled


async def test_what_is_final_cannot_be_cancelled(desk: PaperDesk) -> None:
    order = market("a", Side.BUY, "0.5")
    placed = await desk.venue.place_order(order)
    assert placed.status in FINAL
    assert await desk.venue.cancel_order(order) == placed


async def test_fee_rates_are_fractions_and_makers_never_pay_more(desk: PaperDesk) -> None:
    rates = await desk.venue.fees("BTC/USD")
    assert 0 <= rates.maker <= rates.taker < Decimal("0.02")


async def test_balances_name_what_is_held_and_nothing_else(desk: PaperDesk) -> None:
    assert await desk.venue.balances() == {"USD": Decimal(1000), "BTC": Decimal(2)}


@pytest.mark.parametrize("order", [*GOOD, *BAD])
async def test_a_dry_run_foretells_the_answer_and_places_nothing(desk: PaperDesk, order: Order) -> None:
    words = await desk.venue.check_order(order)
    assert await desk.venue.find_order(order) is None
    answer = await desk.venue.place_order(order)
    assert (answer.status is OrderStatus.REJECTED) is bool(words)
    assert words == answer.detail
