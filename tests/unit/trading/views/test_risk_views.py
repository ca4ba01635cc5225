"""Exposure, allocation, risk and limits against plain recomputation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.world import START, FixedPlanner, SmallWorld, limits, rules, started
from trading.contract import Window, World
from trading.contract.books import LimitLine
from trading.domain.portfolio import EquityPoint
from trading.orders.protections import ExitRules
from trading.portfolio.daily_returns import beta_against, daily_returns, value_at_risk
from trading.portfolio.performance import measure
from trading.risk.guards import Guards

WORLD = World("PAPER", "a market", False, "USD", ZoneInfo("UTC"))
EXITS = ExitRules(Decimal("0.05"), None)


async def after(days: int) -> SmallWorld:
    """Half in BTC for so many days, a point at each UTC midnight; prices swing."""
    world = await started(
        told=rules(exits=EXITS, daily_loss=Decimal("0.05"), limits=limits(max_position=Decimal("0.8")))
    )
    await world.buy("5")
    for day in range(days):
        world.clock.advance_to(datetime(2025, 3, 4, tzinfo=UTC) + timedelta(days=day))
        world.tell("BTC/USD", 100 + (day * 7) % 11)
        world.tell("ETH/USD", 10)
        world.tell("SOL/USD", 1)
        await world.core.curve.sample()
    return world


async def test_exposure_is_that_of_the_status() -> None:
    world = await after(10)
    status, found = await world.desk.status(), await world.desk.books.exposure()
    assert status.cash_weight is not None
    assert found.net == found.gross == 1 - status.cash_weight
    assert found.status == status and found.largest is not None and found.largest.base == "BTC"
    performance = await world.desk.performance()
    assert performance is not None and found.average == performance.exposure
    assert (found.beta, found.daily_returns) == (None, 9)


async def test_beta_is_the_slope_of_daily_returns_on_those_of_btc() -> None:
    world = await after(70)
    performance = await world.desk.performance()
    assert performance is not None
    ours = np.diff(np.array(performance.lines[0].values)[1:]) / np.array(performance.lines[0].values)[1:-1]
    btc = np.diff(np.array(performance.lines[1].values)[1:]) / np.array(performance.lines[1].values)[1:-1]
    found = await world.desk.books.exposure()
    assert found.daily_returns == len(ours) == 69
    assert found.beta == pytest.approx(np.polyfit(btc, ours, 1)[0])
    risk = await world.desk.books.risk()
    assert risk.value_at_risk is not None and risk.status.equity is not None
    assert float(risk.value_at_risk / risk.status.equity) == pytest.approx(-np.quantile(ours, 0.05), abs=1e-9)


async def test_risk_tells_falls_stops_and_a_crash() -> None:
    world = await after(20)
    risk, performance = await world.desk.books.risk(), await world.desk.performance()
    assert performance is not None and risk.status.equity is not None
    assert risk.deepest == performance.lines[0].max_drawdown
    assert risk.drawdown == pytest.approx(Decimal(performance.drawdown[-1]), abs=Decimal("1e-9"))
    invested = risk.status.equity - risk.status.cash
    assert dict(risk.stress) == {share: -share * invested for share in map(Decimal, ("0.10", "0.20", "0.30"))}
    assert risk.exits.loss == 5 * (world.core.account.price("BTC/USD") - Decimal(95))  # type: ignore[operator]
    assert (risk.value_at_risk, risk.daily_returns) == (None, 19)


async def test_the_room_of_a_day_is_what_the_limit_leaves() -> None:
    world = await started(told=rules(daily_loss=Decimal("0.05")))
    await world.buy("5")
    world.tell("BTC/USD", 96)
    risk = await world.desk.books.risk()
    assert risk.lost_today == 1 - risk.status.equity / 1000  # type: ignore[operator]
    assert risk.room == pytest.approx(Decimal(50) - (1000 - risk.status.equity))  # type: ignore[operator]
    world.tell("BTC/USD", 85)
    assert (await world.desk.books.risk()).room == 0


async def test_allocation_puts_shares_beside_the_newest_plan() -> None:
    planner = FixedPlanner()
    world = await started(planner=planner)
    assert (await world.desk.books.allocation()).planned_at is None
    planner.wants(BTC="0.5", SOL="0.2")
    await world.core.rebalance.run("a test")
    planner.outcome = FixedPlanner().outcome  # A hold has no plan: the one before still counts.
    await world.core.rebalance.run("a test")
    found = await world.desk.books.allocation()
    lines = {line.base: line for line in found.lines}
    assert {base: line.target for base, line in lines.items()} == {
        "BTC": Decimal("0.5"),
        "SOL": Decimal("0.2"),
        "": Decimal("0.3"),
    }
    assert found.planned_at == START and found.decided_by == "fixed plan"
    status = await world.desk.status()
    assert lines["BTC"].weight == status.holdings[0].weight and lines[""].weight == status.cash_weight
    assert lines["BTC"].gap == lines["BTC"].weight - Decimal("0.5")


async def test_every_limit_names_its_setting_and_what_is_used() -> None:
    world = await after(5)
    found = {line.setting: line for line in (await world.desk.books.limits()).lines}
    status = await world.desk.status()
    assert found["MAX_POSITION_PERCENT"] == LimitLine(
        "MAX_POSITION_PERCENT", found["MAX_POSITION_PERCENT"].unit, Decimal("0.8"), status.holdings[0].weight
    )
    assert found["DAILY_LOSS_LIMIT_PERCENT"].value == Decimal("0.05")
    assert found["MAX_PRICE_AGE_SECONDS"].used == status.price_age
    assert found["MAX_ORDER_SIZE"].value is None and found["STOP_LOSS_PERCENT"].value == Decimal("0.05")


async def test_guards_over_rebalances_are_told_where_they_are_on() -> None:
    plain = await started()
    names = {line.setting for line in (await plain.desk.books.limits()).lines}
    assert not names & {"MIN_CASH_PERCENT", "MAX_TURNOVER_PERCENT", "MIN_HOLDING_HOURS", "DRAWDOWN_STOP_PERCENT"}
    guards = Guards(
        min_cash=Decimal("0.1"),
        max_turnover=Decimal("0.5"),
        max_orders=4,
        min_holding=timedelta(hours=12),
        reentry_pause=timedelta(hours=24),
        min_trade=Decimal(20),
        floors={"BTC": Decimal("0.2")},
        max_drawdown=Decimal("0.25"),
    )
    guarded = await started(told=rules(guards=guards))
    found = {line.setting: line.value for line in (await guarded.desk.books.limits()).lines}
    assert {name: found[name] for name in found if name not in names} == {
        "MIN_CASH_PERCENT": Decimal("0.1"),
        "MIN_TRADE": Decimal(20),
        "MAX_TURNOVER_PERCENT": Decimal("0.5"),
        "MAX_REBALANCE_ORDERS": Decimal(4),
        "MIN_HOLDING_HOURS": timedelta(hours=12),
        "REENTRY_PAUSE_HOURS": timedelta(hours=24),
        "BTC_FLOOR_PERCENT": Decimal("0.2"),
        "DRAWDOWN_STOP_PERCENT": Decimal("0.25"),
    }


def test_returns_are_between_utc_closes_only() -> None:
    noons = [datetime(2025, 3, 1, 12, tzinfo=UTC) + timedelta(hours=12 * step) for step in range(6)]

    def returns(*equity: int) -> list[float]:
        points = [EquityPoint(at, Decimal(value), Decimal(0)) for at, value in zip(noons, equity, strict=True)]
        measured = measure(points, WORLD, Window(noons[0], noons[-1], "ever"), Decimal(0), 0)
        assert measured is not None
        return [float(value) for value in daily_returns(measured, measured.lines[0])]

    assert returns(1, 2, 9, 3, 9, 6) == [0.5, 1.0]
    assert returns(1, 2, 9, 0, 9, 6) == []


def test_few_days_make_no_figure() -> None:
    assert value_at_risk(np.full(59, -0.01)) is None and value_at_risk(np.full(60, -0.01)) == pytest.approx(0.01)
    assert value_at_risk(np.full(60, 0.01)) == 0.0
    assert beta_against(np.arange(29.0), np.arange(29.0)) is None
    assert beta_against(np.arange(30.0), np.arange(30.0)) == pytest.approx(1.0)
    assert beta_against(np.arange(30.0), np.zeros(30)) is None
