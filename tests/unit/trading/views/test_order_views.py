"""Orders and trades with their story, on a core that traded."""

from __future__ import annotations

from decimal import Decimal

from tests.world import SmallWorld, rules, started
from trading.contract import Amount, AmountUnit, ApprovalView
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import Refused
from trading.orders.protections import ExitRules
from trading.orders.story import quoted_price


async def test_nothing_is_open_where_everything_filled(world: SmallWorld) -> None:
    await world.buy("2")
    await world.buy("10", "ETH/USD")
    books = world.desk.books
    assert await books.open_orders() == []
    assert [order.symbol for order in await books.recent_orders()] == ["ETH/USD", "BTC/USD"]
    assert [order.symbol for order in await books.recent_orders("BTC/USD")] == ["BTC/USD"]
    assert [order.symbol for order in await books.recent_orders(limit=1)] == ["ETH/USD"]


async def test_a_card_that_waits_holds_orders_that_are_not_sent(world: SmallWorld) -> None:
    waiting = await world.desk.preview_order(Side.BUY, "BTC/USD", Amount(Decimal(50), AmountUnit.QUOTE), "@owner")
    assert isinstance(waiting, ApprovalView)
    assert [order.status for order in await world.desk.books.open_orders()] == [OrderStatus.INTENDED]
    assert await world.desk.books.open_orders("ETH/USD") == []


async def test_an_order_tells_its_card_its_fills_and_its_slippage() -> None:
    world = await started(slippage=Decimal("0.001"))
    waiting = await world.desk.preview_order(Side.BUY, "BTC/USD", Amount(Decimal(100), AmountUnit.QUOTE), "@owner")
    assert isinstance(waiting, ApprovalView)
    decided = await world.desk.approve(waiting.approval.id, "@owner", "telegram")
    assert not isinstance(decided, Refused)
    (found,) = await world.desk.books.find_orders(waiting.orders[0].client_order_id[:8])
    story = await world.desk.books.order(found.client_order_id)
    assert story is not None and story.approval is not None
    assert (story.order.status, story.approval.decided_by) == (OrderStatus.FILLED, "@owner")
    assert story.quoted == 100 and story.attempts == (found.client_order_id,)
    assert story.slippage == story.notional - story.quantity * 100 > 0
    assert story.slippage_share == story.slippage / (story.quantity * 100)
    assert story.fees == sum(fill.fee.amount for fill in story.fills)


async def test_a_trade_leads_to_its_order(world: SmallWorld) -> None:
    (bought,) = await world.buy("2")
    (fill,) = await world.desk.books.find_trades(bought.client_order_id[:6])
    told = await world.desk.books.trade(fill.trade_id)
    assert told is not None
    assert (told.trade.fill, told.order.order.client_order_id) == (fill, bought.client_order_id)
    assert await world.desk.books.trade(fill.trade_id[:-1]) is None
    assert await world.desk.books.order("unknown") is None


async def test_the_quote_of_a_decision_without_a_card_is_in_its_snapshot(world: SmallWorld) -> None:
    world.planner.wants(BTC="0.5")  # type: ignore[attr-defined]
    cycle = await world.core.rebalance.run("a test")
    assert cycle is not None and quoted_price("BTC/USD", None, cycle) == 100
    assert quoted_price("XRP/USD", None, cycle) is None
    assert quoted_price("BTC/USD", None, None) is None


async def test_stops_are_listed_nearest_first_with_what_they_cost() -> None:
    world = await started(told=rules(exits=ExitRules(Decimal("0.02"), Decimal("0.30"))))
    await world.buy("2")
    await world.buy("10", "ETH/USD")
    world.tell("BTC/USD", 110)
    exits = await world.desk.books.exits()
    eth, btc = exits.lines
    assert (eth.holding.base, btc.holding.base) == ("ETH", "BTC")
    assert (btc.to_stop, btc.loss, btc.gain) == (Decimal(98) / 110 - 1, 2 * Decimal(12), 2 * Decimal(20))
    assert exits.loss == 24 + 10 * (10 - Decimal("9.8")) and exits.unprotected == ()


async def test_without_exits_nothing_is_counted_as_protected(world: SmallWorld) -> None:
    await world.buy("2")
    exits = await world.desk.books.exits()
    assert [held.base for held in exits.unprotected] == ["BTC"]
    assert (exits.loss, exits.lines[0].to_stop, exits.lines[0].loss) == (0, None, None)
