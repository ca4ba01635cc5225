"""Promise 35: whatever a model answers, nothing is traded on an answer that is wrong in any way."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.answer_judge import Judge
from tests.faults.bad_answers import WAYS, Answer, Way, spoilt
from tests.proof import Proof
from tests.world import SmallWorld, started
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.planner import ModelPlanner
from trading.brain.prompt import Message
from trading.brain.request import PlanRequest
from trading.decision.planners import LanguageModelPlanner, plan_request
from trading.decision.rebalance import Rebalance
from trading.decision.snapshots import Snapshot
from trading.domain.plan import Cycle, CycleOutcome, Thesis

ROOT = Path(__file__).parents[2]
PROMPTS = ROOT / "data" / "prompts"
MALFORMED = ROOT.parent / "shared" / "data" / "llm_json" / "malformed.jsonl"
SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")
CASES = 5_000
NAME = "scripted"

Say = Callable[[Answer], str]
"""An answer as text, made out of a right one."""


class Scripted:
    """A model that knows the right answer to each request and says what a script makes of it."""

    name = NAME

    def __init__(self) -> None:
        self.script: list[Say] = []
        self.said: list[str] = []

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        properties = schema.schema["properties"]
        right = right_answer(properties["cycle_id"]["enum"][0], properties["snapshot_hash"]["enum"][0])
        self.said.append(self.script.pop(0)(right))
        return Completion(self.said[-1], 1, 1, NAME)


def right_answer(cycle_id: str, snapshot_hash: str) -> Answer:
    """Buys Bitcoin, sells some Ether (held at 0.3), within bounds, with a prediction of each direction."""
    common: Answer = {
        "lowest_price": None,
        "highest_price": None,
        "confidence": 0.6,
        "horizon_days": 14,
        "invalidation": "It closes below its 20-day average.",
        "evidence": [{"reference": "BTC/USD.price", "value": "100"}, {"reference": "ETH/USD.price", "value": "10"}],
        "reason": "It trends.",
    }
    bounds = {"lowest_price": 90, "highest_price": 110.5}
    up = {"symbol": "BTC/USD", "direction": "up", "target_price": 120, "invalidation_price": 90.5, "days": 30}
    down = {"symbol": "ETH/USD", "direction": "down", "target_price": 8, "invalidation_price": None, "days": 7}
    return {
        "schema_version": 1,
        "cycle_id": cycle_id,
        "snapshot_hash": snapshot_hash,
        "regime": "trending up",
        "abstain": False,
        "decisions": [
            {"symbol": "BTC/USD", "action": "buy", "target_weight": 0.5, **common, **bounds},
            {"symbol": "ETH/USD", "action": "sell", "target_weight": 0.2, **common},
        ],
        "cash_weight": 0.3,
        "thesis": {"text": "Bitcoin leads.", "predictions": [{**up, "confidence": 0.6}, {**down, "confidence": 0.3}]},
        "reason": "Bitcoin trends, Ether does less.",
    }


def right(answer: Answer) -> str:
    return json.dumps(answer)


class OneInstant:
    """The snapshot of one instant for cycle after cycle: thousands of them see the same market."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    async def take(self, at: datetime, cycle_id: str, thesis: Thesis | None) -> Snapshot:
        self.snapshot = replace(self.snapshot, cycle_id=cycle_id)
        return self.snapshot


class Trial:
    """A world that holds Ether, a scripted model, and the rebalance between them."""

    def __init__(self, world: SmallWorld, model: Scripted, rebalance: Rebalance, request: PlanRequest) -> None:
        self.world = world
        self.model = model
        self.rebalance = rebalance
        self.request = request

    @classmethod
    async def begin(cls) -> Trial:
        world = await started()
        await world.buy("30", "ETH/USD")
        await world.core.rebalance.run("schedule")
        seen = world.planner.seen[0]  # type: ignore[attr-defined]
        model = Scripted()
        planner = LanguageModelPlanner(ModelPlanner(model, PROMPTS), NAME, SYMBOLS)
        one = OneInstant(seen)
        rebalance = Rebalance(world.store, one, planner, world.core.intake, world.clock, world.core.adapters.new_id)  # type: ignore[arg-type]
        return cls(world, model, rebalance, plan_request(seen, SYMBOLS))

    async def run(self, *script: Say) -> Cycle:
        """One cycle in which the model says `script`, one entry after the other."""
        self.model.script, self.model.said = list(script), []
        return await self.rebalance.run("schedule")

    def is_right(self, text: str, cycle_id: str) -> bool:
        return Judge(replace(self.request, cycle_id=cycle_id)).is_right(text)

    async def violations(self, cycle: Cycle) -> list[str]:
        """What was done or left unsaid in a cycle without one right answer."""
        found = {
            "outcome": cycle.outcome is CycleOutcome.FAILED and cycle.held == "forced",
            "reason": cycle.reason.startswith("held because scripted gave no usable answer, twice; the last time: "),
            "orders": not cycle.intents and cycle.batch_id is None and cycle.plan is None,
            "record": cycle.raw == tuple(self.model.said) and len(cycle.prompt) == 4,
        }
        return [name for name, holds in found.items() if not holds]

    async def traded(self) -> tuple[int, int, Decimal, Decimal]:
        """Orders, fills, cash and Ether: all that a trade would change."""
        async with self.world.store.reading() as read:
            orders, fills = await read.newest_orders(100), await read.count_fills()
        return len(orders), fills, self.world.cash, self.world.held("ETH/USD")


