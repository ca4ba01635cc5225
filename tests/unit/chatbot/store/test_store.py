"""What the chat remembers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from chatbot.message import Actor, Channel, MessageRef
from chatbot.store.chat_store import AuditEntry, ChatStore, Stranger
from trading.errors import Fatal, SettingsError

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOME = Channel("telegram", "-100")
ANA = Actor("telegram", "7", "ana")

FIRST_SCHEMA = """
    CREATE TABLE chat_values (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
    INSERT INTO chat_values VALUES ('schema', '1'), ('setting:kept', 'yes');
    CREATE TABLE chat_inbox (position INTEGER NOT NULL PRIMARY KEY, platform TEXT NOT NULL, update_id TEXT NOT NULL,
        UNIQUE (platform, update_id));
    INSERT INTO chat_inbox VALUES (1, 'telegram', '9');
    CREATE TABLE chat_refused (platform TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (platform, user_id));
    INSERT INTO chat_refused VALUES ('telegram', '666');
    CREATE TABLE chat_audit (position INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, platform TEXT NOT NULL,
        user_id TEXT NOT NULL, user_name TEXT NOT NULL, suspect TEXT NOT NULL, channel_platform TEXT NOT NULL,
        channel TEXT NOT NULL, action TEXT NOT NULL, outcome TEXT NOT NULL);
    INSERT INTO chat_audit VALUES
        (1, '2025-01-01T00:00:00+00:00', 'telegram', '666', 'mal', '', 'telegram', '-100', '/start', 'denied'),
        (2, '2025-01-01T01:00:00+00:00', 'telegram', '666', 'mal', '', 'telegram', '-100', 'hi', 'denied'),
        (3, '2025-01-01T02:00:00+00:00', 'telegram', '7', 'ana', '', 'telegram', '-100', '/halt', 'ok');
"""


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'state' / 'chat.db'}"


def actions_in(folder: Path) -> list[str]:
    """The audited actions that another program would find now."""
    database = sqlite3.connect(folder / "state" / "chat.db")
    found = [action for (action,) in database.execute("SELECT action FROM chat_audit ORDER BY position")]
    database.close()
    return found


def write_first_schema(folder: Path) -> None:
    """A database of the first release: no times of strangers, and nothing shown."""
    (folder / "state").mkdir()
    database = sqlite3.connect(folder / "state" / "chat.db")
    database.executescript(FIRST_SCHEMA)
    database.close()


@pytest.fixture(params=["file", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ChatStore]:
    store = ChatStore(url(tmp_path) if request.param == "file" else "sqlite:///:memory:")
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
    mallory, namesake = Actor("telegram", "666", "m"), Actor("discord", "666", "m")
    assert await store.note_refused(mallory, HOME, NOW)
    assert not await store.note_refused(mallory, HOME, NOW)
    assert await store.note_refused(namesake, HOME, NOW)


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
        database.execute("UPDATE chat_values SET value = '3' WHERE key = 'schema'")
    database.close()
    with pytest.raises(Fatal, match="newer version"):
        await store.open()


async def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Fatal, match="STATE_DIR"):
        await ChatStore(f"sqlite:///{tmp_path / 'file' / 'chat.db'}").open()
    (tmp_path / "broken.db").write_bytes(b"not a database" * 500)
    with pytest.raises(Fatal, match="check the disk"):
        await ChatStore(f"sqlite:///{tmp_path / 'broken.db'}").open()
    for address in ("chat.db", "sqlite:///", "postgresql://host/db"):
        with pytest.raises(SettingsError, match="sqlite:///"):
            ChatStore(address)


async def test_a_closed_store_says_so() -> None:
    with pytest.raises(RuntimeError, match="not open"):
        await ChatStore("sqlite:///:memory:").get("anything")


async def test_a_question_is_new_once_too(store: ChatStore) -> None:
    assert await store.first_reading("telegram", "9")
    assert not await store.first_reading("telegram", "9")
    assert not await store.first_time("telegram", "9")


async def test_strangers_are_listed_with_their_tries_and_can_be_forgotten(store: ChatStore) -> None:
    mallory, eve = Actor("telegram", "666", "mal"), Actor("discord", "8", "eve", "bot")
    await store.note_refused(mallory, HOME, NOW)
    await store.note_refused(eve, Channel("discord", "4"), NOW + timedelta(minutes=1))
    renamed = Actor("telegram", "666", "mallory")
    await store.note_refused(renamed, Channel("telegram", "-200"), NOW + timedelta(minutes=2))
    assert await store.strangers() == [
        Stranger(renamed, Channel("telegram", "-200"), NOW, NOW + timedelta(minutes=2), 2),
        Stranger(eve, Channel("discord", "4"), NOW + timedelta(minutes=1), NOW + timedelta(minutes=1), 1),
    ]
    await store.forget_stranger(mallory.key)
    assert [stranger.actor for stranger in await store.strangers()] == [eve]
    assert await store.note_refused(mallory, HOME, NOW)


async def test_the_audit_trail_of_one_person_holds_nobody_elses_entries(store: ChatStore) -> None:
    namesake = Actor("discord", "7", "ana")
    for n in range(3):
        await store.record_audit(NOW, ANA, HOME, f"/{n}", "ok", "Equity $10")
        await store.record_audit(NOW, namesake, HOME, f"/{n}", "ok")
    assert await store.audit(2, ANA.key) == [AuditEntry(NOW, ANA, HOME, f"/{n}", "ok", "Equity $10") for n in (1, 2)]


async def test_half_a_surrogate_pair_does_not_keep_an_entry_out(store: ChatStore) -> None:
    await store.record_audit(NOW, ANA, HOME, "hi \ud83d", "ok")
    await store.record_audit(NOW, ANA, HOME, "/pause", "done")
    assert [entry.action for entry in await store.audit(2)] == ["hi ?", "/pause"]


async def test_a_document_is_kept_until_it_is_deleted(store: ChatStore) -> None:
    await store.put("people", "{}")
    await store.delete("people")
    await store.delete("people")
    assert await store.get("people") is None


async def test_what_was_audited_is_on_the_disk_before_anything_that_comes_after_it(tmp_path: Path) -> None:
    store = ChatStore(url(tmp_path))
    await store.open()
    for n in range(5):
        await store.record_audit(NOW, ANA, HOME, f"/{n}", "ok")
    await store.first_time("telegram", "9")
    # Another connection sees only what is committed.
    assert actions_in(tmp_path) == [f"/{n}" for n in range(5)]
    await store.close()


async def test_what_was_audited_last_is_written_at_the_close(tmp_path: Path) -> None:
    store = ChatStore(url(tmp_path))
    await store.open()
    await store.record_audit(NOW, ANA, HOME, "/halt", "done")
    await store.close()
    assert actions_in(tmp_path) == ["/halt"]


async def test_tables_of_the_first_schema_are_upgraded_with_what_the_trail_knows(tmp_path: Path) -> None:
    write_first_schema(tmp_path)
    store = ChatStore(url(tmp_path))
    await store.open()
    mallory, then = Actor("telegram", "666", "mal"), datetime(2025, 1, 1, tzinfo=UTC)
    assert await store.strangers() == [Stranger(mallory, HOME, then, then + timedelta(hours=1), 2)]
    assert [(entry.action, entry.shown) for entry in await store.audit(3)] == [
        ("/start", ""),
        ("hi", ""),
        ("/halt", ""),
    ]
    assert not await store.first_time("telegram", "9")
    assert await store.get("kept") == "yes"
    await store.record_audit(NOW, ANA, HOME, "/status", "ok", "shown now")
    assert (await store.audit(1))[0].shown == "shown now"
    await store.close()
