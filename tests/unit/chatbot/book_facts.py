"""The small portfolio of `facts` as the reading door tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

from tests.unit.chatbot import facts
from trading.contract import Pnl, Status, TradeView, Window, World
from trading.contract.books import (
    Allocation,
    AllocationLine,
    BalanceLine,
    Balances,
    Costs,
    ExitLine,
    Exits,
    Export,
    ExportFile,
    Exposure,
    FeeRate,
    Fees,
    Health,
    LimitLine,
    LimitsView,
    LimitUnit,
    LoopDelay,
    ModelBudget,
    ModelCosts,
    ModelUse,
    OrderStory,
    PeriodReport,
    Profit,
    RiskMap,
    RiskMapLine,
    RiskView,
    StoreFile,
    SymbolProfit,
    TradeStory,
    Version,
)
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.risk import ApprovalStatus, TradingState
from trading.domain.usage import Purpose

ORDER_ID = "7f3a9c0d-2f1e-5b7a-9c1d-0a1b2c3d4e5f"
DAY = timedelta(days=1)


def bought() -> Order:
    return replace(
        facts.BOUGHT_BTC,
        client_order_id=ORDER_ID,
        venue_order_id="OABCDE-12345-FGHIJK",
        filled_quantity=D("0.0069"),
        average_price=D("106020.1"),
    )


def resting() -> Order:
    order = facts.order(facts.ETH, Side.SELL, "0.2210", OrderStatus.ACCEPTED)
    return replace(order, client_order_id="0e0e1111-2f1e-5b7a-9c1d-0a1b2c3d4e5f")


def order_story(order: Order | None = None) -> OrderStory:
    order = order or bought()
    fill = replace(facts.FILLS[1], client_order_id=order.client_order_id, trade_id=f"{order.client_order_id}-1")
    return OrderStory(
        order=order,
        batch=facts.batch(),
        fills=(fill,) if order.status is OrderStatus.FILLED else (),
        approval=facts.approval(ApprovalStatus.APPROVED, decided_by="@owner"),
        cycle=facts.cycle(),
        attempts=(order.client_order_id,),
        quoted=D("106000.0") if order.side is Side.BUY else None,
    )


def trade_story() -> TradeStory:
    story = order_story()
    return TradeStory(TradeView(story.fills[0], story.order, story.batch), story)


def balances(world: World = facts.PAPER) -> Balances:
    status = facts.status(world)
    live = world.mode == "LIVE"
    return Balances(
        world=world,
        at=status.at,
        equity=status.equity,
        lines=(
            BalanceLine("USD", status.cash, D("151.20"), status.cash, None, status.cash if live else None),
            *(
                BalanceLine(held.base, held.quantity, D(0), held.value, held.price_age, _there(held.quantity, live))
                for held in status.holdings
            ),
            BalanceLine("XCN", D("12"), D(0), None, None, None),
        ),
        compared_at=status.at - timedelta(minutes=1) if live else None,
        agreed=False if live else None,
    )


def _there(quantity: D, live: bool) -> D | None:
    return quantity + D("0.012") if live else None


def fees(world: World = facts.PAPER) -> Fees:
    return Fees(
        world=world,
        window=facts.WINDOW,
        total=D("23.10"),
        by_currency={"USD": D("20.10"), "BTC": D("0.0000283")},
        by_symbol={"BTC/USD": D("14.20"), "ETH/USD": D("8.90")},
        turnover=D("7219.40"),
        trades=18,
        as_maker=D("18.05"),
        rates=tuple(FeeRate(s, D("0.0025"), D("0.0040"), timedelta(minutes=12)) for s in ("BTC/USD", "ETH/USD")),
    )


def costs(world: World = facts.PAPER) -> Costs:
    return Costs(world, facts.WINDOW, D("23.10"), D("0.42"), D("1.20"), 17, 18, model_costs())


def model_costs(name: str = "gpt-4o", cost: D = D("0.65475")) -> ModelCosts:
    """Thirty rebalances by a dear model, some questions, and a model of one's own that nobody has a price for."""
    uses = (
        ModelUse(name, Purpose.REBALANCE, 32, 2, 141_500, 30_100, cost),
        ModelUse("gpt-4o", Purpose.QUESTION, 81, 0, 180_300, 900, D("0.0312")),
        ModelUse("a-rather-long-name-of-a-local-model:70b", Purpose.QUESTION, 1, 0, 950, 12, None),
    )
    budget = ModelBudget(D("0.0213"), D(2), 12_345, 500_000)
    return ModelCosts(uses, budget, ("a-rather-long-name-of-a-local-model:70b",))


def part(days_ago: int, change: str | None) -> Pnl:
    end = facts.NOW - days_ago * DAY
    window = Window(end - DAY, end, f"{(end - DAY).day} {end - DAY:%b}")
    amount = None if change is None else D(change)
    fraction = None if amount is None else amount / 10000
    return replace(facts.pnl(), window=window, change=amount, change_fraction=fraction)


def profit(world: World = facts.PAPER) -> Profit:
    changes = ("12.4", "-31.2", "55.1", None, "-8", "140.25", "31.5")
    return Profit(
        world=world,
        whole=replace(
            facts.pnl(),
            window=Window(facts.NOW - 7 * DAY, facts.NOW, "in the last 7 days"),
            change=D("200.05"),
            change_fraction=D("0.0195"),
        ),
        unit="day",
        parts=tuple(part(6 - place, change) for place, change in enumerate(changes)),
        by_symbol=(
            SymbolProfit("BTC/USD", D(0), D("250.11")),
            SymbolProfit("ETH/USD", D("-3.20"), D("-36.10")),
        ),
    )


