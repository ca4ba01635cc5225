"""What several answers to one question agree on. Only that is traded; what they differ on stays as it is.

An answer wants a symbol up, down or unchanged against its weight now. Where a stated share of everyone asked wants the
same way, the symbol goes to the median of what those answers want; else it is held, and the freed weight is cash.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from statistics import median

from trading.domain.money import ONE, ZERO
from trading.domain.plan import Clamp, Hold, PlanOutcome, TargetPlan, TargetWeight

GUARD = "agreement"
SAME = Decimal("0.005")
"""A change of less than half a point of equity is none: two answers never name the very same figure."""
_STEP = Decimal("0.0001")
_WORDS = {1: "up", -1: "down", 0: "unchanged"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """The plan that is left, what was not agreed on, and one sentence about the vote."""

    outcome: PlanOutcome
    clamps: tuple[Clamp, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Vote:
    """What the answers want of one symbol that weighs `now`; `needed` of the `asked` make it so."""

    symbol: str
    now: Decimal
    wanted: tuple[TargetWeight, ...]
    needed: int
    asked: int

    def way(self) -> int | None:
        """1 for up, -1 for down, 0 for unchanged; None where no way has enough votes."""
        return next((way for way in _WORDS if len(self.of(way)) >= self.needed), None)

    def of(self, way: int) -> list[TargetWeight]:
        return [target for target in self.wanted if _way(target.weight - self.now) == way]

    def differs(self) -> bool:
        """Whether not every answer wants the same way."""
        return len(self.of(self.way() or 0)) < len(self.wanted)

    def count(self) -> str:
        """ "1 up, 2 unchanged"."""
        return ", ".join(f"{len(self.of(way))} {word}" for way, word in _WORDS.items() if self.of(way))


def agree(decided_by: str, outcomes: Sequence[PlanOutcome], weights: Mapping[str, Decimal], share: Decimal) -> Agreed:
    """What `share` (fraction, above a half) of `outcomes`, one for each answer asked for, agree on.

    `weights` are the shares of equity held now, by symbol. A hold that was forced on an answer counts as asked and
    votes for nothing; too few usable answers are a forced hold. The plan that comes out sums to one.
    """
    asked, needed = len(outcomes), math.ceil(share * len(outcomes))
    plans = [plan for plan in (_plan(outcome, weights) for outcome in outcomes) if plan is not None]
    if len(plans) < needed:
        return Agreed(_too_few(decided_by, outcomes, len(plans), needed))
    symbols = dict.fromkeys([*weights, *(target.symbol for plan in plans for target in plan.weights)])
    votes = [_vote(symbol, plans, weights, needed, asked) for symbol in symbols]
    leader = _closest(plans, votes)
    clamps = tuple(_clamp(vote) for vote in votes if vote.way() is None)
    notes = (f"{needed} of {asked} must agree: {_told(votes)}",)
    targets = _within_equity([_target(vote) for vote in votes], weights)
    agreed = _combined(decided_by, leader, targets)
    if all(vote.way() in (0, None) for vote in votes):
        return Agreed(Hold(decided_by, _held(leader, votes, needed, asked), chosen=True, plan=agreed), clamps, notes)
    return Agreed(agreed, clamps, notes)


def _plan(outcome: PlanOutcome, weights: Mapping[str, Decimal]) -> TargetPlan | None:
    """The weights an answer wants: those of now where it chose to hold; None where it could not be used."""
    if isinstance(outcome, TargetPlan):
        return outcome
    if not outcome.chosen:
        return None
    kept = tuple(TargetWeight(symbol, weight, outcome.reason, action="hold") for symbol, weight in weights.items())
    held = outcome.plan or TargetPlan(outcome.decided_by, kept, ZERO, outcome.reason)
    return replace(held, weights=kept, cash_weight=ONE - sum(weights.values(), ZERO))


def _vote(symbol: str, plans: Sequence[TargetPlan], weights: Mapping[str, Decimal], needed: int, asked: int) -> _Vote:
    named = ({target.symbol: target for target in plan.weights} for plan in plans)
    absent = TargetWeight(symbol, ZERO, "not named")
    return _Vote(symbol, weights.get(symbol, ZERO), tuple(by.get(symbol, absent) for by in named), needed, asked)


def _way(change: Decimal) -> int:
    return 0 if abs(change) < SAME else 1 if change > 0 else -1


def _target(vote: _Vote) -> TargetWeight:
    """The symbol at the median of those who agree, with the words of the answer nearest to it; else as it is."""
    way = vote.way()
    if not way:
        return TargetWeight(vote.symbol, vote.now, f"Held: {vote.count()}.", action="hold")
    agreeing = vote.of(way)
    weight = median(target.weight for target in agreeing).quantize(_STEP, ROUND_DOWN)
    nearest = min(agreeing, key=lambda target: abs(target.weight - weight))
    return replace(nearest, weight=weight, action="buy" if way > 0 else "sell" if weight else "close")


def _within_equity(targets: Sequence[TargetWeight], weights: Mapping[str, Decimal]) -> list[TargetWeight]:
    """Where a sale was not agreed on, what it would have paid for is bought in a smaller part."""
    rises = {t.symbol: t.weight - weights.get(t.symbol, ZERO) for t in targets if t.action == "buy"}
    rise = sum(rises.values(), ZERO)
    room = max(ZERO, ONE - sum((t.weight for t in targets), ZERO) + rise)
    if rise <= room:
        return list(targets)
    return [
        replace(t, weight=(t.weight - rises[t.symbol] * (1 - room / rise)).quantize(_STEP, ROUND_DOWN))
        if t.symbol in rises
        else t
        for t in targets
    ]


def _combined(decided_by: str, leader: TargetPlan, targets: Sequence[TargetWeight]) -> TargetPlan:
    """Words, thesis and predictions are those of the answer nearest to what was agreed."""
    cash = ONE - sum((target.weight for target in targets), ZERO)
    return replace(leader, decided_by=decided_by, weights=tuple(targets), cash_weight=cash)


def _closest(plans: Sequence[TargetPlan], votes: Sequence[_Vote]) -> TargetPlan:
    goals = {vote.symbol: _target(vote).weight for vote in votes}
    return min(plans, key=lambda plan: sum((abs(plan.weight_of(s) - goal) for s, goal in goals.items()), ZERO))


def _clamp(vote: _Vote) -> Clamp:
    wanted = median(target.weight for target in max(vote.of(1), vote.of(-1), key=len))
    detail = f"{vote.symbol}: {vote.count()} of {vote.asked} asked; {vote.needed} must agree, so it is held."
    return Clamp(GUARD, vote.symbol, wanted, vote.now, "weight", None, detail)


def _told(votes: Sequence[_Vote]) -> str:
    """ "BTC/USD up; ETH/USD 1 up, 2 unchanged: held"; what nobody wants to change is left out."""
    return "; ".join(_result(vote) for vote in votes if vote.differs() or vote.way() != 0) or "nothing changes"


def _result(vote: _Vote) -> str:
    way = vote.way()
    result = _WORDS[way] if way else "held"
    return f"{vote.symbol} {vote.count()}: {result}" if vote.differs() else f"{vote.symbol} {result}"


def _held(leader: TargetPlan, votes: Sequence[_Vote], needed: int, asked: int) -> str:
    """The words of an answer that holds, where there is one and nothing is left open."""
    holds = all(_way(leader.weight_of(vote.symbol) - vote.now) == 0 for vote in votes)
    if holds and all(vote.way() == 0 for vote in votes):
        return leader.reason
    named = ", ".join(vote.symbol for vote in votes if vote.differs())
    return f"No change has the agreement of {needed} of {asked} answers; they differ on {named}."


def _too_few(decided_by: str, outcomes: Sequence[PlanOutcome], usable: int, needed: int) -> Hold:
    why = next((o.reason for o in outcomes if isinstance(o, Hold) and not o.chosen), "")
    first = why.removeprefix("held because ")
    only = f"only {usable}" if usable else "none"
    reason = (
        f"held because {only} of {len(outcomes)} answers could be used and {needed} must agree; one of them: {first}"
    )
    return Hold(decided_by, reason, chosen=False)