async def test_a_right_answer_trades_at_once() -> None:
    trial = await Trial.begin()
    cycle = await trial.run(right)
    assert cycle.outcome is CycleOutcome.TRADED, cycle.reason
    assert trial.is_right(trial.model.said[0], cycle.id)
    assert trial.world.held() > 0
    assert trial.world.held("ETH/USD") < 30
    assert [intent.symbol for intent in cycle.intents] == ["ETH/USD", "BTC/USD"]


async def test_a_right_answer_after_a_wrong_one_trades() -> None:
    trial = await Trial.begin()
    cycle = await trial.run(lambda answer: json.dumps(answer)[:-1], right)
    assert cycle.outcome is CycleOutcome.TRADED
    assert len(cycle.raw) == 2


async def test_no_spoilt_answer_ever_trades(proof: Proof, scale: int) -> None:
    trial, chance = await Trial.begin(), random.Random(35)
    before, cases, broken = await trial.traded(), 0, []
    while cases < CASES * scale:
        cycle = await trial.run(wrong(trial, chance), wrong(trial, chance))
        cases += 2
        broken += await trial.violations(cycle)
    assert await trial.traded() == before
    assert broken == []
    proof(35, cases=cases)


def wrong(trial: Trial, chance: random.Random) -> Say:
    """A spoilt answer. One that has stayed right by chance is spoilt again."""

    def say(answer: Answer) -> str:
        judge = Judge(replace(trial.request, cycle_id=answer["cycle_id"]))
        while judge.is_right(text := spoilt(answer, chance)):
            continue
        return text

    return say


async def test_what_stays_right_by_chance_is_a_decision_and_what_does_not_is_none() -> None:
    """The program and the judge agree on every spoilt answer, in both directions."""
    chance, kept = random.Random(53), 0
    trial = await Trial.begin()
    for _ in range(40):
        cycle = await trial.run(lambda answer: spoilt(answer, chance), lambda answer: "no")
        taken = cycle.outcome is not CycleOutcome.FAILED
        assert taken is trial.is_right(trial.model.said[0], cycle.id), trial.model.said[0]
        if taken:
            kept += 1
            trial = await Trial.begin()
    assert kept


async def test_an_answer_that_is_cut_anywhere_never_trades(proof: Proof) -> None:
    trial = await Trial.begin()
    before, broken = await trial.traded(), []
    length = len(right(right_answer("0" * 32, "0" * 64)))
    for at in range(0, length, 2):
        cycle = await trial.run(lambda answer, at=at: right(answer)[:at], lambda answer, at=at: right(answer)[: at + 1])  # type: ignore[misc]
        broken += await trial.violations(cycle)
    assert await trial.traded() == before
    assert broken == []
    proof(35, cases=length)


def malformed() -> Iterator[str]:
    """Each recorded text; two cases have none, and there the record itself serves."""
    for line in filter(str.strip, MALFORMED.read_text(encoding="utf-8").split("\n")):
        case: dict[str, Any] = json.loads(line)
        yield str(case.get("input", case.get("params", {}).get("raw", line)))


@pytest.mark.skipif(not MALFORMED.is_file(), reason="malformed texts are absent: ../shared/data/llm_json")
async def test_no_recorded_malformed_text_ever_trades(proof: Proof) -> None:
    trial, texts = await Trial.begin(), list(malformed())
    assert len(texts) == 143
    before, broken = await trial.traded(), []
    for text in texts:
        broken += await trial.violations(await trial.run(alone(text), fenced(text)))
        # Nothing beside a right answer is a right answer.
        if text.strip():
            broken += await trial.violations(await trial.run(*beside(text)))
    assert await trial.traded() == before
    assert broken == []
    proof(35, cases=len(texts) * 4 - 2 * sum(not text.strip() for text in texts))


def alone(text: str) -> Say:
    return lambda answer: text


def fenced(text: str) -> Say:
    return lambda answer: f"```json\n{text}\n```"


def beside(text: str) -> tuple[Say, Say]:
    return lambda answer: f"{text}\n{right(answer)}", lambda answer: f"{right(answer)}\n{text}"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
async def test_each_way_to_spoil_an_answer_holds_in_the_whole_program_too(way: Way) -> None:
    """The same with a snapshot of its own for each cycle, and the desk that people see it through."""
    model, chance = Scripted(), random.Random(7)
    world = await started(planner=LanguageModelPlanner(ModelPlanner(model, PROMPTS), NAME, SYMBOLS))
    await world.buy("30", "ETH/USD")
    before = (world.held(), world.held("ETH/USD"), world.cash)
    for _ in range(3):
        model.script = [lambda answer: way(answer, chance), lambda answer: "no"]
        cycle = await world.core.rebalance.run("schedule")
        if Judge(plan_request(Snapshot.read(cycle.snapshot), SYMBOLS)).is_right(cycle.raw[0]):
            return
        assert (cycle.outcome, cycle.held, cycle.intents) == (CycleOutcome.FAILED, "forced", ())
        assert (world.held(), world.held("ETH/USD"), world.cash) == before
        assert (await world.desk.plan()).cycle == cycle
