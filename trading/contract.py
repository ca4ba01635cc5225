"""The only door between chat and core: what chat may read, propose and operate.

Read models are frozen facts, computed in one place each, so that the same figure in a reply, a
chart, a report and the dashboard cannot differ. Amounts are Decimals in the portfolio's quote
currency unless a field says otherwise; shares and changes are fractions (0.05 is 5 %); times are
aware UTC; None means unknown and is shown as "unknown", never as 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from trading.domain.event import JournalEntry
from trading.domain.market import Candle, Instrument
from trading.domain.order import Batch, Fill, Order, Side
from trading.domain.plan import Cycle, Thesis
from trading.domain.risk import Approval, Refused, TradingState


@dataclass(frozen=True, slots=True)
class World:
    """Where we are: shown on every message about money."""

    mode: str
    """ "PAPER" or "LIVE"."""
    market: str
    """ "Kraken", "simulated market", "recorded candles"."""
    simulated: bool
    """True when prices are not a real market's prices of now."""
    quote: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time with the words people use for it ("today", "last month", "since 30 Jul")."""

    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Holding:
    """One position as of now. `price` and what depends on it are None when no price is known."""

    instrument: Instrument
    quantity: Decimal
    average_cost: Decimal
    price: Decimal | None
    price_age: timedelta | None
    value: Decimal | None
    weight: Decimal | None
    gain: Decimal | None
    """(price - average cost) / average cost."""
    unrealized: Decimal | None
    realized: Decimal
    stop: Decimal | None
    target: Decimal | None

    @property
    def symbol(self) -> str:
        return self.instrument.symbol

    @property
    def base(self) -> str:
        return self.instrument.base


@dataclass(frozen=True, slots=True)
class BenchmarkGap:
    """Our return less the benchmark's over the same window, as a fraction (0.019 is 1.9 points ahead)."""

    name: str
    ours: Decimal
    theirs: Decimal

    @property
    def gap(self) -> Decimal:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Status:
    """The portfolio at a glance."""

    world: World
    at: datetime
    since: datetime
    equity: Decimal | None
    cash: Decimal
    cash_weight: Decimal | None
    change: Decimal | None
    """Time-weighted return since `since`."""
    today_amount: Decimal | None
    today_change: Decimal | None
    gaps: tuple[BenchmarkGap, ...]
    holdings: tuple[Holding, ...]
    state: TradingState
    state_reason: str
    price_age: timedelta | None
    """Age of the oldest price used; None when nothing is held or priced."""
    next_rebalance: datetime | None
    pending: int
    decider: str
    """Who decides rebalances: a model's name, or "allocator"."""


@dataclass(frozen=True, slots=True)
class TradeView:
    """A fill with what led to it."""

    fill: Fill
    order: Order
    batch: Batch


@dataclass(frozen=True, slots=True)
class Trades:
    window: Window | None
    symbol: str | None
    trades: tuple[TradeView, ...]
    """Newest first."""
    total: int
    """How many there are in the window, shown or not."""


@dataclass(frozen=True, slots=True)
class Pnl:
    """Profit over a window. `change` is equity at its end less that at its start less flows; the rest is from fills."""

    window: Window
    change: Decimal | None
    change_fraction: Decimal | None
    realized: Decimal
    unrealized_now: Decimal | None
    fees: Decimal
    trades: int
    wins: int
    losses: int
    """Sales with realized profit above, or not above, zero."""
    by_symbol: Mapping[str, Decimal]
    """Realized profit by symbol."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve over a window and its figures. `values` starts at 1.0 (growth of one unit)."""

    name: str
    values: tuple[float, ...]
    total_return: Decimal
    max_drawdown: Decimal
    """Zero or negative."""
    sharpe: float | None
    """Annualised, from UTC daily closes; None below two daily returns."""
    volatility: float | None


