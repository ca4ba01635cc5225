"""Facts to tell people about: one small portfolio, built by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

from trading.contract import (
    AccountCheck,
    AccountLine,
    ApprovalView,
    BatchView,
    BenchmarkGap,
    DailyReport,
    Holding,
    Line,
    LiveView,
    Performance,
    PlanView,
    Pnl,
    Status,
    ThesisView,
    Trades,
    TradeView,
    Window,
    World,
)
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.domain.plan import (
    Clamp,
    Cycle,
    CycleOutcome,
    Direction,
    Evidence,
    Prediction,
    TargetPlan,
    TargetWeight,
    Thesis,
)
from trading.domain.risk import (
    Approval,
    ApprovalKind,
    ApprovalStatus,
    Estimate,
    Measure,
    NeedsApproval,
    TradingState,
)

DENVER = ZoneInfo("America/Denver")
NOW = datetime(2026, 7, 30, 20, 2, 3, tzinfo=UTC)
LIVE = World(mode="LIVE", market="Kraken", simulated=False, quote="USD", timezone=DENVER)
PAPER = World(mode="PAPER", market="Kraken", simulated=False, quote="USD", timezone=DENVER)
DEMO = World(mode="PAPER", market="simulated market", simulated=True, quote="USD", timezone=DENVER)

BTC = Instrument("BTC/USD", "BTC", "USD", D("0.1"), D("0.00000001"), D("0.00005"), D(5))
ETH = Instrument("ETH/USD", "ETH", "USD", D("0.01"), D("0.00000001"), D("0.001"), D(5))
SOL = Instrument("SOL/USD", "SOL", "USD", D("0.01"), D("0.00000001"), D("0.02"), D(5))

CARD_ID = "7f3a9c0d1e2f30415263748596a7b8c9"
CYCLE_ID = "7f3a11112222"


def holding(
    instrument: Instrument = BTC, quantity: str = "0.0412", price: str = "105850.0", gain: str = "0.061"
) -> Holding:
    value = D(quantity) * D(price)
    return Holding(
        instrument=instrument,
        quantity=D(quantity),
        average_cost=D(price) / (1 + D(gain)),
        price=D(price),
        price_age=timedelta(seconds=2),
        value=value,
        weight=D("0.416"),
        gain=D(gain),
        unrealized=value * D(gain),
        realized=D("12.5"),
        stop=D(price) * D("0.98"),
        target=D(price) * D("1.03"),
    )


def status(world: World = PAPER) -> Status:
    return Status(
        world=world,
        at=NOW,
        since=NOW - timedelta(days=114),
        equity=D("10482.15"),
        cash=D("3151.20"),
        cash_weight=D("0.301"),
        change=D("0.0482"),
        today_amount=D("-31.20"),
        today_change=D("-0.003"),
        gaps=(BenchmarkGap("BTC", D("0.0482"), D("0.0292")), BenchmarkGap("ETH", D("0.0482"), D("0.0822"))),
        holdings=(holding(), holding(ETH, "0.8830", "3363.50", "-0.012")),
        state=TradingState.ACTIVE,
        state_reason="",
        price_age=timedelta(seconds=2),
        next_rebalance=NOW + timedelta(hours=16, minutes=58),
        pending=1,
        decider="gpt-4o",
    )


def order(
    instrument: Instrument, side: Side, quantity: str, state: OrderStatus = OrderStatus.INTENDED, detail: str = ""
) -> Order:
    intent = OrderIntent(
        f"intent-{instrument.base}", "b1", instrument, side, D(quantity), OrderType.MARKET, Source.REBALANCE, "weights"
    )
    return Order(f"order-{instrument.base}-{side}", intent, state, NOW, NOW, detail=detail)


def fill(order: Order, price: str, quantity: str | None = None, realized: str = "0") -> Fill:
    size = D(quantity) if quantity else order.intent.quantity
    fee = Money(size * D(price) * D("0.004"), "USD")
    return Fill(
        f"t-{order.client_order_id}",
        order.client_order_id,
        order.symbol,
        order.side,
        D(price),
        size,
        fee,
        NOW,
        D(realized),
    )


SELL_ETH = order(ETH, Side.SELL, "0.2210")
BUY_BTC = order(BTC, Side.BUY, "0.0069")
SOLD_ETH = replace(SELL_ETH, status=OrderStatus.FILLED)
BOUGHT_BTC = replace(BUY_BTC, status=OrderStatus.FILLED)
FILLS = (fill(SOLD_ETH, "3357.80", realized="-3.20"), fill(BOUGHT_BTC, "106020.1"))

PLAN = TargetPlan(
    decided_by="gpt-4o",
    weights=(
        TargetWeight(
            "BTC/USD",
            D("0.486"),
            "The trend holds above its 50-day mean.",
            0.7,
            action="buy",
            lowest=D(100000),
            highest=D(112000),
            horizon=14,
            invalidation="It closes a day below 98,000.",
            evidence=(Evidence("BTC/USD.1d.rsi14", "61.2"), Evidence("BTC/USD.1d.sma50", "101250")),
        ),
        TargetWeight("ETH/USD", D("0.212"), "It lost its 4-hour trend.", 0.6, action="sell"),
    ),
    cash_weight=D("0.302"),
    reason="ETH lost its 4-hour trend.",
    thesis="BTC leads; ETH lags until it closes above 3,600.",
    confidence=0.62,
    regime="trending up, led by BTC",
    predictions=(Prediction("BTC/USD", Direction.UP, D(118000), D(98000), 30, 0.6),),
)
TURNOVER = Clamp(
    "turnover per day",
    "ETH/USD",
    D("0.25"),
    D("0.212"),
    "weight",
    D("0.3"),
    "ETH is traded less: a day's rebalances turn over 30.0% of equity at most.",
)


def cycle(outcome: CycleOutcome = CycleOutcome.WAITING, reason: str = "", plan: TargetPlan | None = PLAN) -> Cycle:
    return Cycle(
        id=CYCLE_ID,
        at=NOW,
        trigger="schedule",
        decided_by="gpt-4o",
        outcome=outcome,
        reason=reason or "ETH lost its 4-hour trend.",
        snapshot="{}",
        plan=plan,
        clamps=(TURNOVER,) if plan else (),
        held={CycleOutcome.HELD: "chosen", CycleOutcome.FAILED: "forced"}.get(outcome, ""),
        batch_id="b1" if plan else None,
        weights_now={"BTC/USD": D("0.416"), "ETH/USD": D("0.283")},
    )


def batch(source: Source = Source.REBALANCE, decided_by: str = "gpt-4o", reason: str = "weights") -> Batch:
    return Batch("b1", source, decided_by, reason, NOW, CYCLE_ID if source is Source.REBALANCE else None)


def approval(
    status: ApprovalStatus = ApprovalStatus.PENDING, kind: ApprovalKind = ApprovalKind.CARD, decided_by: str = ""
) -> Approval:
    return Approval(
        id=CARD_ID,
        kind=kind,
        batch_id="b1",
        notional=D("1473.50"),
        quoted_prices={"BTC/USD": D("106000.0"), "ETH/USD": D("3357.92")},
        status=status,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=12),
        actor="@owner" if kind is ApprovalKind.PREVIEW else "",
        decided_by=decided_by,
        decided_on="discord" if decided_by else "",
        decided_at=NOW + timedelta(seconds=70) if decided_by else None,
        fees=D("5.89"),
        weights_now={"BTC/USD": D("0.416"), "ETH/USD": D("0.283")},
        weights_after={"BTC/USD": D("0.486"), "ETH/USD": D("0.212")},
        estimates=ESTIMATES,
        needed=NeedsApproval(D("742.10"), D(50), Measure.ORDER) if kind is ApprovalKind.CARD else None,
    )


ESTIMATES = {
    SELL_ETH.client_order_id: Estimate(D("3357.92"), D("742.10"), D("2.97"), D("-0.071"), D("0.0004"), D("0.0002")),
    BUY_BTC.client_order_id: Estimate(D("106000.0"), D("731.40"), D("2.92"), D("0.070")),
}


def card(status: ApprovalStatus = ApprovalStatus.PENDING, decided_by: str = "") -> ApprovalView:
    orders = (SOLD_ETH, BOUGHT_BTC) if status is ApprovalStatus.APPROVED else (SELL_ETH, BUY_BTC)
    return ApprovalView(
        approval=approval(status, decided_by=decided_by),
        batch=batch(),
        orders=orders,
        fills=FILLS if status is ApprovalStatus.APPROVED else (),
        cycle=cycle(),
        estimated={SELL_ETH.client_order_id: D("742.10"), BUY_BTC.client_order_id: D("731.40")},
        expires_in=timedelta(minutes=12),
    )


def preview(status: ApprovalStatus = ApprovalStatus.PENDING, decided_by: str = "") -> ApprovalView:
    return ApprovalView(
        approval=replace(approval(status, ApprovalKind.PREVIEW, decided_by), weights_now={}, weights_after={}),
        batch=batch(Source.MANUAL, "@owner", "asked for"),
        orders=(BUY_BTC,),
        fills=(),
        cycle=None,
        estimated={BUY_BTC.client_order_id: D("731.40")},
        expires_in=timedelta(minutes=2),
    )


def batch_view(source: Source = Source.REBALANCE) -> BatchView:
    if source is Source.REBALANCE:
        return BatchView(
            batch(), (SOLD_ETH, BOUGHT_BTC), FILLS, approval(ApprovalStatus.APPROVED, decided_by="@owner"), cycle()
        )
    reason = "The price 3,357.80 reached the stop 3,360.00."
    return BatchView(batch(source, "monitor", reason), (SOLD_ETH,), FILLS[:1], None, None)


WINDOW = Window(NOW - timedelta(days=114), NOW, "since 7 Apr")


def trades(world: World = PAPER) -> Trades:
    views = (TradeView(FILLS[0], SOLD_ETH, batch()), TradeView(FILLS[1], BOUGHT_BTC, batch()))
    return Trades(WINDOW, None, views, 2)


def pnl() -> Pnl:
    return Pnl(
        window=Window(NOW - timedelta(hours=14), NOW, "today"),
        change=D("-31.20"),
        change_fraction=D("-0.003"),
        realized=D("-3.20"),
        unrealized_now=D("250.11"),
        fees=D("5.90"),
        trades=2,
        wins=0,
        losses=1,
        by_symbol={"ETH/USD": D("-3.20")},
    )


def performance(world: World = PAPER) -> Performance:
    lines = (
        Line("Portfolio", (1.0, 1.0482), D("0.0482"), D("-0.061"), 1.24, 0.3),
        Line("BTC", (1.0, 1.0292), D("0.0292"), D("-0.114"), 0.61, 0.5),
        Line("ETH", (1.0, 1.0822), D("0.0822"), D("-0.153"), 0.9, 0.6),
        Line("50/50", (1.0, 1.05), D("0.05"), D("-0.12"), 0.8, 0.5),
        Line("Cash", (1.0, 1.0), D(0), D(0), None, 0.0),
        Line("BTC at our exposure", (1.0, 1.02), D("0.02"), D("-0.07"), 0.6, 0.3),
    )
    return Performance(
        world=world,
        window=WINDOW,
        times=(WINDOW.start, WINDOW.end),
        lines=lines,
        drawdown=(0.0, 0.0),
        days=114,
        daily_returns=114,
        fees=D("23.10"),
        trades=18,
        exposure=D("0.68"),
    )


def report(world: World = PAPER) -> DailyReport:
    return DailyReport(
        world=world,
        local_date="2026-07-30",
        at=NOW,
        equity=D("10482.15"),
        day=pnl(),
        since_start=performance(world),
        trades=trades(),
        holdings=status().holdings,
        cash=D("3151.20"),
        state=TradingState.ACTIVE,
    )


def plan_view() -> PlanView:
    return PlanView(cycle(CycleOutcome.TRADED), batch_view(), NOW + timedelta(hours=16, minutes=58), "gpt-4o")


def thesis() -> ThesisView:
    now = Thesis(NOW, "gpt-4o", "BTC leads; ETH lags until it closes above 3,600.", CYCLE_ID)
    return ThesisView(now, (replace(now, at=NOW - timedelta(days=1), text="Range; wait."),))


DIFFERENCE_ID = "d1ff" * 8
UNCLEAR_ID = "0e0e" * 8


def difference() -> Discrepancy:
    detail = "Kraken holds 0.012 BTC more than the books (0.512 against 0.5)."
    return Discrepancy(DIFFERENCE_ID, DiscrepancyKind.BALANCE, "BTC", detail, NOW)


def unclear() -> Discrepancy:
    detail = "The buy of 0.0069 BTC is unclear. For a quarter of an hour nothing could be learned of it."
    return Discrepancy(UNCLEAR_ID, DiscrepancyKind.ORDER, "BTC/USD", detail, NOW, BUY_BTC.client_order_id)


def resolved(found: Discrepancy, resolution: Resolution, by: str = "@owner", on: str = "telegram") -> Discrepancy:
    at = NOW + timedelta(seconds=70)
    return replace(found, resolution=resolution, resolved_by=by, resolved_on=on, resolved_at=at)


def live_view(confirmed: bool = False, holding: str = "") -> LiveView:
    by, on, at = ("@owner", "telegram", NOW) if confirmed else ("", "", None)
    return LiveView(confirmed, "TRADE REAL MONEY", "Kraken", by, on, at, NOW - timedelta(minutes=1), holding)


def account_check() -> AccountCheck:
    lines = (AccountLine("USD", D("3151.2"), D("3151.2")), AccountLine("BTC", D("0.5"), D("0.512")))
    return AccountCheck(NOW, clean=False, lines=lines, open_orders_external=2)


def in_doubt() -> BatchView:
    """One order filled, the other in doubt."""
    lost = replace(BUY_BTC, status=OrderStatus.UNKNOWN)
    return replace(batch_view(), orders=(SOLD_ETH, lost), fills=FILLS[:1])
