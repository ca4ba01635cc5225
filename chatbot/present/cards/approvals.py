"""The card a person decides: as it waits, and decided with what came of it."""

from __future__ import annotations

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.cards.approval_figures import (
    asking_lines,
    cost_lines,
    name_of,
    note_lines,
    order_lines,
    weight_lines,
)
from chatbot.present.cards.approval_words import agreement_lines, deadline_lines, decider, verdict
from chatbot.present.cards.decision_words import remarks
from chatbot.present.layout import Lines, block, prose, wrapped
from trading.contract import ApprovalView, BatchView, World
from trading.domain.order import Order, Source
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus

MOST_TOGGLES = 20
"""Platforms carry at most 25 buttons under a message."""
_MOST_REMARKS = 2


def card(view: ApprovalView, world: World, batch: BatchView | None = None) -> Reply:
    """The card as it is now: waiting with buttons, or decided with what came of it."""
    return waiting(view, world) if view.approval.status is ApprovalStatus.PENDING else closed(view, world, batch)


def waiting(view: ApprovalView, world: World) -> Reply:
    """The card with its orders, costs, weights before and after, reason, why it asks, expiry and buttons."""
    return Reply(
        text=prose(f"{marks.WAITING} {ex.heading(view.batch, view.orders, world)}", decider(view)),
        card=block(
            order_lines(view, world.quote),
            cost_lines(view, world.quote),
            note_lines(view),
            weight_lines(view),
            _reasons(view),
            [*asking_lines(view, world.quote), *agreement_lines(view, world)],
            deadline_lines(view, world),
        ),
        buttons=_buttons(view),
        tone=Tone.WAITING,
    )


def closed(view: ApprovalView, world: World, batch: BatchView | None = None) -> Reply:
    """The decided card: who, where, when, and the fills known by now."""
    approved = view.approval.status is ApprovalStatus.APPROVED
    orders, fills = (batch.orders, batch.fills) if batch is not None else (view.orders, view.fills)
    done = ex.executions(ex.sent(orders, view.approval), fills)
    left_out = ex.left_out_lines(orders, view.approval)
    results = ex.result_lines(done, world.quote) + left_out + ex.summary_lines(done, world) if approved else []
    return Reply(
        text=prose(
            f"{marks.APPROVED if approved else marks.REFUSED} {ex.heading(view.batch, orders, world)}",
            verdict(view, world, batch),
            decider(view) if view.batch.source is Source.REBALANCE else "",
        ),
        card=block(results),
        tone=_tone(approved, ex.unsettled(done)),
    )


def one_line(view: ApprovalView, world: World) -> str:
    """The card in one line of a list: "Rebalance · about $742.10 · 12 min left"."""
    worth = n.money(view.approval.notional, world.quote)
    return f"{short_title(view)} · about {worth} · {n.duration(view.expires_in)} left"


def short_title(view: ApprovalView) -> str:
    """ "Rebalance 7f3a", for a button."""
    return f"{ex.title(view.batch, view.orders)} {view.approval.id[:4]}"


def approve_button_id(approval: Approval) -> str:
    """What an approving press carries: the card, and the revision that was shown where it was ever changed."""
    return f"ok:{approval.id}" + (f":{approval.revision}" if approval.revision else "")


def _tone(approved: bool, unsettled: bool) -> Tone:
    if not approved:
        return Tone.BAD
    return Tone.WARNING if unsettled else Tone.GOOD


def _reasons(view: ApprovalView) -> Lines:
    if view.cycle is None:
        return [] if view.batch.source is Source.MANUAL else wrapped(f"Why: {view.batch.reason}", most=4)
    plan = view.cycle.plan
    why = (plan.reason if plan else "") or view.cycle.reason
    told = remarks(view.cycle)
    shown = [line for words in told[:_MOST_REMARKS] for line in wrapped(words, most=2)]
    rest = len(told) - _MOST_REMARKS
    more = wrapped(f"and {rest} more under Details") if rest > 0 else []
    return [*(wrapped(f"Why: {why}", most=4) if why else []), *shown, *more]


def _buttons(view: ApprovalView) -> tuple[Button, ...]:
    approval = view.approval
    yes, no = ("Approve", "Reject") if approval.kind is ApprovalKind.CARD else ("Confirm", "Cancel")
    decide = (
        Button(yes, approve_button_id(approval), Style.PRIMARY),
        Button(no, f"no:{approval.id}", Style.DANGER),
        Button("Details", f"info:{approval.id}"),
    )
    return (*decide, *_toggles(view))


def _toggles(view: ApprovalView) -> tuple[Button, ...]:
    """One per order where there is a choice; pressed once for what was shown, not for what came since."""
    approval, orders = view.approval, view.orders
    if len(orders) < 2 or not approval.estimates:
        return ()
    return tuple(
        Button(f"{_box(approval, order)} {_name(order)}", f"tog:{approval.id}:{place}:{approval.revision}")
        for place, order in enumerate(orders[:MOST_TOGGLES])
    )


def _name(order: Order) -> str:
    return " ".join(name_of(order).split())


def _box(approval: Approval, order: Order) -> str:
    return marks.INCLUDED if approval.includes(order.client_order_id) else marks.LEFT_OUT
