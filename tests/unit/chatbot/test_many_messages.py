"""A chat that runs for months: messages leave rows on the disk and nothing in memory."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from chatbot.message import Actor
from chatbot.store.chat_store import ChatStore
from tests.unit.chatbot.conftest import OWNER, Chat, build_chat

MESSAGES = 1_000
AT_ONCE = 20
STRANGER = Actor("telegram", "666", "mallory")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[list[EventDict]]:
    """Log entries, kept in memory."""
    with capture_logs() as entries:
        yield entries


@dataclass(frozen=True, slots=True)
class Held:
    """What a program holds: objects, open files, threads, and tasks of the loop."""

    objects: int
    files: int
    threads: int
    tasks: int


def held() -> Held:
    gc.collect()
    files = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    return Held(len(gc.get_objects()), files, threading.active_count(), len(asyncio.all_tasks()))


def forget(chat: Chat, entries: list[EventDict]) -> None:
    """What only the tests keep: log entries, and what the desk was asked."""
    entries.clear()
    chat.desk.calls.clear()


async def talk(chat: Chat, first: int, messages: int) -> None:
    """Statuses, questions, repeats, strangers and orders to stop, twenty at a time."""
    texts = ("/status", "how are we doing?", "/halt", "/status please", "/nonsense")
    for start in range(first, first + messages, AT_ONCE):
        await asyncio.gather(
            *(
                chat.say(texts[n % 5], STRANGER if n % 10 == 3 else OWNER, update_id=f"u{n - n % 7 // 6}")
                for n in range(start, start + AT_ONCE)
            )
        )


async def test_thousands_of_messages_leave_nothing_in_memory(
    tmp_path: Path, scale: int, _quiet: list[EventDict]
) -> None:
    store = ChatStore(f"sqlite:///{tmp_path / 'chat.db'}")
    await store.open()
    chat = build_chat(store=store)
    await talk(chat, 0, MESSAGES)
    forget(chat, _quiet)
    before, total = held(), MESSAGES * (1 + scale)
    await talk(chat, MESSAGES, total - MESSAGES)
    forget(chat, _quiet)
    after = held()
    assert after.objects - before.objects < MESSAGES * scale / 20, Counter(map(type, gc.get_objects())).most_common(9)
    assert (after.files, after.threads, after.tasks) == (before.files, before.threads, before.tasks)
    await store.close()
    assert stored(tmp_path, "chat_inbox") == stored(tmp_path, "chat_audit") == total - repeats(total)


def repeats(total: int) -> int:
    """How many updates came a second time."""
    return sum(n % 7 == 6 for n in range(total))


def stored(folder: Path, table: str) -> int:
    database = sqlite3.connect(folder / "chat.db")
    (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    database.close()
    return int(count)
