"""Who asked, who agreed, who decided: a card's sentences about people and time."""

from __future__ import annotations

from datetime import datetime

from chatbot.present import numbers as n
from chatbot.present.layout import Lines, prose, wrapped
from trading.contract import ApprovalView, BatchView, World
from trading.domain.order import Source
from trading.domain.plan import Cycle
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus

PLATFORMS = {"telegram": "Telegram", "discord": "Discord", "web": "the web page", "terminal": "the terminal"}
_VERBS = {
    (ApprovalKind.CARD, ApprovalStatus.APPROVED): "Approved",
    (ApprovalKind.CARD, ApprovalStatus.REJECTED): "Rejected",
    (ApprovalKind.PREVIEW, ApprovalStatus.APPROVED): "Confirmed",
    (ApprovalKind.PREVIEW, ApprovalStatus.REJECTED): "Cancelled",
}
_STATES = {
    ApprovalStatus.PENDING: "which waits: /pending",
    ApprovalStatus.APPROVED: "which was approved",
    ApprovalStatus.REJECTED: "which was rejected",
    ApprovalStatus.EXPIRED: "which expired",
    ApprovalStatus.SUPERSEDED: "which was replaced too",
}


def decider(view: ApprovalView) -> str:
    """Who decided: a model with its confidence, the allocator, or the person who asked."""
    if view.batch.source is Source.REBALANCE or view.cycle is not None:
        return decided_by(view.cycle, view.batch.decided_by)
    asked = view.approval.actor or view.batch.decided_by
    return f"Asked for by {asked}" if asked else ""


def decided_by(cycle: Cycle | None, fallback: str) -> str:
    """ "Decided by gpt-4o (confidence 0.62)"."""
    name = cycle.decided_by if cycle is not None else fallback
    confidence = cycle.plan.confidence if cycle is not None and cycle.plan is not None else None
    return f"Decided by {name}" + (f" (confidence {confidence:.2f})" if confidence is not None else "")


def agreement_lines(view: ApprovalView, world: World) -> Lines:
    """Where two people must agree: who has, and that somebody else must."""
    approval = view.approval
    if approval.people < 2:
        return []
    if approval.consent is not None:
        first = who(approval.consent.by, approval.consent.on, approval.consent.at, world)
        return wrapped(f"1 of 2: {first}. Somebody else must approve too.")
    if approval.proposer:
        return wrapped(f"Needs two people: somebody other than {approval.actor} must press.")
    return wrapped("Needs two different people.")


def deadline_lines(view: ApprovalView, world: World) -> Lines:
    """Until when, what a press does first, and what becomes of it without one."""
    approval = view.approval
    until = n.local_time(approval.expires_at, world.timezone)
    lives = n.duration(approval.expires_at - approval.created_at)
    first = (
        ["Until " + until + ", real time", "re-quoted on press"]
        if world.simulated
        else [f"Until {until} · re-quoted on press"]
    )
    return [*(line for text in first for line in wrapped(text)), *wrapped(f"No press in {lives}: {_unpressed(view)}.")]


def verdict(view: ApprovalView, world: World, batch: BatchView | None) -> str:
    """What was decided, by whom, on which platform and when; what nobody decided says why it ended."""
    approval = view.approval
    verb = _VERBS.get((approval.kind, approval.status))
    if verb is None:
        return prose(_without_person(view, world, batch), approval.outcome)
    if approval.status is ApprovalStatus.REJECTED and approval.outcome:
        # A press to approve that the second look refused: nobody rejected it.
        yes = _VERBS[approval.kind, ApprovalStatus.APPROVED]
        return prose(f"{yes} by {_decided(approval, world)}, but refused; nothing was placed.", approval.outcome)
    return f"{verb} by {_decided(approval, world)}"


def who(by: str, on: str, at: datetime | None, world: World) -> str:
    """ "@owner on Discord, 07:03:10"."""
    when = f", {n.local_seconds(at, world.timezone)}" if at else ""
    where = PLATFORMS.get(on, on)
    return f"{by or 'unknown'}{' on ' + where if where else ''}{when}"


def _decided(approval: Approval, world: World) -> str:
    last = who(approval.decided_by, approval.decided_on, approval.decided_at, world)
    first = approval.consent
    if first is None or approval.status is not ApprovalStatus.APPROVED:
        return last
    return f"{who(first.by, first.on, None, world)} and {last}"


def _unpressed(view: ApprovalView) -> str:
    """What becomes of the orders: a rebalance is skipped, a wish forgotten."""
    if view.approval.kind is ApprovalKind.PREVIEW:
        return "it is forgotten"
    return "it is skipped" if view.batch.source is Source.REBALANCE else "it is dropped"


def _without_person(view: ApprovalView, world: World, batch: BatchView | None) -> str:
    if view.approval.status is ApprovalStatus.SUPERSEDED:
        return prose("The price moved; nothing of this card was traded.", _successor(view, batch))
    end = {"it is forgotten": "forgotten", "it is skipped": "this rebalance is skipped"}
    policy = end.get(_unpressed(view), "dropped")
    return f"Expired at {n.local_time(view.approval.expires_at, world.timezone)}: {policy}, nothing was traded."


def _successor(view: ApprovalView, batch: BatchView | None) -> str:
    newest = batch.approval if batch is not None else None
    if newest is None or newest.id == view.approval.id:
        return "A newer card replaced it: /pending"
    return f"A newer card replaced it ({newest.id[:4]}), {_STATES[newest.status]}."
