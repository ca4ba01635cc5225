"""A month of candles decided by a model: recorded once, replayed without a network, decision by decision the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from tests.flows.model_server import KEY
from tests.flows.recording import START, SYMBOLS, record
from tests.reading_model import ReadingServer
from trading.domain.order import Order
from trading.domain.plan import Cycle
from trading.domain.usage import ModelCall
from trading.errors import SettingsError
from trading.research.comparison import ORDERS
from trading.research.cycle_command import made_again
from trading.settings import CoreSettings, Course
from trading.store.codec import JsonCodec
from trading.store.memory import MemoryStore
from trading.worlds.candles import candle_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAYS = 30
SENT: JsonCodec[tuple[Order, ...]] = JsonCodec(tuple[Order, ...])


@dataclass(frozen=True)
class Run:
    """What a run left behind."""

    cycles: Sequence[Cycle]
    sent: str
    calls: Sequence[ModelCall]
    equity: Decimal | None
    caveat: str
    notes: Sequence[str]

    @property
    def wanted(self) -> list[str]:
        return [ORDERS.dump(cycle.intents) for cycle in self.cycles]


async def run(folder: Path, answers: Path, days: int = DAYS, **changes: Any) -> Run:
    """The first `days` of the month, in a portfolio of their own."""
    told: dict[str, Any] = {
        "market": "recorded",
        "candles_dir": folder / "candles",
        "symbols": SYMBOLS,
        "starting_cash": "10000",
        "state_dir": folder / "state",
        "model_answers": answers,
        "model_budget_per_day": "100",
        "model_tokens_per_day": 100_000_000,
    }
    store = MemoryStore()
    course = Course(START, START + timedelta(days=days), day_seconds=0)
    world = await candle_world(CoreSettings(**told | changes), store, course)
    await world.core.start()
    await world.main()
    async with store.reading() as read:
        left = Run(
            await read.cycles(1000),
            SENT.dump(tuple(await read.newest_orders(10_000))),
            await read.model_calls(),
            world.core.account.equity(),
            world.core.rules.world.caveat,
            world.notes,
        )
    await world.close()
    return left


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("month")
    record(folder / "candles", DAYS)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recorded(folder: Path) -> Run:
    async with ReadingServer() as server:
        return await run(
            folder,
            folder / "answers.jsonl",
            model_answers_mode="record",
            openai_api_key=SecretStr(KEY),
            openai_base_url=server.url,
        )


async def test_the_month_has_decisions_and_orders_to_compare(recorded: Run) -> None:
    assert len(recorded.cycles) == DAYS
    assert {cycle.decided_by for cycle in recorded.cycles} == {"gpt-4o"}
    assert sum(bool(cycle.intents) for cycle in recorded.cycles) > DAYS * 0.7
    assert {cycle.held for cycle in recorded.cycles} == {"", "forced"}
    assert len(recorded.calls) >= DAYS


async def test_replayed_twice_without_a_model_it_sends_the_same_orders_for_nothing(folder: Path, recorded: Run) -> None:
    for _ in range(2):
        again = await run(folder, folder / "answers.jsonl")
        assert again.wanted == recorded.wanted
        assert again.sent == recorded.sent
        assert [cycle.snapshot_hash for cycle in again.cycles] == [cycle.snapshot_hash for cycle in recorded.cycles]
        assert again.equity == recorded.equity
        assert again.calls == []


async def test_every_decision_of_the_month_is_made_again_from_its_record_alone(recorded: Run) -> None:
    for cycle in recorded.cycles:
        again = made_again(cycle, "PAPER")
        assert again.holds, again.text


async def test_where_an_answer_is_missing_it_holds_and_says_why(folder: Path, recorded: Run) -> None:
    short = folder / "short.jsonl"
    lines = (folder / "answers.jsonl").read_text().splitlines(keepends=True)
    short.write_text("".join(lines[:3]))
    again = await run(folder, short, days=6)
    assert again.wanted[:3] == recorded.wanted[:3]
    for cycle in again.cycles[3:]:
        assert (cycle.intents, cycle.held) == ((), "forced")
        assert cycle.reason.startswith("held because no answer is recorded for this question; record it with")


async def test_another_question_is_never_given_the_answer_of_a_similar_one(folder: Path, recorded: Run) -> None:
    again = await run(folder, folder / "answers.jsonl", days=3, starting_cash="10001")
    assert not any(cycle.intents for cycle in again.cycles)


async def test_without_a_file_of_answers_it_does_not_start(folder: Path) -> None:
    with pytest.raises(SettingsError, match="which is no file; record it with MODEL_ANSWERS_MODE=record"):
        await run(folder, folder / "nowhere.jsonl")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, ""),
        ({"model_knowledge_cutoff": START.date() - timedelta(days=1)}, ""),
        ({"model_knowledge_cutoff": START.date()}, "The model's knowledge reaches to 2025-02-01: results before"),
        ({"openai_model": "local-7b"}, "How far the knowledge of local-7b reaches is not known"),
    ],
)
async def test_what_the_model_may_have_read_is_said(
    folder: Path, recorded: Run, told: dict[str, Any], said: str
) -> None:
    again = await run(folder, folder / "answers.jsonl", days=1, **told)
    assert again.caveat.startswith(said) and bool(again.caveat) is bool(said)
    assert (again.caveat in again.notes) is bool(said)
