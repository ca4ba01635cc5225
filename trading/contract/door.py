"""What chat may read, propose and operate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from trading.contract.books import Books
from trading.contract.controls import Controls
from trading.contract.read_models import (
    ApprovalView,
    BatchView,
    DailyReport,
    Explanation,
    Performance,
    PlanView,
    Pnl,
    StateView,
    Status,
    ThesisView,
    Trades,
    Window,
    World,
)
from trading.contract.safety import SafetyOperator, SafetyReader
from trading.domain.event import JournalEntry
from trading.domain.market import Candle, Instrument
from trading.domain.order import Side
from trading.domain.plan import Cycle
from trading.domain.risk import Refused


class Reader(SafetyReader, Protocol):
    """Everything chat may know. Read-only; none of these waits for the network."""

    @property
    def world(self) -> World: ...

    @property
    def books(self) -> Books:
        """Orders, balances, costs, risk, the program's state, and the books as files."""
        ...

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

    async def batch_of(self, client_order_id: str) -> BatchView | None:
        """The batch that holds this order."""
        ...

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


Observer = Callable[[str, str], Awaitable[None]]
"""Told how far a rebalance is: the step ("snapshot", "decision", "validation", "order") and a sentence, or ""."""


class Proposer(Protocol):
    """Wishes. Each ends in a preview that a person must press, or in a refusal; nothing is placed here."""

    async def preview_order(
        self, side: Side, symbol: str, amount: Amount, actor: str, *, person: str = ""
    ) -> ApprovalView | Refused:
        """`symbol` may be an instrument ("BTC/USD") or a base ("btc"). `person` is the same for one human on every
        platform, here and in what follows: where two must agree, who asked is the first."""
        ...

    async def preview_close(self, symbol: str, actor: str, *, person: str = "") -> ApprovalView | Refused: ...

    async def preview_flatten(self, actor: str, *, person: str = "") -> ApprovalView | Refused: ...

    async def preview_rebalance(
        self, actor: str, *, person: str = "", observer: Observer | None = None
    ) -> ApprovalView | Cycle | Refused:
        """Decides now. A Cycle comes back when the decision is to hold, with its reason.

        Refused with BUSY, at once, while another is being decided.
        """
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A press took effect: `view` shows the card as it is now. `superseded_by` is the new card when the price moved.

    A view that still waits, with no card in its place, has this press as the first of two.
    """

    view: ApprovalView
    batch: BatchView | None
    superseded_by: ApprovalView | None = None


class Operator(SafetyOperator, Protocol):
    """Presses and switches. Access is checked by the caller, at press time."""

    @property
    def controls(self) -> Controls:
        """What people set while the program runs."""
        ...

    async def approve(
        self, approval_id: str, by: str, on: str, *, person: str | None = None, revision: int | None = None
    ) -> Decided | Refused:
        """Re-quote, check again, execute once. `by` is who, `on` the platform, `person` which human that is.

        `revision` is that of the card that was shown: one that has changed since is refused. None takes it as it is.
        """
        ...

    async def reject(self, approval_id: str, by: str, on: str) -> Decided | Refused: ...

    async def toggle(
        self, approval_id: str, client_order_id: str, by: str, on: str, *, revision: int | None = None
    ) -> ApprovalView | Refused:
        """Leave one order of a waiting card out, or take it back in."""
        ...

    async def pause(self, by: str) -> StateView:
        """To REDUCING: exits only. What is halted stays halted."""
        ...

    async def resume(self, by: str) -> StateView:
        """To ACTIVE."""
        ...

    async def halt(self, by: str) -> StateView:
        """To HALTED: nothing but protective exits."""
        ...


class Desk(Reader, Proposer, Operator, Protocol):
    """The whole door."""
