"""How the program itself is doing, what it is made of, its reports of any length, and the books as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from trading.contract.books.outcomes import PeriodOutcomes
from trading.contract.read_models import Holding, Performance, Pnl, Window, World
from trading.domain.risk import TradingState


@dataclass(frozen=True, slots=True)
class LoopDelay:
    """How late the event loop was over the last minutes, in seconds, from `beats` measurements."""

    p99: float
    maximum: float
    beats: int


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The database: its size in bytes (None for a server's), and when it was last backed up and checked."""

    size: int | None
    backed_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """Facts about the running program. `at` is the market's now, `now` people's; ages are None without a price.

    `late_symbols` have prices older than may trade. `decided_at` is the newest decision, and `failed` says why it could
    not be made; empty where it could. `memory` is resident bytes. `alerts` are what stops trade now, a sentence each.
    """

    world: World
    at: datetime
    now: datetime
    started_at: datetime
    state: TradingState
    delay: LoopDelay
    price_ages: Mapping[str, timedelta | None]
    late_symbols: tuple[str, ...]
    orders_open: int
    orders_in_doubt: int
    compared_at: datetime | None
    agreed: bool | None
    store: StoreFile
    decider: str
    decided_at: datetime | None
    failed: str
    memory: int | None
    alerts: tuple[str, ...]

    @property
    def uptime(self) -> timedelta:
        return self.now - self.started_at


@dataclass(frozen=True, slots=True)
class Version:
    """`libraries` maps a package to its version; `schema` is the database's revision."""

    world: World
    program: str
    python: str
    schema: str
    started_at: datetime
    libraries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A report over a day, a week or a month up to now; `parts` are its days (of a month its weeks), oldest first."""

    name: str
    """ "daily", "weekly" or "monthly"."""
    world: World
    at: datetime
    equity: Decimal | None
    whole: Pnl
    parts: tuple[Pnl, ...]
    period: Performance | None
    since_start: Performance | None
    holdings: tuple[Holding, ...]
    cash: Decimal
    cash_weight: Decimal | None
    state: TradingState
    outcomes: PeriodOutcomes | None = None
    """Trades closed and predictions settled in the span, and what a model cost."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A CSV file (UTF-8): a fixed name, its content, and how many rows it has below the heading."""

    name: str
    data: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class Export:
    """The books as files. `too_large` is True where they would exceed the limit; then there are none."""

    world: World
    window: Window
    files: tuple[ExportFile, ...]
    years: tuple[int, ...]
    """The local years that have something in them."""
    too_large: bool = False
