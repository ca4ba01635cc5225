"""What the chat must remember across restarts: cursors, sent messages, seen updates, refusals, the audit trail.

None of it is about money.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chatbot.message import Actor, Channel, MessageRef
from chatbot.store.connection import Keep, Result, Values, parse_url
from chatbot.store.engine import Engine
from chatbot.store.rows import (
    AUDIT_COLUMNS,
    STRANGER_COLUMNS,
    AuditEntry,
    Stranger,
    audit_entry_of,
    instant,
    message_of,
    place,
    speaker,
    stranger_of,
    user_of,
    writable,
)
from chatbot.store.tables import prepare_tables

__all__ = ["AuditEntry", "ChatStore", "Stranger"]

INBOX_SIZE = 100_000
"""Updates remembered; platforms repeat an update within a day, not after this many."""

STRANGERS = 10_000
"""People remembered as refused."""


class ChatStore:
    """The chat's memory in a SQLite file at `url`; "sqlite:///:memory:" forgets at close.

    A call that is cancelled still completes. A disk fault raises `Fatal`. What a call wrote is on the disk when it
    returns; where less is promised, the method says so.
    """

    def __init__(self, url: str) -> None:
        self._path = parse_url(url)
        self._engine: Engine | None = None

    async def open(self) -> None:
        """Create what is missing. Raises Fatal with one sentence when that cannot be done."""
        if self._engine is not None:
            return
        self._engine = Engine(self._path)
        try:
            await self._engine.open(prepare_tables)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Write what is still to be written, and release the file."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    async def cursor(self, channel_key: str) -> int | None:
        """The seq of the newest journal entry told on this channel; None for a new channel."""
        found = await self._read("SELECT seq FROM chat_cursors WHERE channel = ?", (channel_key,))
        return int(found.rows[0][0]) if found.rows else None

    async def set_cursor(self, channel_key: str, seq: int) -> None:
        await self._write("INSERT OR REPLACE INTO chat_cursors (channel, seq) VALUES (?, ?)", (channel_key, seq))

    async def remember_card(self, approval_id: str, message: MessageRef) -> None:
        """This message shows the approval's card; saying so twice is fine."""
        await self._write(
            "INSERT OR IGNORE INTO chat_cards (approval_id, platform, channel, message) VALUES (?, ?, ?, ?)",
            (approval_id, *place(message)),
        )

    async def cards(self, approval_id: str) -> Sequence[MessageRef]:
        """Where the approval's card stands, in the order in which it was sent."""
        found = await self._read(
            "SELECT platform, channel, message FROM chat_cards WHERE approval_id = ? ORDER BY position", (approval_id,)
        )
        return [message_of(*row) for row in found.rows]

    async def shown_by(self, message: MessageRef) -> Sequence[str]:
        """The cards that stand in this message."""
        sql = "SELECT approval_id FROM chat_cards WHERE platform = ? AND channel = ? AND message = ? ORDER BY position"
        return [str(row[0]) for row in (await self._read(sql, place(message))).rows]

    async def remember_sent(self, channel_key: str, seq: int, message: MessageRef) -> None:
        """This message told the journal entry `seq`."""
        await self._write(
            "INSERT OR REPLACE INTO chat_sent (channel_key, seq, platform, channel, message) VALUES (?, ?, ?, ?, ?)",
            (channel_key, seq, *place(message)),
        )

    async def sent(self, channel_key: str, seq: int) -> MessageRef | None:
        found = await self._read(
            "SELECT platform, channel, message FROM chat_sent WHERE channel_key = ? AND seq = ?", (channel_key, seq)
        )
        return message_of(*found.rows[0]) if found.rows else None

    async def first_time(self, platform: str, update_id: str) -> bool:
        """True once per update, ever: an update that is delivered again is not acted on again."""
        return await self._is_new(platform, update_id, Keep.POWER_LOSS)

    async def first_reading(self, platform: str, update_id: str) -> bool:
        """As `first_time`, for what only reads: after a power failure it may be answered again, which harms nobody."""
        return await self._is_new(platform, update_id, Keep.KILLED)

    async def prune_inbox(self, keep: int = INBOX_SIZE) -> None:
        """Forget all but the newest `keep` updates, and all but the newest strangers."""
        await self._write(
            "DELETE FROM chat_inbox WHERE position <= (SELECT max(position) FROM chat_inbox) - ?", (keep,)
        )
        await self._write(
            "DELETE FROM chat_refused WHERE rowid IN "
            "(SELECT rowid FROM chat_refused ORDER BY last_at DESC LIMIT -1 OFFSET ?)",
            (STRANGERS,),
        )

    async def note_refused(self, actor: Actor, channel: Channel, at: datetime) -> bool:
        """True when this person was never refused before: one polite refusal, then silence."""
        now = instant(at)
        found = await self._write(
            f"INSERT INTO chat_refused ({STRANGER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) "
            "ON CONFLICT DO UPDATE SET user_name = excluded.user_name, suspect = excluded.suspect, "
            "channel_platform = excluded.channel_platform, channel = excluded.channel, last_at = excluded.last_at, "
            "tries = tries + 1 RETURNING tries",
            (*speaker(actor, channel), now, now),
        )
        return bool(found.rows[0][0] == 1)

    async def strangers(self) -> Sequence[Stranger]:
        """Everybody who was refused and not forgotten, the newest first."""
        found = await self._read(f"SELECT {STRANGER_COLUMNS} FROM chat_refused ORDER BY last_at DESC")
        return [stranger_of(*row) for row in found.rows]

    async def forget_stranger(self, actor_key: str) -> None:
        """`actor_key` ("telegram:7") is refused no longer, or is to be refused aloud again."""
        await self._write("DELETE FROM chat_refused WHERE platform = ? AND user_id = ?", user_of(actor_key))

    async def record_audit(
        self, at: datetime, actor: Actor, channel: Channel, action: str, outcome: str, shown: str = ""
    ) -> None:
        """Kept within a second, in order, and before anything that is written after it."""
        self._opened().defer(
            f"INSERT INTO chat_audit ({AUDIT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (instant(at), *speaker(actor, channel), writable(action), writable(outcome), writable(shown)),
        )

    async def audit(self, limit: int, user: str | None = None) -> Sequence[AuditEntry]:
        """The newest `limit` entries, oldest first; only those of `user` (an Actor's key) where one is given."""
        condition, values = ("WHERE platform = ? AND user_id = ?", user_of(user)) if user is not None else ("", ())
        found = await self._read(
            f"SELECT {AUDIT_COLUMNS} FROM chat_audit {condition} ORDER BY position DESC LIMIT ?", (*values, limit)
        )
        return [audit_entry_of(*row) for row in reversed(found.rows)]

    async def get(self, key: str) -> str | None:
        """A small document that the chat keeps for itself."""
        found = await self._read("SELECT value FROM chat_values WHERE key = ?", (_own(key),))
        return str(found.rows[0][0]) if found.rows else None

    async def put(self, key: str, value: str) -> None:
        await self._write("INSERT OR REPLACE INTO chat_values (key, value) VALUES (?, ?)", (_own(key), value))

    async def delete(self, key: str) -> None:
        """Forget the document; one that does not exist is fine."""
        await self._write("DELETE FROM chat_values WHERE key = ?", (_own(key),))

    async def _is_new(self, platform: str, update_id: str, keep: Keep) -> bool:
        added = await self._opened().run(
            "INSERT OR IGNORE INTO chat_inbox (platform, update_id) VALUES (?, ?)", (platform, update_id), keep
        )
        return added.changed > 0

    async def _read(self, sql: str, values: Values = ()) -> Result:
        return await self._opened().run(sql, values)

    async def _write(self, sql: str, values: Values) -> Result:
        return await self._opened().run(sql, values, Keep.POWER_LOSS)

    def _opened(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the chat store is not open; await open() first")
        return self._engine


def _own(key: str) -> str:
    # The table's schema number lives beside the settings; no setting can overwrite it.
    return f"setting:{key}"
