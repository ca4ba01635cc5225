"""The journal's entries: facts that happened, which people may want to be told.

An event names what it is about by id; the reader fetches the details. `kind` is the stored name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from trading.domain.discrepancy import Discrepancy
from trading.domain.money import Money
from trading.domain.order import Side
from trading.domain.outcome import ScoredPrediction
from trading.domain.risk import ApprovalStatus, RefusalCode, TradingState


@dataclass(frozen=True, slots=True)
class Started:
    """The core came up; `recovered` counts orders that had to be settled after the last run."""

    at: datetime
    mode: str
    world: str
    first_start: bool
    recovered: int = 0
    kind: Literal["started"] = "started"


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A card waits for a person."""

    at: datetime
    approval_id: str
    kind: Literal["approval_requested"] = "approval_requested"


@dataclass(frozen=True, slots=True)
class ApprovalChanged:
    """A card that still waits reads differently: an order was left out or taken back, or a first person agreed."""

    at: datetime
    approval_id: str
    kind: Literal["approval_changed"] = "approval_changed"


@dataclass(frozen=True, slots=True)
class ApprovalClosed:
    """A card was decided, expired or superseded; `replaced_by` names the new card then."""

    at: datetime
    approval_id: str
    status: ApprovalStatus
    replaced_by: str | None = None
    kind: Literal["approval_closed"] = "approval_closed"


@dataclass(frozen=True, slots=True)
class BatchCompleted:
    """Every order of a batch is final, or refused."""

    at: datetime
    batch_id: str
    kind: Literal["batch_completed"] = "batch_completed"


@dataclass(frozen=True, slots=True)
class BatchRefused:
    """A batch failed validation; nothing of it was placed."""

    at: datetime
    batch_id: str
    code: RefusalCode
    detail: str
    kind: Literal["batch_refused"] = "batch_refused"


@dataclass(frozen=True, slots=True)
class CycleDecided:
    """A rebalance decided something; the cycle's record tells what."""

    at: datetime
    cycle_id: str
    kind: Literal["cycle_decided"] = "cycle_decided"


@dataclass(frozen=True, slots=True)
class StateChanged:
    at: datetime
    old: TradingState
    new: TradingState
    reason: str
    by: str
    kind: Literal["state_changed"] = "state_changed"


@dataclass(frozen=True, slots=True)
class FeedStale:
    """Prices stopped coming; `age_seconds` is the oldest one's."""

    at: datetime
    symbols: tuple[str, ...]
    age_seconds: float
    reason: str
    kind: Literal["feed_stale"] = "feed_stale"


@dataclass(frozen=True, slots=True)
class FeedRecovered:
    at: datetime
    symbols: tuple[str, ...]
    kind: Literal["feed_recovered"] = "feed_recovered"


@dataclass(frozen=True, slots=True)
class JobFailed:
    """Scheduled work ended with a fault before it came to a result; the log has the rest."""

    at: datetime
    job: str
    reason: str
    kind: Literal["job_failed"] = "job_failed"


@dataclass(frozen=True, slots=True)
class ReportDue:
    """The daily report for `local_date` (ISO) is ready to be told, as of `at`."""

    at: datetime
    local_date: str
    kind: Literal["report_due"] = "report_due"


@dataclass(frozen=True, slots=True)
class WeeklyReportDue:
    """The report of the week that ends on `local_date` (ISO) is ready to be told, as of `at`."""

    at: datetime
    local_date: str
    kind: Literal["weekly_report_due"] = "weekly_report_due"


@dataclass(frozen=True, slots=True)
class ThesisSettled:
    """What became of predictions, those that were settled at once together."""

    at: datetime
    settled: tuple[ScoredPrediction, ...]
    kind: Literal["thesis_settled"] = "thesis_settled"


@dataclass(frozen=True, slots=True)
class OrderInDoubt:
    """An order's outcome is not known yet: it may or may not exist at the venue. It is being asked for."""

    at: datetime
    client_order_id: str
    detail: str
    kind: Literal["order_in_doubt"] = "order_in_doubt"


@dataclass(frozen=True, slots=True)
class OrderSettled:
    """What had been in doubt is known now; the order tells."""

    at: datetime
    client_order_id: str
    kind: Literal["order_settled"] = "order_settled"


@dataclass(frozen=True, slots=True)
class ExitFailed:
    """A protective exit did not get through after `attempts`; the position is still open. A person has to look."""

    at: datetime
    symbol: str
    attempts: int
    detail: str
    kind: Literal["exit_failed"] = "exit_failed"


@dataclass(frozen=True, slots=True)
class DiscrepancyFound:
    """Books and venue differ and nothing explains it; what is concerned is stopped until it is resolved."""

    at: datetime
    discrepancy: Discrepancy
    kind: Literal["discrepancy_found"] = "discrepancy_found"


