"""Status, holdings and performance: every figure checked against the books by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.world import START, SmallWorld, rules, started
from trading.clock import SimulatedClock
from trading.contract import Amount, AmountUnit, Window
from trading.domain.order import Side
from trading.domain.risk import TradingState
from trading.orders.protections import ExitRules

EXITS = rules(exits=ExitRules(Decimal("0.02"), Decimal("0.30")))


async def invested() -> SmallWorld:
    """2 BTC at 100 and 10 ETH at 10; an hour later BTC is at 120 and ETH at 9."""
    world = await started(told=EXITS)
    await world.buy("2")
    await world.buy("10", "ETH/USD")
    world.clock.advance(3600)
    world.tell("BTC/USD", 120)
    world.tell("ETH/USD", 9)
    world.tell("SOL/USD", 1)
    return world


async def test_the_status_of_a_new_portfolio(world: SmallWorld) -> None:
    status = await world.desk.status()
    assert (status.equity, status.cash, status.cash_weight, status.holdings) == (1000, 1000, 1, ())
    assert (status.at, status.since, status.state, status.pending) == (START, START, TradingState.ACTIVE, 0)
    assert status.next_rebalance == START + timedelta(hours=2)
    assert (status.decider, status.price_age) == ("fixed plan", timedelta(0))
    assert status.today_amount == 0


async def test_the_status_adds_up() -> None:
    world = await invested()
    status = await world.desk.status()
    equity = world.cash + 240 + 90
    assert (status.equity, status.cash) == (equity, Decimal(1000) - Decimal(300) * Decimal("1.004"))
    assert sum((h.value or 0 for h in status.holdings), status.cash) == equity
    shares = sum((h.weight or Decimal(0) for h in status.holdings), Decimal(0))
    assert abs(shares + (status.cash_weight or 0) - 1) < Decimal("1e-25")
    assert status.change is not None
    assert abs(status.change - (equity / 1000 - 1)) < Decimal("1e-9")
    assert status.today_amount == equity - 1000
    assert status.today_change == (equity - 1000) / 1000


async def test_a_holding_is_measured_from_what_it_cost_fees_in() -> None:
    world = await invested()
    btc, eth = (await world.desk.status()).holdings
    assert (btc.symbol, eth.symbol) == ("BTC/USD", "ETH/USD")
    assert (btc.quantity, btc.average_cost, btc.price, btc.value) == (2, Decimal("100.4"), 120, 240)
    assert btc.unrealized == 240 - Decimal("200.8")
    assert btc.gain == 240 / Decimal("200.8") - 1
    assert (btc.stop, btc.target, btc.price_age) == (Decimal(98), Decimal(130), timedelta(0))
    assert eth.unrealized == 90 - Decimal("100.4")


async def test_the_gaps_compare_with_btc_and_eth_over_the_same_time() -> None:
    world = await invested()
    gaps = {gap.name: gap for gap in (await world.desk.status()).gaps}
    assert gaps["BTC"].theirs == Decimal("0.2")
    assert gaps["ETH"].theirs == Decimal("-0.1")
    status = await world.desk.status()
    assert gaps["BTC"].ours == gaps["ETH"].ours == status.change


async def test_today_begins_at_local_midnight() -> None:
    world = await started(told=EXITS, clock=SimulatedClock(datetime(2025, 3, 3, 20, tzinfo=UTC)))
    await world.buy("2")
    world.clock.advance_to(datetime(2025, 3, 4, 7, tzinfo=UTC))
    world.tell("BTC/USD", 110)
    await world.core.curve.sample()
    world.clock.advance(3600)
    world.tell("BTC/USD", 115)
    status = await world.desk.status()
    assert status.today_amount == 10
    assert status.equity is not None
    assert status.today_change == Decimal(10) / (status.equity - 10)


async def test_what_has_no_price_is_unknown_and_never_zero() -> None:
    world = await invested()
    blind = await world.restarted()
    await blind.core.curve.load()
    status = await blind.desk.status()
    assert (status.equity, status.cash_weight, status.change is None or status.change == 0) == (None, None, True)
    assert (status.today_amount, status.today_change) == (None, None)
    assert all((h.price, h.value, h.weight, h.gain, h.unrealized) == (None,) * 5 for h in status.holdings)


async def test_the_age_is_that_of_the_oldest_price_in_use() -> None:
    world = await invested()
    world.clock.advance(60)
    world.tell("BTC/USD", 121)
    assert (await world.desk.status()).price_age == timedelta(minutes=1)


async def test_performance_is_the_status_change_and_counts_fees_and_trades() -> None:
    world = await invested()
    await world.core.curve.sample()
    performance = await world.desk.performance()
    assert performance is not None
    assert performance.lines[0].total_return == (await world.desk.status()).change
    assert (performance.fees, performance.trades) == (Decimal("1.2"), 2)
    assert await world.desk.performance(Window(START - timedelta(days=2), START - timedelta(days=1), "before")) is None


async def test_the_desk_tells_what_it_trades_and_where() -> None:
    world = await invested()
    assert [i.symbol for i in world.desk.symbols()] == ["BTC/USD", "ETH/USD", "SOL/USD"]
    assert world.desk.now() == START + timedelta(hours=1)
    assert world.desk.world == world.rules.world
    window = world.desk.window("today")
    assert window is not None
    assert window.start == START
    assert world.desk.window("when the moon is full") is None
    assert len(await world.desk.candles("BTC/USD", "1h", 5)) == 5


async def test_state_and_its_reason_are_in_the_status(world: SmallWorld) -> None:
    changed = await world.desk.halt("@ana")
    assert (changed.old, changed.new, changed.reason) == (TradingState.ACTIVE, TradingState.HALTED, "halted by @ana")
    status = await world.desk.status()
    assert (status.state, status.state_reason) == (TradingState.HALTED, "halted by @ana")


async def test_pending_counts_cards_and_not_previews() -> None:
    world = await started()
    await world.desk.preview_order(Side.BUY, "btc", Amount(Decimal(50), AmountUnit.QUOTE), "@ana")
    assert (await world.desk.status()).pending == 0
