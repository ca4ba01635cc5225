"""The kinds of notices, most urgent first, and the kind of every journal event."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from trading.contract import Reader
from trading.domain.event import BatchCompleted, BatchRefused, CycleDecided, Event
from trading.domain.order import Source
from trading.domain.plan import CycleOutcome


class NoticeKind(StrEnum):
    """What a notice is about. They are told in this order where several wait."""

    STOP = "stop"
    ALERT = "alert"
    APPROVAL = "approval"
    FILL = "fill"
    STATE = "state"
    REPORT = "report"
    CHATTER = "chatter"

    @property
    def priority(self) -> int:
        """0 is the most urgent."""
        return _PRIORITIES[self]


_PRIORITIES = {kind: place for place, kind in enumerate(NoticeKind)}

MEANINGS: Mapping[NoticeKind, str] = {
    NoticeKind.STOP: "stops that fired, exits that failed",
    NoticeKind.ALERT: "price alerts",
    NoticeKind.APPROVAL: "cards that wait, differences, LIVE",
    NoticeKind.FILL: "trades, orders, deposits",
    NoticeKind.STATE: "pauses, feeds, the exchange, settings",
    NoticeKind.REPORT: "daily and weekly reports",
    NoticeKind.CHATTER: "decisions to hold, predictions, progress",
}

URGENT = frozenset({NoticeKind.STOP, NoticeKind.ALERT, NoticeKind.APPROVAL})
"""Comes through in quiet hours."""

VITAL = frozenset({NoticeKind.STOP, NoticeKind.APPROVAL})
"""Somebody must hear of these: they cannot be off everywhere."""

KINDS: Mapping[str, NoticeKind] = {
    "exit_failed": NoticeKind.STOP,
    "alert_fired": NoticeKind.ALERT,
    "approval_requested": NoticeKind.APPROVAL,
    "approval_changed": NoticeKind.APPROVAL,
    "approval_closed": NoticeKind.APPROVAL,
    "discrepancy_found": NoticeKind.APPROVAL,
    "discrepancy_closed": NoticeKind.APPROVAL,
    "live_unconfirmed": NoticeKind.APPROVAL,
    "live_confirmed": NoticeKind.APPROVAL,
    "batch_completed": NoticeKind.FILL,
    "batch_refused": NoticeKind.FILL,
    "order_in_doubt": NoticeKind.FILL,
    "order_settled": NoticeKind.FILL,
    "external_fill": NoticeKind.FILL,
    "external_flow": NoticeKind.FILL,
    "started": NoticeKind.STATE,
    "state_changed": NoticeKind.STATE,
    "feed_stale": NoticeKind.STATE,
    "feed_recovered": NoticeKind.STATE,
    "venue_mode_changed": NoticeKind.STATE,
    "job_failed": NoticeKind.STATE,
    "protection_changed": NoticeKind.STATE,
    "setting_changed": NoticeKind.STATE,
    "run_skipped": NoticeKind.STATE,
    "safe_mode_entered": NoticeKind.STATE,
    "safe_mode_left": NoticeKind.STATE,
    "report_due": NoticeKind.REPORT,
    "weekly_report_due": NoticeKind.REPORT,
    "thesis_settled": NoticeKind.CHATTER,
    "run_ended": NoticeKind.REPORT,
    "cycle_decided": NoticeKind.CHATTER,
    "cycle_progress": NoticeKind.CHATTER,
}
"""By the event's stored name."""

_NEEDS_A_LOOK = {CycleOutcome.FAILED, CycleOutcome.REFUSED}


async def kind_of(event: Event, desk: Reader) -> NoticeKind:
    """The kind of `event`: what a stop sold is about the stop, and a decision that failed is no chatter."""
    match event:
        case BatchCompleted() | BatchRefused():
            view = await desk.batch(event.batch_id)
            if view is not None and view.batch.source is Source.STOP:
                return NoticeKind.STOP
        case CycleDecided():
            cycle = await desk.cycle(event.cycle_id)
            if cycle is not None and cycle.outcome in _NEEDS_A_LOOK:
                return NoticeKind.STATE
    return KINDS.get(event.kind, NoticeKind.CHATTER)
