"""What several answers agree on is traded, at the median; what they differ on is held; nothing sums above one."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.brain.answers import REQUEST
from trading.brain.agreement import agree
from trading.brain.panel import Panel
from trading.brain.planner import PlannedBy
from trading.brain.request import PlanRequest
from trading.domain.money import ONE, ZERO
from trading.domain.plan import Direction, Hold, PlanOutcome, Prediction, TargetPlan, TargetWeight

D = Decimal
NOW = {"BTC/USD": D("0.2"), "ETH/USD": D("0.3")}
SHARE = D("0.6")
FORCED = Hold("m", "held because the model server failed (500)", chosen=False)


def plan(btc: str, eth: str, sol: str = "0", thesis: str = "") -> TargetPlan:
    weights = {"BTC/USD": D(btc), "ETH/USD": D(eth), "SOL/USD": D(sol)}
    targets = tuple(TargetWeight(s, w, f"{s} to {w}", confidence=0.5) for s, w in weights.items() if w or s in NOW)
    return TargetPlan("m", targets, ONE - sum(weights.values()), f"plan {btc} {eth} {sol}", thesis or f"thesis {btc}")


def combined(*outcomes: PlanOutcome, share: Decimal = SHARE) -> TargetPlan:
    agreed = agree("panel", outcomes, NOW, share).outcome
    assert isinstance(agreed, TargetPlan), agreed
    return agreed


def test_what_enough_agree_on_is_traded_at_their_median() -> None:
    agreed = combined(plan("0.4", "0.3"), plan("0.5", "0.3"), plan("0.3", "0.3"))
    assert agreed.weight_of("BTC/USD") == D("0.4")
    assert agreed.weight_of("ETH/USD") == D("0.3")
    assert agreed.cash_weight == D("0.3")
    assert agreed.decided_by == "panel"
    assert next(t for t in agreed.weights if t.symbol == "BTC/USD").action == "buy"


def test_those_who_differ_do_not_move_the_median() -> None:
    agreed = combined(plan("0.4", "0.3"), plan("0.5", "0.3"), plan("0", "0.3"))
    assert agreed.weight_of("BTC/USD") == D("0.45")


def test_what_they_differ_on_is_held_and_shown() -> None:
    agreed = agree("panel", [plan("0.4", "0.5"), plan("0.5", "0.1"), plan("0.4", "0.3")], NOW, SHARE)
    assert isinstance(agreed.outcome, TargetPlan)
    assert agreed.outcome.weight_of("ETH/USD") == D("0.3")
    (clamp,) = agreed.clamps
    assert (clamp.guard, clamp.symbol, clamp.before, clamp.after) == ("agreement", "ETH/USD", D("0.5"), D("0.3"))
    assert clamp.detail == "ETH/USD: 1 up, 1 down, 1 unchanged of 3 asked; 2 must agree, so it is held."
    assert agreed.notes == ("2 of 3 must agree: BTC/USD up; ETH/USD 1 up, 1 down, 1 unchanged: held",)


def test_a_sale_to_nothing_is_a_close() -> None:
    agreed = combined(plan("0", "0.3"), plan("0", "0.3"), plan("0.2", "0.3"))
    target = next(t for t in agreed.weights if t.symbol == "BTC/USD")
    assert (target.weight, target.action, agreed.cash_weight) == (ZERO, "close", D("0.7"))


def test_where_no_sale_is_agreed_on_only_what_cash_pays_for_is_bought() -> None:
    agreed = combined(plan("0.9", "0"), plan("0.9", "0.1"), plan("0.9", "0.3"), share=D("0.9"))
    assert agreed.weight_of("ETH/USD") == D("0.3")
    assert agreed.weight_of("BTC/USD") == D("0.7")
    assert agreed.cash_weight == ZERO


def test_a_wish_for_a_coin_that_is_not_held_needs_votes_too() -> None:
    agreed = combined(plan("0.4", "0.3", "0.1"), plan("0.4", "0.3"), plan("0.4", "0.3"))
    assert agreed.weight_of("SOL/USD") == ZERO
    agreed = combined(plan("0.4", "0.3", "0.1"), plan("0.4", "0.3", "0.2"), plan("0.4", "0.3"))
    assert agreed.weight_of("SOL/USD") == D("0.15")


def test_too_few_usable_answers_hold_everything_and_say_why() -> None:
    agreed = agree("panel", [plan("0.4", "0.3"), FORCED, FORCED], NOW, SHARE)
    assert agreed.outcome == Hold(
        "panel",
        "held because only 1 of 3 answers could be used and 2 must agree; one of them: the model server failed (500)",
        chosen=False,
    )


def test_an_answer_that_failed_counts_as_asked() -> None:
    agreed = agree("panel", [plan("0.4", "0.3"), plan("0.2", "0.3"), FORCED], NOW, SHARE)
    assert isinstance(agreed.outcome, Hold)
    assert agreed.outcome.chosen
    assert agreed.outcome.reason == "No change has the agreement of 2 of 3 answers; they differ on BTC/USD."


def test_answers_that_each_want_another_coin_trade_nothing_and_are_said_to_differ() -> None:
    each = [plan("0.5", "0.3"), plan("0.2", "0.5"), plan("0.2", "0.3", sol="0.2")]
    agreed = agree("panel", each, NOW, SHARE)
    assert isinstance(agreed.outcome, Hold) and agreed.outcome.chosen
    assert agreed.notes[0].startswith(
        "2 of 3 must agree: BTC/USD 1 up, 2 unchanged: held; ETH/USD 1 up, 2 unchanged: he"
    )
    assert (
        agreed.outcome.reason
        == "No change has the agreement of 2 of 3 answers; they differ on BTC/USD, ETH/USD, SOL/USD."
    )


def test_a_chosen_hold_votes_for_no_change() -> None:
    hold = Hold("m", "Nothing trends.", chosen=True)
    agreed = agree("panel", [hold, hold, plan("0.5", "0.3")], NOW, SHARE).outcome
    assert isinstance(agreed, Hold)
    assert agreed.chosen
    assert agreed.reason == "Nothing trends."


def test_words_thesis_and_predictions_are_those_of_the_nearest_answer() -> None:
    guess = Prediction("BTC/USD", Direction.UP, D(90_000), None, 30, 0.6)
    near = TargetPlan(
        **{f: getattr(plan("0.4", "0.3"), f) for f in ("decided_by", "weights", "cash_weight", "reason")},
        thesis="near",
        predictions=(guess,),
    )
    agreed = combined(plan("0.6", "0.1"), near, plan("0.3", "0.3"))
    assert (agreed.thesis, agreed.predictions, agreed.reason) == ("near", (guess,), "plan 0.4 0.3 0")


parts = st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(sum)


def _plan_of(shares: list[int]) -> TargetPlan:
    whole = D(sum(shares))
    btc, eth, sol = (str((D(share) / whole).quantize(D("0.0001"), "ROUND_DOWN")) for share in shares[:3])
    return plan(btc, eth, sol)


@given(st.lists(st.one_of(parts.map(_plan_of), st.just(FORCED)), min_size=2, max_size=9), parts, st.integers(51, 100))
def test_whatever_they_answer_the_plan_sums_to_one_and_nothing_moves_without_votes(
    outcomes: list[PlanOutcome], held: list[int], percent: int
) -> None:
    weights = {target.symbol: target.weight for target in _plan_of(held).weights}
    agreed = agree("panel", outcomes, weights, D(percent) / 100).outcome
    if isinstance(agreed, Hold):
        return
    assert agreed.cash_weight + sum(target.weight for target in agreed.weights) == ONE
    assert agreed.cash_weight >= 0
    for target in agreed.weights:
        now = weights.get(target.symbol, ZERO)
        same_way = [
            plan
            for plan in outcomes
            if isinstance(plan, TargetPlan) and (plan.weight_of(target.symbol) - now) * (target.weight - now) > 0
        ]
        assert target.weight == now or len(same_way) * 100 >= percent * len(outcomes)


class Member:
    """Waits for the others and answers `outcome`."""

    def __init__(self, name: str, outcome: PlanOutcome, together: asyncio.Barrier) -> None:
        self.name = name
        self._outcome = outcome
        self._together = together

    async def plan(self, request: PlanRequest) -> PlannedBy:
        await self._together.wait()
        return PlannedBy(self._outcome, (f"raw of {self.name}",), 100, 10, (("user", "decide"),))


@pytest.mark.parametrize(
    ("names", "told"), [(["one"] * 3, "one, 3 answers"), (["one", "two", "three"], "one, two, three")]
)
async def test_a_panel_asks_side_by_side_and_keeps_every_answer(names: list[str], told: str) -> None:
    together = asyncio.Barrier(3)
    weights = [plan("0.1", "0.4"), plan("0.1", "0.5"), plan("0.1", "0.4")]
    panel = Panel([Member(*each, together) for each in zip(names, weights, strict=True)], SHARE)
    async with asyncio.timeout(5):
        planned = await panel.plan(REQUEST)
    assert panel.name == told == planned.outcome.decided_by
    assert len(planned.raw) == 3
    assert (planned.input_tokens, planned.output_tokens) == (300, 30)
    assert planned.notes
    assert isinstance(planned.outcome, TargetPlan)
