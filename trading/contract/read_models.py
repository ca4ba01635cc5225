"""Read models: frozen facts, computed in one place each, so that a figure cannot differ between two answers.

Amounts are Decimals in the portfolio's quote currency unless a field says otherwise; shares and changes are
fractions (0.05 is 5 %); times are aware UTC; None means unknown and is shown as "unknown", never as 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from trading.contract.outcomes import OpenPrediction, Score
from trading.domain.market import Instrument
from trading.domain.order import Batch, Fill, Order
from trading.domain.outcome import ScoredPrediction
from trading.domain.plan import Cycle, Thesis
from trading.domain.risk import Approval, TradingState


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
    caveat: str = ""
    """Why results here prove less than they seem to, in one sentence; empty where nothing speaks against them."""


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
    alerts: tuple[str, ...] = ()
    """What stops trade now, a sentence each: open differences, frozen pairs, LIVE unconfirmed, the venue's mode."""


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
    values: Sequence[float]
    """Read-only; one value per instant."""
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
    drawdown: Sequence[float]
    """The portfolio's, one value per instant, zero or negative; read-only."""
    days: int
    """Calendar days covered, rounded down; figures from fewer than 30 daily returns are called too few."""
    daily_returns: int
    fees: Decimal
    trades: int
    exposure: Decimal
    """Average invested share."""
    model_costs: Decimal = Decimal(0)
    """What language models cost in the window, in US dollars; not in the curve."""
    after_model_costs: Decimal | None = None
    """The portfolio's return had they been paid from it; None where they cost nothing or the quote is no dollar."""
    closes: tuple[int, ...] = ()
    """Places among `times` of the UTC daily closes, between which days' returns are."""

    def line(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)


@dataclass(frozen=True, slots=True)
class StateView:
    """The trading state before and after a switch."""

    old: TradingState
    new: TradingState
    reason: str
    also: str = ""
    """What else changed with it, in one sentence."""


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
    """The running view of the market, what it predicts, and how predictions fared so far.

    `open` are the predictions that nothing has decided yet, the next to end first; `settled` the newest that something
    has, newest first. `score` is over all of them.
    """

    current: Thesis | None
    earlier: tuple[Thesis, ...]
    open: tuple[OpenPrediction, ...] = ()
    settled: tuple[ScoredPrediction, ...] = ()
    score: Score = field(default_factory=Score)


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


@dataclass(frozen=True, slots=True)
class LiveView:
    """Whether orders go to the exchange with real money, and what is missing for it."""

    confirmed: bool
    phrase: str
    """What to type."""
    exchange: str
    by: str = ""
    on: str = ""
    """Who confirmed it, and on which platform."""
    at: datetime | None = None
    reconciled_at: datetime | None = None
    """When books and account were last found to agree."""
    holding: str = ""
    """What, besides a missing confirmation, keeps orders from being sent now, in sentences; empty when nothing does."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One currency: what the books have and what the account holds, in that currency."""

    currency: str
    books: Decimal
    venue: Decimal

    @property
    def difference(self) -> Decimal:
        """What the account holds more than the books; negative when it holds less."""
        return self.venue - self.books


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """A comparison of the books with the account at the exchange."""

    at: datetime
    clean: bool
    """Nothing differs that is not explained."""
    lines: tuple[AccountLine, ...]
    open_orders_external: int = 0
    """Orders on the account that the owner placed by hand; they are left alone."""
