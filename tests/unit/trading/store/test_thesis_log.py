"""The thesis log: what was predicted stands under its thesis, and what became of it follows as an entry of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.trading.decision.predictions import UP, made
from tests.world import START
from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.domain.plan import Thesis
from trading.store.memory import MemoryStore
from trading.store.mirrors import Mirrors

SAID = "BTC/USD up from 100 to 110 by 2025-03-05, wrong at 95, said 65%"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


async def foretell(store: MemoryStore, *predictions: ScoredPrediction) -> None:
    async with store.transaction() as tx:
        await tx.add_thesis(Thesis(START, "a model", "BTC leads.", "cycle"))
        await tx.add_predictions(predictions)


async def settle(store: MemoryStore, name: str, hours: int) -> None:
    async with store.transaction() as tx:
        (one,) = [p for p in await tx.predictions() if p.id == name]
        at = START + timedelta(hours=hours)
        await tx.settle_prediction(
            replace(one, status=PredictionStatus.HIT, settled_at=at, settled_price=Decimal("110"))
        )


def entries(folder: Path) -> list[str]:
    return (folder / "thesis_log.md").read_text(encoding="utf-8").split("\n## ")[1:]


async def test_predictions_stand_under_their_thesis(store: MemoryStore, tmp_path: Path) -> None:
    await foretell(store, made(), made(replace(UP, invalidation=None), name="q"), made(name="r", cycle_id="other"))
    await Mirrors(tmp_path, store, "USD").catch_up()
    (entry,) = entries(tmp_path)
    assert "> BTC leads.\n" in entry
    assert entry.count("\n- BTC/USD up from 100 to 110") == 2
    assert f"- {SAID}\n" in entry


async def test_what_became_of_one_is_an_entry_of_its_own_at_the_end(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await foretell(store, made(), made(name="q"))
    await mirrors.catch_up()
    before = (tmp_path / "thesis_log.md").read_text()
    await settle(store, "p", 5)
    await mirrors.catch_up()
    after = (tmp_path / "thesis_log.md").read_text()
    assert after.startswith(before)
    assert entries(tmp_path)[1].startswith("2025-03-03 17:00 UTC, outcome\n")
    assert f"{SAID}, made 2025-03-03: hit at 110.\n" in entries(tmp_path)[1]


async def test_each_outcome_is_written_once_whenever_it_came(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await foretell(store, made(), made(name="q"), made(name="r"))
    for hours, name in enumerate(["q", "p", "r"], 1):
        await mirrors.catch_up()
        await settle(store, name, hours)
        await mirrors.catch_up()
        mirrors = mirrors if name == "q" else Mirrors(tmp_path, store, "USD")
        assert len(entries(tmp_path)) == 1 + hours


async def test_one_that_was_made_and_settled_between_two_looks_is_written(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await mirrors.catch_up()
    await foretell(store, made())
    await settle(store, "p", 1)
    await mirrors.catch_up()
    assert len(entries(tmp_path)) == 2


async def test_a_log_that_was_deleted_is_written_again_in_order(store: MemoryStore, tmp_path: Path) -> None:
    mirrors = Mirrors(tmp_path, store, "USD")
    await foretell(store, made())
    await settle(store, "p", 5)
    async with store.transaction() as tx:
        await tx.add_thesis(Thesis(START + timedelta(hours=1), "a model", "Still.", "next"))
    await mirrors.catch_up()
    first = entries(tmp_path)
    assert [entry.split("\n")[0][11:16] for entry in first] == ["12:00", "13:00", "17:00"]
    (tmp_path / "thesis_log.md").unlink()
    await mirrors.catch_up()
    assert entries(tmp_path) == first
