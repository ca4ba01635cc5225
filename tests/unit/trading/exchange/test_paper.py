from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paper_desk import NOW, RULES, PaperDesk, limit, market, quote
from trading.domain.money import Money
from trading.domain.order import Order, OrderStatus, Side

D = Decimal


@pytest.fixture
def desk() -> PaperDesk:
    return PaperDesk()


async def test_a_market_buy_pays_the_ask_plus_slippage_and_the_taker_fee(desk: PaperDesk) -> None:
    answer = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    (fill,) = answer.fills
    assert answer.status is OrderStatus.FILLED
    assert fill.price == D("100.2")  # 100.1 x 1.0005 = 100.15005, up to the tick
    assert fill.fee == Money(D("0.5") * D("100.2") * D("0.004"), "USD")
    assert (fill.trade_id, fill.client_order_id, fill.at) == ("a-1", "a", NOW)


async def test_a_market_sale_gets_the_bid_less_slippage(desk: PaperDesk) -> None:
    (fill,) = (await desk.venue.place_order(market("a", Side.SELL, "0.5"))).fills
    assert fill.price == D("99.8")  # 99.9 x 0.9995 = 99.85005, down to the tick


async def test_an_order_sent_twice_fills_once(desk: PaperDesk) -> None:
    first = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    desk.cache.put("BTC/USD", quote(200))
    second = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    assert second == first


async def test_a_rejected_order_stays_rejected(desk: PaperDesk) -> None:
    desk.held["USD"] = D(0)
    first = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    desk.held["USD"] = D(1000)
    assert (await desk.venue.place_order(market("a", Side.BUY, "0.5"))) == first
    assert first.status is OrderStatus.REJECTED


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (market("a", Side.BUY, "0.0001"), "0.0001 BTC is below the minimum of 0.001 BTC; ask for more."),
        (market("a", Side.BUY, "0.01005"), "0.01005 BTC is not a multiple of the lot step 0.0001; round it down."),
        (market("a", Side.BUY, "0.01"), "The order is worth 1.001 USD, below the minimum of 5 USD; ask for more."),
        (market("a", Side.BUY, "10"), "The order needs 1006.008 USD with its fee and 1000 USD is free; ask for less."),
        (market("a", Side.SELL, "2.5"), "The order needs 2.5 BTC and 2 BTC is free; ask for less."),
        (market("a", Side.BUY, "-1"), "-1 BTC is below the minimum of 0.001 BTC; ask for more."),
        (limit("a", Side.BUY, "1", "99.95"), "The limit price must be a multiple of 0.1 USD above zero."),
        (
            limit("a", Side.BUY, "11", "99"),
            "The order needs 1091.7225 USD with its fee and 1000 USD is free; ask for less.",
        ),
    ],
)
async def test_the_venue_s_rules_are_enforced_with_a_sentence(desk: PaperDesk, order: Order, reason: str) -> None:
    answer = await desk.venue.place_order(order)
    assert (answer.status, answer.fills, answer.detail) == (OrderStatus.REJECTED, (), reason)


async def test_without_a_price_nothing_fills() -> None:
    desk = PaperDesk(priced=False)
    answer = await desk.venue.place_order(market("a", Side.BUY, "0.5"))
    assert (answer.status, answer.detail) == (
        OrderStatus.REJECTED,
        "There is no price of BTC/USD yet; try again when market data flows.",
    )


async def test_another_venue_s_symbol_is_refused(desk: PaperDesk) -> None:
    order = market("a", Side.BUY, "0.5")
    stranger = replace(order, intent=replace(order.intent, instrument=replace(RULES, symbol="DOGE/USD")))
    answer = await desk.venue.place_order(stranger)
    assert answer.detail == "DOGE/USD is not traded here; choose one of BTC/USD."


async def test_the_venue_s_own_rules_count_not_those_the_order_brings(desk: PaperDesk) -> None:
    order = market("a", Side.BUY, "0.01")
    lenient = replace(order, intent=replace(order.intent, instrument=replace(RULES, min_notional=D(0))))
    assert (await desk.venue.place_order(lenient)).status is OrderStatus.REJECTED


