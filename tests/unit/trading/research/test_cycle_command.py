"""The record of a decision, as the command line prints it from a database that somebody else writes to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.trading.store.facts import approval, at, batch, cycle, fill, model_call, order
from trading.domain.order import OrderStatus, Side
from trading.domain.plan import Clamp, CycleOutcome, Evidence, TargetPlan, TargetWeight
from trading.errors import Fatal
from trading.research.cycle_command import CycleCommand
from trading.research.cycle_page import STORIES, Part
from trading.settings import CoreSettings
from trading.store.sql import SqlStore

ID = "ab12cd34ef56ab12cd34ef56ab12cd34"
HOSTILE = "buy\x1b[2J now\u202e [bold]all[/bold]"
PLAN = TargetPlan(
    "gpt-4o",
    (
        TargetWeight(
            "BTC/USD",
            Decimal("0.50"),
            HOSTILE,
            0.7,
            "buy",
            lowest=Decimal("90"),
            horizon=14,
            invalidation="a close below 95",
            evidence=(Evidence("BTC/USD.1d.rsi14", "61.2"),),
        ),
    ),
    Decimal("0.50"),
    "Bitcoin trends.",
    thesis="Bitcoin leads.",
    regime="quiet",
)
CLAMP = Clamp("max_weight", "BTC/USD", Decimal("0.5"), Decimal("0.3"), "weight", Decimal("0.3"), "BTC 0.50 → 0.30")
WHOLE = cycle(
    ID,
    minutes=60,
    decided_by="gpt-4o",
    outcome=CycleOutcome.TRADED,
    plan=PLAN,
    batch_id="batch",
    clamps=(CLAMP,),
    prompt=(("system", "rules"), ("user", "the facts")),
    snapshot_hash="5e" * 32,
)


async def cycle_page(settings: CoreSettings, name: str, part: Part) -> str:
    return (await CycleCommand(settings, name, part).answer()).text


@pytest.fixture
def settings(tmp_path: Path) -> CoreSettings:
    return CoreSettings(state_dir=tmp_path)


@pytest.fixture
async def store(settings: CoreSettings) -> AsyncIterator[SqlStore]:
    """An open store, as a running bot holds it."""
    store = SqlStore(settings.store_url)
    await store.open()
    async with store.transaction() as tx:
        for minute in range(12):
            await tx.add_cycle(cycle(f"{minute:02}" * 16, minute))
        await tx.add_cycle(WHOLE)
        await tx.add_batch(batch(cycle_id=ID))
        await tx.add_orders([order("one", status=OrderStatus.FILLED, average_price=Decimal("100.10"))])
        await tx.add_fill(fill("t1", "one", at=at(61)))
        await tx.add_approval(approval())
        await tx.add_model_call(model_call("mine", 59, cycle_id=ID, cost=Decimal("0.0213")))
        await tx.add_model_call(model_call("another's", 59, cycle_id="00" * 16))
    yield store
    await store.close()


async def test_a_record_tells_what_was_wanted_allowed_ordered_and_paid(settings: CoreSettings, store: SqlStore) -> None:
    page = await cycle_page(settings, "ab12", Part.RECORD)
    for words in (
        f"Decision {ID} · PAPER · Kraken",
        "schedule · decided by gpt-4o",
        "It traded.",
        "BTC/USD  10.0%   50.0%    30.0%        0.70  buy",
        "cash     90.0%   50.0%    70.0%",
        "price from 90",
        "for 14 days",
        "wrong if: a close below 95",
        "BTC/USD.1d.rsi14 = 61.2",
        "max_weight  BTC/USD   50.0%  30.0%  BTC 0.50 → 0.30",
        "buy 0.01 BTC  filled    100.1",
        "0.0213 USD",
        "5e" * 32,
    ):
        assert words in page, f"{words!r} is missing in\n{page}"


async def test_a_record_fits_eighty_columns(settings: CoreSettings, store: SqlStore) -> None:
    for name in ("ab12", ""):
        assert max(map(len, (await cycle_page(settings, name, Part.RECORD)).splitlines())) <= 80


@pytest.mark.parametrize("part", [Part.RECORD, Part.PROMPT, Part.RAW])
async def test_words_of_a_model_cannot_move_the_cursor_or_hide(
    settings: CoreSettings, store: SqlStore, part: Part
) -> None:
    async with store.transaction() as tx:
        await tx.update_cycle(replace(WHOLE, raw=(HOSTILE,), prompt=(("user", HOSTILE),)))
    page = await cycle_page(settings, ID, part)
    assert "\x1b" not in page and "\u202e" not in page and "[bold]all[/bold]" in page


async def test_the_newest_ten_are_listed_newest_first(settings: CoreSettings, store: SqlStore) -> None:
    rows = [line for line in (await cycle_page(settings, "", Part.RECORD)).splitlines() if "2025-03-01" in line]
    assert [row[:4] for row in rows] == ["ab12", *(f"{minute:02}" * 2 for minute in range(11, 2, -1))]


async def test_a_long_reason_takes_no_room_from_the_rest_of_the_list(settings: CoreSettings, store: SqlStore) -> None:
    async with store.transaction() as tx:
        await tx.update_cycle(replace(WHOLE, reason="as trends agree and volatility is moderate " * 4))
    row = next(line for line in (await cycle_page(settings, "", Part.RECORD)).splitlines() if "ab12" in line)
    assert "gpt-4o" in row and "traded" in row and row.endswith("…")


async def test_prompt_answers_and_snapshot_are_printed_on_their_own(settings: CoreSettings, store: SqlStore) -> None:
    assert await cycle_page(settings, ID, Part.PROMPT) == "--- system\nrules\n\n--- user\nthe facts"
    assert await cycle_page(settings, ID, Part.RAW) == '--- answer 1\n{"a": 1}\n\n--- answer 2\nnot json'
    assert await cycle_page(settings, ID, Part.SNAPSHOT) == WHOLE.snapshot


async def test_as_json_the_record_is_whole(settings: CoreSettings, store: SqlStore) -> None:
    text = await cycle_page(settings, ID, Part.JSON)
    told = STORIES.load(text)
    assert told.cycle == WHOLE
    assert [order.client_order_id for order in told.orders] == ["one"] and told.orders[0].side is Side.BUY
    assert [each.trade_id for each in told.fills] == ["t1"]
    assert [call.id for call in told.calls] == ["mine"]
    assert json.loads(text)["cycle"]["id"] == ID


async def test_a_cycle_that_is_not_there_is_one_sentence(settings: CoreSettings, store: SqlStore) -> None:
    with pytest.raises(Fatal, match=r"No decision begins with ffff; the newest ones: main\.py cycle"):
        await cycle_page(settings, "ffff", Part.RECORD)


async def test_several_that_begin_alike_are_named(settings: CoreSettings, store: SqlStore) -> None:
    with pytest.raises(Fatal, match=r"10 decisions begin with 0 \(0909\w, .*\); write more of the id"):
        await cycle_page(settings, "0", Part.RECORD)


async def test_looking_writes_nothing_and_waits_for_nobody(settings: CoreSettings, store: SqlStore) -> None:
    before = (settings.state_dir / "purser.db").read_bytes()
    async with store.transaction() as tx:
        await tx.put_meta("somebody", "writes")
        assert WHOLE.id in await cycle_page(settings, ID, Part.RECORD)
    assert (settings.state_dir / "purser.db").read_bytes() == before


async def test_a_folder_without_a_portfolio_stays_empty(settings: CoreSettings) -> None:
    with pytest.raises(Fatal, match=r"There is no portfolio at .* yet; start one with"):
        await cycle_page(settings, "", Part.RECORD)
    assert not list(settings.state_dir.iterdir())


async def test_a_database_of_another_version_is_not_read(settings: CoreSettings, store: SqlStore) -> None:
    await store.close()
    with sqlite3.connect(settings.state_dir / "purser.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    with pytest.raises(Fatal, match="written by another version of Purser; start the bot once with this version"):
        await cycle_page(settings, "", Part.RECORD)