def exposure(world: World = facts.PAPER) -> Exposure:
    return Exposure(facts.status(world), D("0.699"), D("0.699"), D("0.68"), D("0.71"), 0.62, 114)


def risk_map(world: World = facts.PAPER) -> RiskMap:
    """BTC and ETH held, which move much alike."""
    lines = (RiskMapLine("BTC/USD", "BTC", D("0.416")), RiskMapLine("ETH/USD", "ETH", D("0.283")))
    return RiskMap(facts.status(world), lines, ((1.0, 0.84), (0.84, 1.0)), 0.6716, 90)


def allocation(world: World = facts.PAPER) -> Allocation:
    lines = (
        AllocationLine("BTC", D("0.416"), D("0.486")),
        AllocationLine("ETH", D("0.283"), D("0.212")),
        AllocationLine("", D("0.301"), D("0.302")),
    )
    return Allocation(facts.status(world), lines, facts.NOW - timedelta(hours=7), "gpt-4o", facts.CYCLE_ID)


def exits(world: World = facts.PAPER) -> Exits:
    status = facts.status(world)
    btc, eth = status.holdings
    assert btc.value is not None
    return Exits(
        world,
        status.at,
        (
            ExitLine(btc, D("-0.02"), btc.value * D("0.02"), D("0.03"), btc.value * D("0.03")),
            ExitLine(replace(eth, stop=None), None, None, D("0.03"), D("89.10")),
        ),
    )


def risk(world: World = facts.PAPER) -> RiskView:
    status: Status = facts.status(world)
    return RiskView(
        status=status,
        exits=exits(world),
        drawdown=D("-0.021"),
        deepest=D("-0.061"),
        volatility=0.38,
        volatility_returns=30,
        daily_limit=D("0.05"),
        lost_today=D("0.003"),
        value_at_risk=D("214.90"),
        daily_returns=114,
        stress={D("0.10"): D("-733.10"), D("0.20"): D("-1466.19"), D("0.30"): D("-2199.29")},
    )


def limits(world: World = facts.PAPER) -> LimitsView:
    lines = (
        LimitLine("APPROVAL_THRESHOLD", LimitUnit.MONEY, D(50)),
        LimitLine("MAX_ORDER_SIZE", LimitUnit.MONEY, None),
        LimitLine("MAX_POSITION_PERCENT", LimitUnit.SHARE, D("0.6"), D("0.416")),
        LimitLine("DAILY_LOSS_LIMIT_PERCENT", LimitUnit.SHARE, D("0.05"), D("0.003")),
        LimitLine("MAX_PRICE_AGE_SECONDS", LimitUnit.TIME, timedelta(seconds=120), timedelta(seconds=2)),
        LimitLine("STOP_LOSS_PERCENT", LimitUnit.SHARE, D("0.02")),
    )
    return LimitsView(world, facts.NOW, TradingState.ACTIVE, lines)


def report(name: str = "weekly", world: World = facts.PAPER) -> PeriodReport:
    status, shown = facts.status(world), profit(world)
    label = {"daily": "in the last 24 hours", "weekly": "in the last 7 days", "monthly": "in the last 30 days"}[name]
    return PeriodReport(
        name=name,
        world=world,
        at=status.at,
        equity=status.equity,
        whole=replace(shown.whole, window=replace(shown.whole.window, label=label)),
        parts=() if name == "daily" else shown.parts,
        period=facts.performance(world),
        since_start=facts.performance(world),
        holdings=status.holdings,
        cash=status.cash,
        cash_weight=status.cash_weight,
        state=status.state,
    )


def health(world: World = facts.PAPER) -> Health:
    return Health(
        world=world,
        at=facts.NOW,
        now=facts.NOW,
        started_at=facts.NOW - timedelta(days=3, hours=4),
        state=TradingState.ACTIVE,
        delay=LoopDelay(0.0021, 0.031, 3000),
        price_ages={"BTC/USD": timedelta(seconds=2), "ETH/USD": timedelta(seconds=1)},
        late_symbols=(),
        orders_open=1,
        orders_in_doubt=0,
        compared_at=facts.NOW - timedelta(seconds=40) if world.mode == "LIVE" else None,
        agreed=True if world.mode == "LIVE" else None,
        store=StoreFile(12_400_000, facts.NOW - timedelta(hours=7)),
        decider="gpt-4o",
        decided_at=facts.NOW - timedelta(hours=7),
        failed="",
        memory=150_000_000,
        alerts=(),
    )


def unwell(world: World = facts.PAPER) -> Health:
    return replace(
        health(world),
        state=TradingState.REDUCING,
        late_symbols=("ETH/USD",),
        orders_in_doubt=1,
        failed="gpt-4o did not answer within 60 s",
        delay=LoopDelay(0.04, 0.9, 3000),
        store=StoreFile(12_400_000, facts.NOW - timedelta(days=3)),
    )


def version(world: World = facts.PAPER) -> Version:
    libraries = {"ccxt": "4.5.90", "python-telegram-bot": "22.8", "discord.py": "2.7.1"}
    return Version(world, "0.2.0", "3.11.7", "0002", facts.NOW - timedelta(days=3), libraries)


def export(world: World = facts.PAPER) -> Export:
    files = (ExportFile("purser-trades.csv", b"at\n", 18), ExportFile("purser-ledger.csv", b"at\n", 110))
    return Export(world, facts.WINDOW, files, (2025, 2026))
