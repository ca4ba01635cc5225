"""Rebalance decisions: the newest plan, a decision to hold, the running thesis."""

from __future__ import annotations

from datetime import datetime

from chatbot.message import Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.cards.decision_words import bounds, evidence_words, meant_for, remarks
from chatbot.present.cards.weights import weights
from chatbot.present.layout import Lines, block, capitalized, one_line, pair, prose, wrapped
from trading.contract import BatchView, PlanView, World
from trading.domain.market import base_of
from trading.domain.plan import Cycle, CycleOutcome, TargetWeight
from trading.domain.risk import Approval, ApprovalStatus

_AFTER_WAITING = {
    ApprovalStatus.PENDING: "It waits for approval: /pending",
    ApprovalStatus.APPROVED: "It was approved and traded.",
    ApprovalStatus.REJECTED: "It was rejected; nothing was traded.",
    ApprovalStatus.EXPIRED: "Its card expired; nothing was traded.",
    ApprovalStatus.SUPERSEDED: "Its card was replaced by a newer one: /pending",
}
_FORCED = "held because"
_MOST_COINS = 8
_MOST_EVIDENCE = 2
_MOST_REMARKS = 4


def cycle(cycle: Cycle, world: World) -> Reply:
    """A rebalance that placed nothing: held by choice, held for want of good input, or refused."""
    forced = cycle.outcome is not CycleOutcome.HELD or _forced(cycle)
    return Reply(
        text=prose(
            f"{marks.ATTENTION if forced else marks.ANSWER} Rebalance · {marks.mode(world)} · plan {cycle.id[:4]}",
            verdict(cycle),
            decided_by(cycle, ""),
            why(cycle),
            *remarks(cycle)[:3],
        ),
        tone=Tone.WARNING if forced else Tone.PLAIN,
    )


def verdict(cycle: Cycle) -> str:
    """What came of a cycle, in one sentence; a chosen hold is told apart from a forced one."""
    if cycle.outcome is CycleOutcome.FAILED or (cycle.outcome is CycleOutcome.HELD and _forced(cycle)):
        return "Held, not by choice: nothing was traded because the decision could not be made."
    if _guarded_away(cycle):
        return "Held: the guards leave nothing of the plan to trade."
    return {
        CycleOutcome.TRADED: "It traded.",
        CycleOutcome.WAITING: "It waits for approval.",
        CycleOutcome.HELD: "Held by choice: no trade is worth making now.",
        CycleOutcome.REFUSED: "Refused: nothing was placed.",
    }[cycle.outcome]


def why(cycle: Cycle) -> str:
    """The decider's reason; where the guards left nothing, their sentences are told among the remarks."""
    plan = cycle.plan if _guarded_away(cycle) else None
    return capitalized(one_line(plan.reason if plan is not None and plan.reason else cycle.reason))


def _guarded_away(cycle: Cycle) -> bool:
    return cycle.outcome is CycleOutcome.HELD and bool(cycle.clamps) and not cycle.held


def plan(view: PlanView, world: World, now: datetime) -> Reply:
    """The newest decision with its reasons, and when the next one runs."""
    if view.cycle is None:
        text = f"{marks.ANSWER} {marks.mode(world)} · No rebalance has been decided yet."
        return Reply(text=prose(text, f"Decided by {view.decider} when due.", _next(view, world, now)))
    cycle = view.cycle
    return Reply(
        text=prose(
            f"{marks.ANSWER} Plan {cycle.id[:4]} · {marks.mode(world)} · {n.local_moment(cycle.at, world.timezone)}",
            outcome(cycle, view.batch.approval if view.batch is not None else None),
            why(cycle) if cycle.outcome is CycleOutcome.REFUSED else "",
            decided_by(cycle, view.decider),
            _next(view, world, now),
        ),
        card=block(
            weights(cycle), *_reasons(cycle), remark_lines(cycle, f"/cycle {cycle.id[:8]}"), _result(view, world)
        ),
    )


def outcome(cycle: Cycle, approval: Approval | None) -> str:
    """What has come of it by now: a plan that waited for approval may have been decided since."""
    if cycle.outcome is not CycleOutcome.WAITING or approval is None:
        return verdict(cycle)
    if approval.status is ApprovalStatus.REJECTED and approval.outcome:
        return prose("It was approved, but refused; nothing was traded.", one_line(approval.outcome))
    return _AFTER_WAITING[approval.status]


def _waits(batch: BatchView) -> bool:
    return batch.approval is not None and batch.approval.status is not ApprovalStatus.APPROVED


def _forced(cycle: Cycle) -> bool:
    return cycle.held == "forced" or cycle.reason.lower().startswith(_FORCED)


def _next(view: PlanView, world: World, now: datetime) -> str:
    if view.next_rebalance is None:
        return ""
    return f"Next {n.local_time(view.next_rebalance, world.timezone)}, {n.relative(view.next_rebalance - now)}"


def _reasons(cycle: Cycle) -> list[Lines]:
    """The market and the whole decision, then each coin's reason; of many coins those that change come first."""
    plan = cycle.plan
    regime = wrapped(f"Market: {plan.regime}", most=2) if plan and plan.regime else []
    # "Not by choice" stands above already.
    why = wrapped(f"Why: {plan.reason if plan else cycle.reason.removeprefix(f'{_FORCED} ')}", most=5)
    told = sorted((w for w in (plan.weights if plan else ()) if w.reason), key=lambda w: w.action == "hold")
    rest = len(told) - _MOST_COINS
    more = [wrapped(f"{n.counted(rest, 'more coin')}: /cycle {cycle.id[:8]}")] if rest > 0 else []
    return [[*regime, *why], *map(_reason, told[:_MOST_COINS]), *more]


def _reason(target: TargetWeight) -> Lines:
    within, wrong, shown = bounds(target), target.invalidation, evidence_words(target, _MOST_EVIDENCE)
    return [
        *wrapped(f"{base_of(target.symbol)}: {target.reason}", most=3),
        *(wrapped(line, indent="  ", most=1) if (line := meant_for(target)) else []),
        *(wrapped(f"only {within}", indent="  ", most=2) if within else []),
        *(wrapped(f"wrong if: {wrong}", indent="  ", most=2) if wrong else []),
        *(wrapped(f"seen: {shown}", indent="  ", most=2) if shown else []),
    ]


def remark_lines(cycle: Cycle, whole: str = "") -> Lines:
    """What guards changed and what else there is to say, two lines each; `whole` is the command that shows all."""
    told = remarks(cycle)
    rest = len(told) - _MOST_REMARKS
    more = wrapped(f"and {rest} more{whole and f': {whole}'}") if rest > 0 else []
    return [line for words in told[:_MOST_REMARKS] for line in wrapped(words, most=2)] + more


def _result(view: PlanView, world: World) -> Lines:
    if view.batch is None or _waits(view.batch):
        return []
    done = ex.executions(view.batch.orders, view.batch.fills)
    return ex.result_lines(done, world.quote) + pair("Fees", ex.fees(done, world.quote))
