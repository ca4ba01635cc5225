"""What the chat must remember across restarts: cursors, sent messages, seen updates, refusals, the audit trail.

Its tables start with `chat_` and may share a database with the core's. None of it is about money.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chatbot.message import Actor, Channel, MessageRef
from chatbot.store_engine import create_engine, create_tables, faults_are_fatal, parse_url
from chatbot.tables import audit, cards, cursors, inbox, refused, sent, values

T = TypeVar("T")

INBOX_SIZE = 100_000
"""Updates remembered; platforms repeat an update within a day, not after this many."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who asked for what, where, and what came of it. `at` is aware UTC."""

    at: datetime
    actor: Actor
    channel: Channel
    action: str
    outcome: str


class ChatStore:
    """The chat's memory at `url`; `sqlite+aiosqlite:///:memory:` forgets at close.

    A call that is cancelled still completes. A disk fault raises `Fatal`.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine: AsyncEngine | None = None
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Create what is missing. Raises Fatal with one sentence when that cannot be done."""
        if self._engine is None:
            self._engine = create_engine(self._url)
            try:
                await self._run(lambda connection: connection.run_sync(create_tables))
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        async with self._one_at_a_time:
            engine, self._engine = self._engine, None
            if engine is not None:
                await engine.dispose()

    async def cursor(self, channel_key: str) -> int | None:
        """The seq of the newest journal entry told on this channel; None for a new channel."""
        row = await self._one(select(cursors.c.seq).where(cursors.c.channel == channel_key))
        return None if row is None else int(row.seq)

    async def set_cursor(self, channel_key: str, seq: int) -> None:
        await self._put(cursors, {"channel": channel_key, "seq": seq})

    async def remember_card(self, approval_id: str, message: MessageRef) -> None:
        """This message shows the approval's card; saying so twice is fine."""
        await self._add_once(cards, {"approval_id": approval_id} | _message_row(message))

    async def cards(self, approval_id: str) -> Sequence[MessageRef]:
        """Where the approval's card stands, in the order in which it was sent."""
        statement = select(cards).where(cards.c.approval_id == approval_id).order_by(cards.c.position)
        return [_message_of(row) for row in await self._rows(statement)]

    async def remember_sent(self, channel_key: str, seq: int, message: MessageRef) -> None:
        """This message told the journal entry `seq`."""
        await self._put(sent, {"channel_key": channel_key, "seq": seq} | _message_row(message))

    async def sent(self, channel_key: str, seq: int) -> MessageRef | None:
        row = await self._one(select(sent).where((sent.c.channel_key == channel_key) & (sent.c.seq == seq)))
        return None if row is None else _message_of(row)

    async def first_time(self, platform: str, update_id: str) -> bool:
        """True once per update, ever: an update that is delivered again is not acted on again."""
        return await self._add_once(inbox, {"platform": platform, "update_id": update_id})

    async def prune_inbox(self, keep: int = INBOX_SIZE) -> None:
        """Forget all but the newest `keep` updates."""
        newest = select(func.max(inbox.c.position)).scalar_subquery()
        await self._run(lambda connection: connection.execute(delete(inbox).where(inbox.c.position <= newest - keep)))

    async def note_refused(self, platform: str, user_id: str) -> bool:
        """True when this person was never refused before: one polite refusal, then silence."""
        return await self._add_once(refused, {"platform": platform, "user_id": user_id})

    async def record_audit(self, at: datetime, actor: Actor, channel: Channel, action: str, outcome: str) -> None:
        row = {
            "at": at.astimezone(UTC).isoformat(),
            "platform": actor.platform,
            "user_id": actor.id,
            "user_name": actor.name,
            "suspect": actor.suspect,
            "channel_platform": channel.platform,
            "channel": channel.id,
            "action": action,
            "outcome": outcome,
        }
        await self._run(lambda connection: connection.execute(insert(audit).values(row)))

    async def audit(self, limit: int) -> Sequence[AuditEntry]:
        """The newest `limit` entries, oldest first."""
        found = await self._rows(select(audit).order_by(audit.c.position.desc()).limit(limit))
        return [_audit_entry(row) for row in reversed(found)]

    async def get(self, key: str) -> str | None:
        """A small setting that the chat keeps for itself."""
        row = await self._one(select(values.c.value).where(values.c.key == _own(key)))
        return None if row is None else str(row.value)

    async def put(self, key: str, value: str) -> None:
        await self._put(values, {"key": _own(key), "value": value})

    async def _one(self, statement: Select[Any]) -> Row[Any] | None:
        rows = await self._rows(statement)
        return rows[0] if rows else None

    async def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        found: Sequence[Row[Any]] = (await self._run(lambda connection: connection.execute(statement))).all()
        return found

    async def _add_once(self, table: Table, row: dict[str, Any]) -> bool:
        """Insert unless it is there. True when it was inserted."""
        statement = self._insert(table).values(row).on_conflict_do_nothing()
        return bool((await self._run(lambda connection: connection.execute(statement))).rowcount)

    async def _put(self, table: Table, row: dict[str, Any]) -> None:
        """Insert, or replace the row with the same primary key."""
        key = [column.name for column in table.primary_key]
        statement = self._insert(table).values(row).on_conflict_do_update(index_elements=key, set_=row)
        await self._run(lambda connection: connection.execute(statement))

    def _insert(self, table: Table) -> Any:
        """The dialect's own insert: both know ON CONFLICT, standard SQL does not."""
        return sqlite.insert(table) if self._url.get_backend_name() == "sqlite" else postgresql.insert(table)

    async def _run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """`work` in a transaction of its own, completed even when the caller is cancelled meanwhile."""
        running = asyncio.ensure_future(self._transact(work))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await asyncio.shield(running)

    async def _transact(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._one_at_a_time:
            if self._engine is None:
                raise RuntimeError("the chat store is not open; await open() first")
            with faults_are_fatal(self._url.render_as_string(hide_password=True)):
                async with self._engine.begin() as connection:
                    return await work(connection)


def _own(key: str) -> str:
    # The table's schema number lives beside the settings; no setting can overwrite it.
    return f"setting:{key}"


def _message_row(message: MessageRef) -> dict[str, str]:
    return {"platform": message.channel.platform, "channel": message.channel.id, "message": message.id}


def _message_of(row: Row[Any]) -> MessageRef:
    return MessageRef(Channel(row.platform, row.channel), row.message)


def _audit_entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        at=datetime.fromisoformat(row.at),
        actor=Actor(row.platform, row.user_id, row.user_name, row.suspect),
        channel=Channel(row.channel_platform, row.channel),
        action=row.action,
        outcome=row.outcome,
    )