@dataclass(frozen=True, slots=True)
class Performance:
    """Ours beside the benchmarks, over the same instants. `lines[0]` is the portfolio."""

    world: World
    window: Window
    times: tuple[datetime, ...]
    lines: tuple[Line, ...]
    """ "Portfolio", "BTC", "ETH", "50/50", "Cash", "BTC at our exposure"; a benchmark without prices is left out."""
    drawdown: tuple[float, ...]
    """The portfolio's, one value per instant, zero or negative."""
    days: int
    """Calendar days covered, rounded down; figures from fewer than 30 daily returns are called too few."""
    daily_returns: int
    fees: Decimal
    trades: int
    exposure: Decimal
    """Average invested share."""

    def line(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A card: the approval, the orders it holds, and the decision behind them."""

    approval: Approval
    batch: Batch
    orders: tuple[Order, ...]
    fills: tuple[Fill, ...]
    cycle: Cycle | None
    estimated: Mapping[str, Decimal]
    """Quote value of each order at the quoted price, by client order id."""
    expires_in: timedelta
    """Time left on the people's clock; never negative."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """What came of a batch."""

    batch: Batch
    orders: tuple[Order, ...]
    fills: tuple[Fill, ...]
    approval: Approval | None
    cycle: Cycle | None


@dataclass(frozen=True, slots=True)
class PlanView:
    """The newest decision cycle, with its batch if it traded, and when the next one runs."""

    cycle: Cycle | None
    batch: BatchView | None
    next_rebalance: datetime | None
    decider: str


@dataclass(frozen=True, slots=True)
class ThesisView:
    current: Thesis | None
    earlier: tuple[Thesis, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a trade happened: the fill, the order's reason, and the cycle's words."""

    trade: TradeView
    cycle: Cycle | None


@dataclass(frozen=True, slots=True)
class DailyReport:
    """The day's report: status as told, performance since inception, the day's trades and profit."""

    world: World
    local_date: str
    at: datetime
    equity: Decimal
    day: Pnl
    since_start: Performance
    trades: Trades
    holdings: tuple[Holding, ...]
    cash: Decimal
    state: TradingState


class Reader(Protocol):
    """Everything chat may know. Read-only; none of these waits for the network."""

    @property
    def world(self) -> World: ...

    def now(self) -> datetime:
        """The market's now (simulated in the demo)."""
        ...

    def symbols(self) -> Sequence[Instrument]:
        """The instruments we trade."""
        ...

    def window(self, words: str) -> Window | None:
        """ "today", "yesterday", "this week", "last week", "this month", "last month", "this year", "last 7 days",
        "since march", "since 2025-03-01", "all": in the user's time zone; None when not understood."""
        ...

    async def status(self) -> Status: ...

    async def trades(
        self, window: Window | None = None, symbol: str | None = None, side: Side | None = None, limit: int = 10
    ) -> Trades: ...

    async def pnl(self, window: Window) -> Pnl: ...

    async def performance(self, window: Window | None = None) -> Performance | None:
        """None until there are two points. No window: since inception."""
        ...

    async def plan(self) -> PlanView: ...

    async def thesis(self) -> ThesisView: ...

    async def pending(self) -> tuple[ApprovalView, ...]: ...

    async def approval(self, approval_id: str) -> ApprovalView | None: ...

    async def batch(self, batch_id: str) -> BatchView | None: ...

    async def cycle(self, cycle_id: str) -> Cycle | None: ...

    async def explain(self, symbol: str | None = None, side: Side | None = None) -> Explanation | None:
        """The newest trade that matches."""
        ...

    async def candles(self, symbol: str, timeframe: str, limit: int) -> Sequence[Candle]: ...

    async def report(self, local_date: str) -> DailyReport | None:
        """The report of one local day (ISO date)."""
        ...

    async def events(self, after: int, limit: int = 100) -> Sequence[JournalEntry]: ...

    async def last_event(self) -> int: ...

    async def wait_for_events(self, after: int) -> None: ...


class AmountUnit(StrEnum):
    QUOTE = "quote"
    BASE = "base"
    FRACTION = "fraction"
    """Of free cash for a buy, of the position for a sale; 1 is all."""


@dataclass(frozen=True, slots=True)
class Amount:
    value: Decimal
    unit: AmountUnit


class Proposer(Protocol):
    """Wishes. Each ends in a preview that a person must press, or in a refusal; nothing is placed here."""

    async def preview_order(self, side: Side, symbol: str, amount: Amount, actor: str) -> ApprovalView | Refused:
        """`symbol` may be an instrument ("BTC/USD") or a base ("btc")."""
        ...

    async def preview_close(self, symbol: str, actor: str) -> ApprovalView | Refused: ...

    async def preview_flatten(self, actor: str) -> ApprovalView | Refused: ...

    async def preview_rebalance(self, actor: str) -> ApprovalView | Cycle | Refused:
        """Decides now. A Cycle comes back when the decision is to hold, with its reason."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A press took effect: `view` shows the card as it is now. `superseded_by` is the new card when the price moved."""

    view: ApprovalView
    batch: BatchView | None
    superseded_by: ApprovalView | None = None


@dataclass(frozen=True, slots=True)
class StateView:
    old: TradingState
    new: TradingState
    reason: str


class Operator(Protocol):
    """Presses and switches. Access is checked by the caller, at press time."""

    async def approve(self, approval_id: str, by: str, on: str) -> Decided | Refused:
        """Re-quote, check again, execute once. `by` is who, `on` the platform."""
        ...

    async def reject(self, approval_id: str, by: str, on: str) -> Decided | Refused: ...

    async def pause(self, by: str) -> StateView:
        """To REDUCING: exits only."""
        ...

    async def resume(self, by: str) -> StateView:
        """To ACTIVE."""
        ...

    async def halt(self, by: str) -> StateView:
        """To HALTED: nothing but protective exits."""
        ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A read-only query a model may pick: a name, what it answers, and a JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolChoice:
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


class LanguageModel(Protocol):
    """A language model for questions. It picks a query; it never writes figures."""

    @property
    def name(self) -> str: ...

    async def choose(self, question: str, tools: Sequence[ToolSpec]) -> ToolChoice | None:
        """The query that answers `question`, or None when none does, or when the model fails or times out."""
        ...


class Desk(Reader, Proposer, Operator, Protocol):
    """The whole door."""