@dataclass(frozen=True, slots=True)
class DiscrepancyClosed:
    """`discrepancy.resolution` says how, `discrepancy.resolved_by` who (empty: it went away by itself)."""

    at: datetime
    discrepancy: Discrepancy
    kind: Literal["discrepancy_closed"] = "discrepancy_closed"


@dataclass(frozen=True, slots=True)
class ExternalFill:
    """The owner traded at the venue by hand; it is in the books as `trade_id`. Quantities in base, price in quote."""

    at: datetime
    trade_id: str
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Money
    kind: Literal["external_fill"] = "external_fill"


@dataclass(frozen=True, slots=True)
class ExternalFlow:
    """Money came to the account (positive) or left it, not by trading here: `word` is deposit, withdrawal, reward,
    transfer or adjustment; `value` is its worth in the quote currency then."""

    at: datetime
    flow_id: str
    word: str
    money: Money
    value: Decimal
    kind: Literal["external_flow"] = "external_flow"


@dataclass(frozen=True, slots=True)
class VenueModeChanged:
    """The exchange says what it takes now: "online", "cancel_only", "post_only", "limit_only" or "maintenance"."""

    at: datetime
    old: str
    new: str
    symbol: str = ""
    """One pair's mode; empty for the whole exchange's."""
    kind: Literal["venue_mode_changed"] = "venue_mode_changed"


@dataclass(frozen=True, slots=True)
class LiveUnconfirmed:
    """LIVE is configured and its key is good, but nobody has confirmed it in chat: `phrase` is what to type."""

    at: datetime
    phrase: str
    exchange: str
    kind: Literal["live_unconfirmed"] = "live_unconfirmed"


@dataclass(frozen=True, slots=True)
class LiveConfirmed:
    """From now on orders go to the exchange with real money."""

    at: datetime
    by: str
    on: str
    kind: Literal["live_confirmed"] = "live_confirmed"


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A recorded or bounded run reached its end; the reader's performance is its summary."""

    at: datetime
    residual: Decimal
    kind: Literal["run_ended"] = "run_ended"


@dataclass(frozen=True, slots=True)
class ProtectionChanged:
    """A person set a stop or a target (`level`); None is off. The same `old` and `new`, by nobody: the position grew
    and the level that was set by hand stayed."""

    at: datetime
    symbol: str
    level: Literal["stop", "target"]
    old: Decimal | None
    new: Decimal | None
    by: str
    kind: Literal["protection_changed"] = "protection_changed"


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A person changed how the program runs; `old` and `new` are words for people."""

    at: datetime
    name: str
    old: str
    new: str
    by: str
    kind: Literal["setting_changed"] = "setting_changed"


@dataclass(frozen=True, slots=True)
class AlertFired:
    """The last trade of `symbol`, at `price`, met a `condition` that `by` asked to be told of."""

    at: datetime
    symbol: str
    condition: str
    price: Decimal
    by: str
    alert_id: str = ""
    kind: Literal["alert_fired"] = "alert_fired"


@dataclass(frozen=True, slots=True)
class RunSkipped:
    """A scheduled `job`, due at `due`, was left out because `by` asked for it."""

    at: datetime
    job: str
    due: datetime
    by: str
    kind: Literal["run_skipped"] = "run_skipped"


@dataclass(frozen=True, slots=True)
class CycleProgress:
    """How far a rebalance of several orders is: `step` is "order" while they go out, then "done"; `detail` is a
    sentence, or empty."""

    at: datetime
    cycle_id: str
    step: str
    detail: str
    kind: Literal["cycle_progress"] = "cycle_progress"


@dataclass(frozen=True, slots=True)
class SafeModeEntered:
    """After `failures` in a row the model `decider` is not asked any more; `reason` is why the last one failed."""

    at: datetime
    decider: str
    failures: int
    reason: str
    kind: Literal["safe_mode_entered"] = "safe_mode_entered"


@dataclass(frozen=True, slots=True)
class SafeModeLeft:
    """`by` ended safe mode: the model `decider` is asked again."""

    at: datetime
    decider: str
    by: str
    kind: Literal["safe_mode_left"] = "safe_mode_left"


Event = (
    Started
    | ApprovalRequested
    | ApprovalChanged
    | ApprovalClosed
    | BatchCompleted
    | BatchRefused
    | CycleDecided
    | StateChanged
    | FeedStale
    | FeedRecovered
    | JobFailed
    | OrderInDoubt
    | OrderSettled
    | ExitFailed
    | DiscrepancyFound
    | DiscrepancyClosed
    | ExternalFill
    | ExternalFlow
    | VenueModeChanged
    | LiveUnconfirmed
    | LiveConfirmed
    | ReportDue
    | WeeklyReportDue
    | ThesisSettled
    | RunEnded
    | ProtectionChanged
    | SettingChanged
    | AlertFired
    | RunSkipped
    | CycleProgress
    | SafeModeEntered
    | SafeModeLeft
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An event with its place in the journal; `seq` grows by one and never repeats."""

    seq: int
    event: Event