async def test_a_marketable_limit_fills_at_once_at_the_better_price(desk: PaperDesk) -> None:
    (fill,) = (await desk.venue.place_order(limit("a", Side.BUY, "0.5", "103"))).fills
    assert (fill.price, fill.fee.amount) == (D("100.1"), D("0.5") * D("100.1") * D("0.004"))


async def test_a_limit_that_is_not_marketable_rests_and_fills_at_its_limit_as_maker(desk: PaperDesk) -> None:
    placed = await desk.venue.place_order(limit("a", Side.BUY, "0.5", "98"))
    assert placed.status is OrderStatus.ACCEPTED
    assert desk.venue.on_quote("BTC/USD", quote(98)) == ()  # the ask is a dime above
    (filled,) = desk.venue.on_quote("BTC/USD", quote(97))
    assert filled.status is OrderStatus.FILLED
    assert filled.fills[0].price == D(98)
    assert filled.fills[0].fee.amount == D("0.5") * D(98) * D("0.0025")
    assert await desk.venue.find_order(limit("a", Side.BUY, "0.5", "98")) == filled
    assert desk.venue.on_quote("BTC/USD", quote(97)) == ()


async def test_a_resting_sale_waits_for_the_bid(desk: PaperDesk) -> None:
    await desk.venue.place_order(limit("a", Side.SELL, "0.5", "105"))
    assert desk.venue.on_quote("BTC/USD", quote(105)) == ()
    assert desk.venue.on_quote("BTC/USD", quote(106))[0].fills[0].price == D(105)


async def test_funds_promised_to_a_resting_order_are_not_spent_twice(desk: PaperDesk) -> None:
    await desk.venue.place_order(limit("a", Side.BUY, "6", "90"))
    assert (await desk.venue.place_order(limit("b", Side.BUY, "6", "90"))).status is OrderStatus.REJECTED
    await desk.venue.cancel_order(limit("a", Side.BUY, "6", "90"))
    assert (await desk.venue.place_order(limit("c", Side.BUY, "6", "90"))).status is OrderStatus.ACCEPTED


async def test_a_cancelled_order_never_fills(desk: PaperDesk) -> None:
    order = limit("a", Side.BUY, "0.5", "98")
    await desk.venue.place_order(order)
    cancelled = await desk.venue.cancel_order(order)
    assert cancelled is not None
    assert cancelled.status is OrderStatus.CANCELED
    assert desk.venue.on_quote("BTC/USD", quote(90)) == ()


async def test_cancelling_a_filled_order_tells_that_it_filled(desk: PaperDesk) -> None:
    order = market("a", Side.BUY, "0.5")
    filled = await desk.venue.place_order(order)
    assert await desk.venue.cancel_order(order) == filled


async def test_balances_are_the_book_s_without_zeros(desk: PaperDesk) -> None:
    desk.held["BTC"] = D(0)
    assert await desk.venue.balances() == {"USD": D(1000)}


async def test_fees_are_those_it_was_given(desk: PaperDesk) -> None:
    assert (await desk.venue.fees("BTC/USD")).taker == D("0.004")


@given(st.integers(50, 20_000), st.integers(10, 1_000_000), st.sampled_from(Side))
async def test_a_fill_is_never_better_than_the_quote_and_its_fee_is_exact(lots: int, dimes: int, side: Side) -> None:
    desk = PaperDesk(priced=False)
    desk.held.update(USD=D(10) ** 12, BTC=D(10) ** 12)
    level = D(dimes) / 10
    desk.cache.put("BTC/USD", quote(level))
    answer = await desk.venue.place_order(market("a", side, str(D(lots) / 1000)))
    if answer.status is OrderStatus.REJECTED:
        assert "below the minimum" in answer.detail
        return
    (fill,) = answer.fills
    assert fill.price % RULES.price_tick == 0
    assert fill.price >= level + D("0.1") if side is Side.BUY else fill.price <= level - D("0.1")
    assert fill.fee.amount == fill.notional * D("0.004")


def test_slippage_is_a_fraction() -> None:
    with pytest.raises(ValueError, match="fraction"):
        PaperDesk(slippage=D(2))
