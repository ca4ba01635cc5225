"""A journal event -> the message people get, or None where nobody needs to be told.

The event names what happened; the figures are read at the moment of telling.
"""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present import operating, safety
from chatbot.present.cards import approvals, batches, decisions, notices, periods, predictions, reports
from chatbot.present.charts import Charts
from trading.contract import BatchView, Reader
from trading.domain.event import (
    ApprovalChanged,
    ApprovalClosed,
    ApprovalRequested,
    BatchCompleted,
    BatchRefused,
    CycleDecided,
    Event,
    FeedRecovered,
    FeedStale,
    JobFailed,
    ReportDue,
    RunEnded,
    Started,
    StateChanged,
    ThesisSettled,
    WeeklyReportDue,
)
from trading.domain.order import Batch, Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import ApprovalKind, ApprovalStatus, Refused

_TOLD_OTHERWISE = {CycleOutcome.TRADED, CycleOutcome.WAITING}
"""A traded cycle is told by its batch, a waiting one by its card."""


async def message(event: Event, desk: Reader, charts: Charts) -> Reply | None:
    """The message for `event`. Cards that were asked for as previews are shown where they were asked, not here."""
    match event:
        case ApprovalRequested():
            return await _requested(event, desk)
        case ApprovalClosed() | ApprovalChanged():
            return await card(event.approval_id, desk)
        case BatchCompleted():
            return await _completed(event, desk)
        case BatchRefused():
            return await _refused(event, desk)
        case CycleDecided():
            return await _decided(event, desk)
        case ThesisSettled():
            return predictions.settled(event.settled, desk.world)
        case WeeklyReportDue():
            return await _weekly(event, desk, charts)
        case ReportDue() | RunEnded():
            return await _measured(event, desk, charts)
        case _:
            return _notice(event, desk) or operating.message(event, desk) or await safety.message(event, desk)


async def card(approval_id: str, desk: Reader) -> Reply | None:
    """The card of an approval as it is now, with what came of it."""
    view = await desk.approval(approval_id)
    if view is None:
        return None
    return approvals.card(view, desk.world, await desk.batch(view.approval.batch_id))


async def _requested(event: ApprovalRequested, desk: Reader) -> Reply | None:
    view = await desk.approval(event.approval_id)
    if view is None or view.approval.kind is not ApprovalKind.CARD:
        return None
    return approvals.waiting(view, desk.world) if view.approval.status is ApprovalStatus.PENDING else None


async def _completed(event: BatchCompleted, desk: Reader) -> Reply | None:
    view = await desk.batch(event.batch_id)
    return batches.completed(view, desk.world) if view is not None and view.orders else None


async def _refused(event: BatchRefused, desk: Reader) -> Reply:
    view = await desk.batch(event.batch_id) or _unrecorded(event, desk)
    return batches.refused(view, Refused(event.code, event.detail), desk.world)


def _unrecorded(event: BatchRefused, desk: Reader) -> BatchView:
    """A refusal may leave no batch behind; the refusal is told all the same."""
    batch = Batch(event.batch_id, Source.STRATEGY, decided_by="", reason="", created_at=event.at)
    return BatchView(batch=batch, orders=(), fills=(), approval=None, cycle=None)


async def _decided(event: CycleDecided, desk: Reader) -> Reply | None:
    cycle = await desk.cycle(event.cycle_id)
    if cycle is None or cycle.outcome in _TOLD_OTHERWISE:
        return None
    refused_with_batch = cycle.outcome is CycleOutcome.REFUSED and cycle.batch_id is not None
    return None if refused_with_batch else decisions.cycle(cycle, desk.world)


async def _measured(event: ReportDue | RunEnded, desk: Reader, charts: Charts) -> Reply | None:
    if isinstance(event, RunEnded):
        result = await desk.performance()
        png = None if result is None else await charts.equity(result)
        return reports.run_ended(event, result, desk.world, png)
    report = await desk.report(event.local_date)
    return None if report is None else reports.daily(report, await charts.equity(report.since_start))


async def _weekly(event: WeeklyReportDue, desk: Reader, charts: Charts) -> Reply | None:
    found = await desk.books.report_of_week(event.local_date)
    if found is None:
        return None
    drawn = found.period or found.since_start
    return periods.report(found, await charts.equity(drawn) if drawn else None)


def _notice(event: Event, desk: Reader) -> Reply | None:
    world = desk.world
    match event:
        case Started():
            return notices.started(event, world)
        case StateChanged():
            return notices.state_changed(event, world)
        case FeedStale():
            return notices.feed_stale(event, world)
        case FeedRecovered():
            return notices.feed_recovered(event, world)
        case JobFailed():
            return notices.job_failed(event, world)
        case _:
            return None
