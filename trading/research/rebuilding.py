"""A decision made again from its record: snapshot and recorded answers in, plan, clamps and orders out. Nothing else.

What is called here is what the running bot calls: `Snapshot.read`, the parser, the allocator, the vote, `decide`.
"""

from __future__ import annotations

from dataclasses import dataclass

from trading.brain.agreement import agree
from trading.brain.parser import parse_plan
from trading.brain.request import PlanRequest
from trading.decision.decide import Decision, decide
from trading.decision.planners import plan_request
from trading.decision.snapshots import Snapshot
from trading.decision.snapshots.canonical import digest
from trading.domain.plan import Clamp, Cycle, Hold, PlanOutcome, Quorum
from trading.errors import Fatal
from trading.strategy.allocator import DECIDED_BY, allocate

FORCED = "forced"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a decision comes to when it is made again, and in words what it was made from.

    `clamps` are those of the vote, where there was one, then those of guards and limits.
    """

    made_from: str
    outcome: PlanOutcome
    decision: Decision
    clamps: tuple[Clamp, ...]


@dataclass(frozen=True, slots=True)
class _Answered:
    made_from: str
    outcome: PlanOutcome
    clamps: tuple[Clamp, ...] = ()


def verified(cycle: Cycle) -> Snapshot:
    """The snapshot of `cycle`. Raises Fatal where there is none, or where it is not the one that was decided from."""
    if not cycle.snapshot_hash:
        raise Fatal(f"Decision {cycle.id[:8]} has no snapshot to be made again from: {cycle.reason}")
    found = digest(cycle.snapshot)
    if found != cycle.snapshot_hash:
        raise Fatal(
            f"The stored snapshot was changed: its SHA-256 is {found[:16]}…, not {cycle.snapshot_hash[:16]}… as "
            "recorded. What was decided from it cannot be made again; look for it in a backup."
        )
    try:
        snapshot = Snapshot.read(cycle.snapshot)
    except ValueError as error:
        raise Fatal(f"Decision {cycle.id[:8]}: {error}.") from None
    if snapshot.cycle_id != cycle.id:
        raise Fatal(f"The stored snapshot belongs to another decision ({snapshot.cycle_id[:8]}); look in a backup.")
    return snapshot


def rebuilt(cycle: Cycle, snapshot: Snapshot) -> Rebuilt:
    """The decision of `cycle` made again at `snapshot`: its own, or the same under other guards and limits."""
    answered = _answered(cycle, snapshot)
    decision = decide(snapshot, answered.outcome)
    return Rebuilt(answered.made_from, answered.outcome, decision, (*answered.clamps, *decision.clamps))


def _answered(cycle: Cycle, snapshot: Snapshot) -> _Answered:
    """What the decider answered, read again from what it said."""
    if cycle.held == FORCED:
        return _Answered("a forced hold", Hold(cycle.decided_by, cycle.reason, chosen=False))
    if cycle.raw:
        return _from_answers(cycle, snapshot)
    if cycle.decided_by == DECIDED_BY:
        return _Answered("the daily closes", allocate(snapshot.daily_closes, snapshot.weights).outcome())
    if cycle.plan is None:
        raise Fatal(f"Decision {cycle.id[:8]} of {cycle.decided_by} has no answer on record to be made again from.")
    return _Answered("the recorded plan", cycle.plan)


def _from_answers(cycle: Cycle, snapshot: Snapshot) -> _Answered:
    # Whatever was held may have been sold since SYMBOLS changed: every pair of the snapshot could be named.
    request = plan_request(snapshot, tuple(snapshot.instruments))
    decided_by = cycle.decided_by if cycle.plan is None else cycle.plan.decided_by
    if cycle.quorum is not None:
        return _voted(cycle, cycle.quorum, request, decided_by)
    # An answer that could not be used was asked for again: the last one decided.
    read = parse_plan(cycle.raw[-1], request, decided_by)
    if isinstance(read, list):
        raise Fatal(f"The recorded answer is no valid plan any more: {'; '.join(read[:3])}.")
    return _Answered("the recorded answer", read)


def _voted(cycle: Cycle, quorum: Quorum, request: PlanRequest, decided_by: str) -> _Answered:
    """The vote counted again: every usable answer is one of those asked for, and who gave none votes for nothing."""
    read = (parse_plan(text, request, decided_by) for text in cycle.raw)
    usable: list[PlanOutcome] = [outcome for outcome in read if not isinstance(outcome, list)]
    nothing = Hold(decided_by, "held because there was no usable answer", chosen=False)
    outcomes = [*usable, *[nothing] * (quorum.asked - len(usable))]
    agreed = agree(decided_by, outcomes, request.weights, quorum.share)
    return _Answered(f"{len(usable)} recorded answers", agreed.outcome, agreed.clamps)
