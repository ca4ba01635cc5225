"""Promise 38: every number, date, direction and rank in an answer is so, however a model says it."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from pathlib import Path

import pytest
import pytest_asyncio

from chatbot.agent import tools
from chatbot.agent.agent import Agent
from chatbot.agent.grounding.extraction import figures
from chatbot.agent.grounding.figures import Figures
from chatbot.agent.grounding.grounding import Grounding
from chatbot.agent.grounding.lookups import Lookups
from tests.faults.claims.desk import traded_desk
from tests.faults.claims.liars import SPELLINGS, Liar, lies_about
from tests.faults.claims.truth import WINDOWS, Said, corpus, truth_of
from tests.proof import Proof
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.world import SmallWorld

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUESTIONS = Path(__file__).parents[2].parent / "shared" / "data" / "questions" / "questions.csv"
FOREIGN = "wie steht es denn nun um das alles hier"
"""No rule knows it, so the model is asked."""
SENTENCES = 440
MOST_STRUCK = 0.15


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> SmallWorld:
    return await traded_desk()


async def grounding_of(world: SmallWorld) -> Grounding:
    """All that the queries of an answer would look up: the state, and three spans of time."""
    lookups, found = Lookups(), Figures()
    reader = lookups.through(world.desk)
    await reader.status()
    for words in WINDOWS:
        window = world.desk.window(words)
        assert window is not None
        await reader.performance(window)
        await reader.pnl(window)
    for lookup in lookups.made:
        found.add(figures(lookup, world.desk))
    return Grounding(found, world.desk)


async def test_of_a_corpus_of_claims_no_false_one_passes(world: SmallWorld, proof: Proof, scale: int) -> None:
    grounding, truth = await grounding_of(world), await truth_of(world)
    said = list(corpus(truth, SENTENCES * scale, seed=38))
    passed = {each.text for each in said if grounding.check(each.text).text}
    false = [each for each in said if not each.true]
    true = [each for each in said if each.true]
    believed = [each for each in false if each.text in passed]
    struck = [each for each in true if each.text not in passed]
    print(_table(said, struck, believed))
    assert len(false) >= 300 and len(true) >= 300
    assert len(struck) / len(true) < MOST_STRUCK, [each.text for each in struck][:20]
    proof(38, cases=len(said), violations=len(believed))


def _table(said: list[Said], struck: list[Said], believed: list[Said]) -> str:
    rows = [f"{'claim':<12}{'true':>6}{'struck':>8}{'false':>7}{'believed':>10}"]
    counts = [Counter(each.kind for each in group) for group in
              ([s for s in said if s.true], struck, [s for s in said if not s.true], believed)]  # fmt: skip
    for kind in sorted({each.kind for each in said}):
        true, wrongly, false, missed = (count[kind] for count in counts)
        rows.append(f"{kind:<12}{true:>6}{wrongly:>8}{false:>7}{missed:>10}")
    return "\n".join(rows)


ARGUMENTS = {
    "volume": '{"symbol": "BTC"}',
    "indicator": '{"symbol": "BTC"}',
    "what_if": '{"side": "buy", "symbol": "BTC", "amount": "50"}',
    "why": '{"symbol": "ETH"}',
}


async def test_a_model_that_lies_in_every_figure_of_every_query_is_left_out(
    world: SmallWorld, proof: Proof, scale: int
) -> None:
    lies, believed, figures_seen = 0, list[str](), 0
    for spec in tools.specs():
        for seed in range(6 * scale):
            liar = Liar([(spec.name, ARGUMENTS.get(spec.name, "{}"))], seed)
            reply = await Agent(world.desk, CountingCharts(), liar).answer("web:1", FOREIGN)
            lies += len(liar.lies)
            figures_seen += liar.found
            believed += [lie for lie in liar.lies if lie and _said(lie, reply.plain())]
    assert figures_seen > 500
    proof(38, cases=lies, violations=len(believed)) if not believed else pytest.fail("\n".join(believed[:20]))


async def test_the_known_questions_bring_no_lie_with_them(world: SmallWorld, proof: Proof) -> None:
    if not QUESTIONS.exists():
        pytest.skip("no questions here")
    names = [spec.name for spec in tools.specs()]
    believed, asked = list[str](), 0
    for seed, row in enumerate(csv.DictReader(QUESTIONS.open())):
        chance = random.Random(seed)
        liar = Liar([(name, ARGUMENTS.get(name, "{}")) for name in chance.sample(names, 2)], seed)
        reply = await Agent(world.desk, CountingCharts(), liar).answer("web:1", f"{FOREIGN}: {row['text']}")
        believed += [lie for lie in liar.lies if _said(lie, reply.plain())]
        asked += 1
    assert asked == 89
    assert believed == []
    proof(38, cases=asked)


async def test_every_spelling_of_a_lie_is_tried() -> None:
    figure = {"f1": {"name": "portfolio return, today", "value": "+4.82 %"}}
    told = {lie for seed in range(200) for lie in lies_about(figure, seed)}
    assert len(told) > len(SPELLINGS) * 2


def _said(lie: str, reply: str) -> bool:
    """Whether the sentence stands in the reply, with whatever its placeholder became."""
    pieces = re.split(r"\{f\d+\}", lie.replace("\u200b", ""))
    return re.search(".{1,24}".join(re.escape(piece) for piece in pieces), reply) is not None
