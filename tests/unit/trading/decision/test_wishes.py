"""A person's wish becomes a sized preview, or a refusal that says what to do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.world import SmallWorld, limits, rules, started
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.domain.order import OrderIntent, Side, Source
from trading.domain.risk import RefusalCode, Refused, TradingState

QUOTE, BASE, FRACTION = AmountUnit.QUOTE, AmountUnit.BASE, AmountUnit.FRACTION


async def wish(world: SmallWorld, side: Side, value: str, unit: AmountUnit, symbol: str = "btc") -> Any:
    return await world.desk.preview_order(side, symbol, Amount(Decimal(value), unit), "@ana")


def only(shown: Any) -> OrderIntent:
    assert isinstance(shown, ApprovalView), shown
    (order,) = shown.orders
    return order.intent


def code(shown: Any) -> RefusalCode:
    assert isinstance(shown, Refused), shown
    assert shown.detail.endswith(".")
    return shown.code


@pytest.mark.parametrize(
    ("value", "unit", "quantity"),
    [
        ("50", QUOTE, "0.5"),
        ("33.339", QUOTE, "0.3333"),
        ("0.25", BASE, "0.25"),
        ("0.25009", BASE, "0.2500"),
        ("0.5", FRACTION, "4.9800"),
        ("1", FRACTION, "9.9601"),
    ],
)
async def test_a_buy_is_sized_in_money_coins_or_a_share_of_the_cash(
    world: SmallWorld, value: str, unit: AmountUnit, quantity: str
) -> None:
    intent = only(await wish(world, Side.BUY, value, unit))
    assert (intent.quantity, intent.source, intent.reduce_only) == (Decimal(quantity), Source.MANUAL, False)


@pytest.mark.parametrize(
    ("value", "unit", "quantity"),
    [("50", QUOTE, "0.5"), ("0.75", BASE, "0.75"), ("0.5", FRACTION, "1.5"), ("1", FRACTION, "3")],
)
async def test_a_sale_is_sized_in_money_coins_or_a_share_of_the_position(
    world: SmallWorld, value: str, unit: AmountUnit, quantity: str
) -> None:
    await world.buy("3")
    intent = only(await wish(world, Side.SELL, value, unit))
    assert (intent.quantity, intent.reduce_only) == (Decimal(quantity), True)


async def test_all_the_cash_can_really_be_spent(world: SmallWorld) -> None:
    shown = await wish(world, Side.BUY, "1", FRACTION)
    assert isinstance(await world.desk.approve(shown.approval.id, "@ana", "web"), Decided)
    assert 0 <= world.cash < Decimal("0.01") * 101


@pytest.mark.parametrize("name", ["BTC/USD", "btc", " Btc ", "btcusd"])
async def test_a_symbol_may_be_named_as_people_do(world: SmallWorld, name: str) -> None:
    assert only(await wish(world, Side.BUY, "50", QUOTE, name)).symbol == "BTC/USD"


async def test_a_market_order_is_sized_at_a_fresh_price(world: SmallWorld) -> None:
    world.clock.advance(600)
    world.market.publish("BTC/USD", Decimal(200), world.clock.now())
    assert only(await wish(world, Side.BUY, "50", QUOTE)).quantity == Decimal("0.25")


async def test_closing_sells_the_whole_position(world: SmallWorld) -> None:
    await world.buy("3")
    assert only(await world.desk.preview_close("BTC", "@ana")).quantity == 3


async def test_flattening_sells_everything_but_dust(world: SmallWorld) -> None:
    await world.buy("3")
    await world.buy("10", "ETH/USD")
    await world.buy("6", "SOL/USD")
    world.tell("SOL/USD", "0.5")
    shown = await world.desk.preview_flatten("@ana")
    assert isinstance(shown, ApprovalView)
    assert {order.symbol: order.intent.quantity for order in shown.orders} == {"BTC/USD": 3, "ETH/USD": 10}
    assert shown.batch.source is Source.FLATTEN
    decided = await world.desk.approve(shown.approval.id, "@ana", "web")
    assert isinstance(decided, Decided)
    assert (world.held(), world.held("ETH/USD"), world.held("SOL/USD")) == (0, 0, 6)


@pytest.mark.parametrize(
    ("side", "value", "unit", "symbol", "expected"),
    [
        (Side.BUY, "50", QUOTE, "doge", RefusalCode.UNKNOWN_SYMBOL),
        (Side.BUY, "0", QUOTE, "btc", RefusalCode.INVALID_AMOUNT),
        (Side.BUY, "-5", QUOTE, "btc", RefusalCode.INVALID_AMOUNT),
        (Side.BUY, "1.01", FRACTION, "btc", RefusalCode.INVALID_AMOUNT),
        (Side.BUY, "0.001", QUOTE, "btc", RefusalCode.BELOW_MIN_QUANTITY),
        (Side.BUY, "4", QUOTE, "btc", RefusalCode.BELOW_MIN_NOTIONAL),
        (Side.BUY, "5000", QUOTE, "btc", RefusalCode.NOT_ENOUGH_CASH),
        (Side.SELL, "1", FRACTION, "eth", RefusalCode.NOTHING_TO_SELL),
        (Side.SELL, "4", BASE, "btc", RefusalCode.EXCEEDS_POSITION),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_and_leaves_no_trace(
    world: SmallWorld, side: Side, value: str, unit: AmountUnit, symbol: str, expected: RefusalCode
) -> None:
    await world.buy("3")
    before = await world.desk.last_event()
    assert code(await wish(world, side, value, unit, symbol)) is expected
    assert await world.desk.last_event() == before
    assert not world.core.approvals.waiting()


async def notes(world: SmallWorld, side: Side, value: str, unit: AmountUnit) -> tuple[str, ...]:
    shown = await wish(world, side, value, unit)
    assert isinstance(shown, ApprovalView)
    return shown.approval.notes


STEPS = "the venue trades in steps of 0.0001 BTC."


@pytest.mark.parametrize(
    ("side", "value", "unit", "expected"),
    [
        (Side.BUY, "0.5", BASE, ()),
        (Side.BUY, "0.50005", BASE, (f"0.00005 BTC of it left out: {STEPS}",)),
        (Side.BUY, "50.004", QUOTE, ()),
        (Side.SELL, "0.50005", BASE, (f"0.00005 BTC of it left out: {STEPS}",)),
        (Side.SELL, "0.95", BASE, ()),
        (Side.SELL, "0.9503", BASE, ("0.0497 BTC (4.97 USD) stay as dust: below the minimum of 5 USD.",)),
        (Side.SELL, "0.99999", BASE, ("0.0001 BTC (0.01 USD) stay as dust: below the minimum of 5 USD.",)),
        (Side.SELL, "1", FRACTION, ()),
    ],
)
async def test_what_is_not_sent_of_a_wish_and_what_can_never_be_sold_is_told(
    world: SmallWorld, side: Side, value: str, unit: AmountUnit, expected: tuple[str, ...]
) -> None:
    await world.buy("1")
    assert await notes(world, side, value, unit) == expected


async def test_what_a_coarse_step_leaves_of_an_amount_of_money_is_told(world: SmallWorld) -> None:
    world.tell("BTC/USD", 10_000)
    assert await notes(world, Side.BUY, "50.7", QUOTE) == (f"0.70 USD of it left out: {STEPS}",)


async def test_a_minimum_in_coins_is_told_in_coins(world: SmallWorld) -> None:
    await world.buy("1")
    world.tell("BTC/USD", 10_000)
    assert await notes(world, Side.SELL, "0.9991", BASE) == (
        "0.0009 BTC (9.00 USD) stay as dust: below the minimum of 0.001 BTC.",
    )


async def test_flattening_names_what_stays(world: SmallWorld) -> None:
    await world.buy("3")
    await world.buy("6", "SOL/USD")
    world.tell("SOL/USD", "0.5")
    shown = await world.desk.preview_flatten("@ana")
    assert isinstance(shown, ApprovalView)
    assert shown.approval.notes == ("6 SOL (3.00 USD) stay as dust: below the minimum of 5 USD.",)


async def test_flattening_nothing_but_dust_names_it(world: SmallWorld) -> None:
    await world.buy("6", "SOL/USD")
    world.tell("SOL/USD", "0.5")
    refused = await world.desk.preview_flatten("@ana")
    assert code(refused) is RefusalCode.NOTHING_TO_SELL
    assert isinstance(refused, Refused)
    assert "6 SOL (3.00 USD) stay as dust" in refused.detail


async def test_flattening_nothing_is_refused(world: SmallWorld) -> None:
    assert code(await world.desk.preview_flatten("@ana")) is RefusalCode.NOTHING_TO_SELL


async def test_closing_nothing_is_refused(world: SmallWorld) -> None:
    assert code(await world.desk.preview_close("btc", "@ana")) is RefusalCode.NOTHING_TO_SELL


async def test_without_a_connection_a_wish_is_refused(world: SmallWorld) -> None:
    await world.buy("1")
    world.market.outage = "no route to the exchange"
    assert code(await wish(world, Side.BUY, "50", QUOTE)) is RefusalCode.VENUE_UNAVAILABLE
    assert code(await world.desk.preview_flatten("@ana")) is RefusalCode.VENUE_UNAVAILABLE


async def test_a_halt_refuses_buys_and_sales_and_a_pause_only_buys(world: SmallWorld) -> None:
    await world.buy("3")
    await world.desk.pause("@ana")
    assert code(await wish(world, Side.BUY, "50", QUOTE)) is RefusalCode.REDUCING
    assert only(await world.desk.preview_close("btc", "@ana"))
    await world.desk.halt("@ana")
    assert code(await world.desk.preview_close("btc", "@ana")) is RefusalCode.HALTED
    assert (await world.desk.resume("@ana")).new is TradingState.ACTIVE
    assert only(await wish(world, Side.BUY, "50", QUOTE))


async def test_the_largest_order_and_position_hold_for_wishes_too() -> None:
    told = rules(limits=limits(max_order_size=Decimal(100), max_position=Decimal("0.05")))
    world = await started(told=told)
    assert code(await wish(world, Side.BUY, "101", QUOTE)) is RefusalCode.ABOVE_MAX_ORDER_SIZE
    assert code(await wish(world, Side.BUY, "60", QUOTE)) is RefusalCode.ABOVE_MAX_POSITION
