"""What the chat remembers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from chatbot.message import Actor, Channel, MessageRef
from chatbot.store import AuditEntry, ChatStore
from trading.errors import Fatal, SettingsError

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOME = Channel("telegram", "-100")
ANA = Actor("telegram", "7", "ana")


def url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'state' / 'chat.db'}"


@pytest.fixture(params=["file", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChatStore]:
    store = ChatStore(url(tmp_path) if request.param == "file" else "sqlite+aiosqlite:///:memory:")
    await store.open()
    yield store
    await store.close()


async def test_a_channel_has_no_cursor_until_it_is_set(store: ChatStore) -> None:
    assert await store.cursor(HOME.key) is None
    await store.set_cursor(HOME.key, 3)
    await store.set_cursor(HOME.key, 5)
    await store.set_cursor("web:1", 0)
    assert await store.cursor(HOME.key) == 5
    assert await store.cursor("web:1") == 0


async def test_a_card_is_found_on_every_channel_it_was_sent_to(store: ChatStore) -> None:
    here, there = MessageRef(HOME, "11"), MessageRef(Channel("discord", "4"), "22")
    for message in (there, here, there):
        await store.remember_card("card", message)
    assert await store.cards("card") == [there, here]
    assert await store.cards("other") == []


async def test_the_message_that_told_an_entry_is_found_again(store: ChatStore) -> None:
    await store.remember_sent(HOME.key, 4, MessageRef(HOME, "11"))
    await store.remember_sent(HOME.key, 4, MessageRef(HOME, "12"))
    assert await store.sent(HOME.key, 4) == MessageRef(HOME, "12")
    assert await store.sent(HOME.key, 5) is None
    assert await store.sent("web:1", 4) is None


async def test_an_update_is_new_once_even_when_it_comes_many_times_at_once(store: ChatStore) -> None:
    assert sum(await asyncio.gather(*(store.first_time("telegram", "9") for _ in range(20)))) == 1
    assert await store.first_time("discord", "9")
    assert not await store.first_time("discord", "9")


async def test_pruning_forgets_the_oldest_updates_only(store: ChatStore) -> None:
    for n in range(5):
        await store.first_time("telegram", str(n))
    await store.prune_inbox(keep=2)
    assert not await store.first_time("telegram", "4")
    assert not await store.first_time("telegram", "3")
    assert await store.first_time("telegram", "2")


async def test_pruning_an_empty_inbox_is_fine(store: ChatStore) -> None:
    await store.prune_inbox()
    assert await store.first_time("telegram", "1")


async def test_a_stranger_is_refused_aloud_once(store: ChatStore) -> None:
    assert await store.note_refused("telegram", "666")
    assert not await store.note_refused("telegram", "666")
    assert await store.note_refused("discord", "666")


async def test_the_audit_trail_keeps_who_did_what_where_and_the_newest_last(store: ChatStore) -> None:
    denver = NOW.astimezone(timezone(timedelta(hours=-7)))
    stranger = Actor("discord", "9", "", "bot")
    await store.record_audit(NOW, ANA, HOME, "approve card", "executed")
    await store.record_audit(denver, stranger, Channel("discord", "4"), "/halt", "refused")
    await store.record_audit(NOW, ANA, HOME, "/pause", "done")
    assert await store.audit(2) == [
        AuditEntry(NOW, stranger, Channel("discord", "4"), "/halt", "refused"),
        AuditEntry(NOW, ANA, HOME, "/pause", "done"),
    ]


async def test_a_small_setting_is_kept_and_cannot_touch_the_schema_number(store: ChatStore) -> None:
    assert await store.get("schema") is None
    await store.put("schema", "99")
    await store.put("schema", "100")
    assert await store.get("schema") == "100"


async def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    first = ChatStore(url(tmp_path))
    await first.open()
    await first.set_cursor(HOME.key, 3)
    await first.first_time("telegram", "9")
    await first.put("schema", "99")
    await first.close()
    await first.close()
    second = ChatStore(url(tmp_path))
    await second.open()
    await second.open()
    assert await second.cursor(HOME.key) == 3
    assert not await second.first_time("telegram", "9")
    await second.close()


async def test_a_cancelled_call_still_completes(store: ChatStore) -> None:
    for steps in range(20):
        setting = asyncio.ensure_future(store.set_cursor(HOME.key, steps))
        await asyncio.sleep(0)
        for _ in range(steps):
            await asyncio.sleep(0)
        setting.cancel()
        await asyncio.gather(setting, return_exceptions=True)
        assert await store.cursor(HOME.key) == steps


async def test_it_shares_a_file_with_another_writer(tmp_path: Path) -> None:
    first, second = ChatStore(url(tmp_path)), ChatStore(url(tmp_path))
    await first.open()
    await second.open()
    told = await asyncio.gather(*(s.first_time("telegram", str(n)) for n in range(20) for s in (first, second)))
    assert sum(told) == 20
    await first.close()
    await second.close()


async def test_tables_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    store = ChatStore(url(tmp_path))
    await store.open()
    await store.close()
    with sqlite3.connect(tmp_path / "state" / "chat.db") as database:
        database.execute("UPDATE chat_values SET value = '2' WHERE key = 'schema'")
    database.close()
    with pytest.raises(Fatal, match="newer version"):
        await store.open()


async def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fatal, match="STATE_DIR"):
        await ChatStore(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'chat.db'}").open()
    (tmp_path / "broken.db").write_bytes(b"not a database" * 500)
    with pytest.raises(Fatal, match="check the disk"):
        await ChatStore(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}").open()
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        ChatStore("chat.db")


async def test_a_closed_store_says_so() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        await ChatStore("sqlite+aiosqlite:///:memory:").get("anything")
