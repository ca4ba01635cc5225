"""Selling short on paper: what it needs, what it costs, and that it is off unless terms are given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.paper_desk import NOW, PaperDesk, market, quote
from trading.domain.money import Money
from trading.domain.order import Order, OrderStatus, Side
from trading.exchange.margin import MarginTerms, ShortPositions
from trading.exchange.ports import VenueOrder

D = Decimal
TERMS = MarginTerms(opening_fee=D("0.0002"), rollover_fee=D("0.0003"))
HOURS = timedelta(hours=1)


@pytest.fixture
def desk() -> PaperDesk:
    """2 BTC and 1000 USD at 99.9 / 100.1, no slippage."""
    return PaperDesk(slippage=D(0), margin=TERMS)


def on_margin(order: Order, reduce_only: bool = False) -> Order:
    return replace(order, intent=replace(order.intent, margin=True, reduce_only=reduce_only))


async def sell(desk: PaperDesk, quantity: str, name: str = "short") -> VenueOrder:
    return await desk.venue.place_order(on_margin(market(name, Side.SELL, quantity)))


async def buy_back(desk: PaperDesk, quantity: str, name: str = "cover") -> VenueOrder:
    return await desk.venue.place_order(on_margin(market(name, Side.BUY, quantity), reduce_only=True))


async def short_of(desk: PaperDesk, quantity: str) -> None:
    """The book after a short sale of `quantity`."""
    desk.held["BTC"] = D(0)
    (fill,) = (await sell(desk, quantity)).fills
    desk.held["BTC"] = -fill.quantity
    desk.held["USD"] += fill.notional - fill.fee.amount


async def test_without_margin_terms_a_margin_order_is_refused() -> None:
    answer = await sell(PaperDesk(), "0.5")
    assert (answer.status, answer.fills) == (OrderStatus.REJECTED, ())
    assert answer.detail == "This account has no margin, so BTC cannot be sold short; sell only what is held."


async def test_what_is_held_is_sold_first_and_only_the_rest_is_borrowed(desk: PaperDesk) -> None:
    (fill,) = (await sell(desk, "5")).fills
    assert (fill.margin, fill.price) == (True, D("99.9"))
    assert fill.fee.amount == 5 * D("99.9") * FEE + 3 * D("99.9") * TERMS.opening_fee


async def test_a_short_sale_needs_its_worth_in_free_cash(desk: PaperDesk) -> None:
    desk.held["BTC"] = D(0)
    answer = await sell(desk, "10")
    assert answer.detail == "The order needs 1003.1958 USD with its fee and 1000 USD is free; ask for less."
    assert (await sell(desk, "9.9", "smaller")).status is OrderStatus.FILLED


async def test_what_backs_a_short_position_cannot_be_spent_on_another_order(desk: PaperDesk) -> None:
    await short_of(desk, "5")
    answer = await sell(desk, "6", "more")
    # 1000 + 499.5 - 2.0979 in cash, of which 999 are bound.
    assert answer.detail.endswith("and 498.4021 USD is free; ask for less.")


async def test_it_may_be_spent_on_buying_it_back(desk: PaperDesk) -> None:
    await short_of(desk, "9")
    (fill,) = (await buy_back(desk, "9")).fills
    assert fill.fee.amount == 9 * D("100.1") * FEE


async def test_no_more_is_bought_back_than_is_short(desk: PaperDesk) -> None:
    await short_of(desk, "1")
    answer = await buy_back(desk, "1.5")
    assert answer.detail == "1.5 BTC is more than the 1 BTC that is short; buy back less."


async def test_a_plain_sale_never_borrows(desk: PaperDesk) -> None:
    assert (await desk.venue.place_order(market("plain", Side.SELL, "3"))).status is OrderStatus.REJECTED


async def test_every_four_hours_the_value_borrowed_costs_a_rollover(desk: PaperDesk) -> None:
    await short_of(desk, "2")
    desk.clock.advance(4 * 3600 - 1)
    assert desk.venue.rollovers() == ()
    desk.clock.advance(1)
    (fee,) = desk.venue.rollovers()
    assert (fee.money, fee.at, fee.rollover_of) == (
        Money(-2 * D("99.9") * D("0.0003"), "USD"),
        NOW + 4 * HOURS,
        "BTC/USD",
    )
    assert desk.venue.rollovers() == ()
    desk.clock.advance(12 * 3600)
    assert [fee.at for fee in desk.venue.rollovers()] == [NOW + n * HOURS for n in (8, 12, 16)]


async def test_what_is_bought_back_is_not_charged_any_more(desk: PaperDesk) -> None:
    await short_of(desk, "2")
    await buy_back(desk, "1.5")
    desk.clock.advance(4 * 3600)
    (fee,) = desk.venue.rollovers()
    assert fee.money.amount == D("-0.5") * D("99.9") * D("0.0003")
    desk.cache.put("BTC/USD", quote(100))
    await buy_back(desk, "0.5", "rest")
    desk.clock.advance(40 * 3600)
    assert desk.venue.rollovers() == ()


def test_rollover_ids_tell_position_and_time_so_that_each_counts_once() -> None:
    shorts = ShortPositions(TERMS)
    for symbol in ("BTC/USD", "ETH/USD"):
        shorts.opened(symbol, D(1), Money(D(100), "USD"), NOW)
    told = shorts.rollovers(NOW + 8 * HOURS)
    assert len({fee.id for fee in told}) == len(told) == 4


FEE = D("0.004")
