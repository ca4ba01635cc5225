"""The chat's own tables. Times are ISO text in UTC; `position` is the order of insertion."""

from __future__ import annotations

import sqlite3

from trading.errors import Fatal

SCHEMA = 2
"""Raised whenever a table changes; stored beside the tables, so that an older program refuses a newer database."""

_REFUSED = """
    CREATE TABLE IF NOT EXISTS chat_refused (
        platform TEXT NOT NULL,
        user_id TEXT NOT NULL,
        user_name TEXT NOT NULL,
        suspect TEXT NOT NULL,
        channel_platform TEXT NOT NULL,
        channel TEXT NOT NULL,
        first_at TEXT NOT NULL,
        last_at TEXT NOT NULL,
        tries INTEGER NOT NULL,
        PRIMARY KEY (platform, user_id)
    )
"""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS chat_values (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS chat_cursors (channel TEXT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL)",
    """
    CREATE TABLE IF NOT EXISTS chat_cards (
        position INTEGER NOT NULL PRIMARY KEY,
        approval_id TEXT NOT NULL,
        platform TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        UNIQUE (approval_id, platform, channel, message)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS chat_sent (
        channel_key TEXT NOT NULL,
        seq BIGINT NOT NULL,
        platform TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (channel_key, seq)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS chat_inbox (
        position INTEGER NOT NULL PRIMARY KEY,
        platform TEXT NOT NULL,
        update_id TEXT NOT NULL,
        UNIQUE (platform, update_id)
    )
    """,
    _REFUSED,
    """
    CREATE TABLE IF NOT EXISTS chat_audit (
        position INTEGER NOT NULL PRIMARY KEY,
        at TEXT NOT NULL,
        platform TEXT NOT NULL,
        user_id TEXT NOT NULL,
        user_name TEXT NOT NULL,
        suspect TEXT NOT NULL,
        channel_platform TEXT NOT NULL,
        channel TEXT NOT NULL,
        action TEXT NOT NULL,
        outcome TEXT NOT NULL,
        shown TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX IF NOT EXISTS chat_audit_of_user ON chat_audit (platform, user_id)",
)

_UPGRADES = {
    1: (
        "ALTER TABLE chat_audit ADD COLUMN shown TEXT NOT NULL DEFAULT ''",
        # Who was refused, when and how often stands in the audit trail.
        "DROP TABLE chat_refused",
        _REFUSED,
        """
        INSERT INTO chat_refused
            SELECT platform, user_id, user_name, suspect, channel_platform, channel, min(at), max(at), count(*)
            FROM chat_audit WHERE outcome LIKE 'denied%' GROUP BY platform, user_id
        """,
    ),
}
"""What brings the tables of an older schema to the next one."""


def prepare_tables(connection: sqlite3.Connection) -> None:
    """Create what is missing and upgrade what is older. Raises Fatal when a newer program made the tables."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'chat_values'").fetchone():
        _run(connection, _TABLES)
    else:
        _upgrade(connection)
    connection.execute("INSERT OR REPLACE INTO chat_values VALUES ('schema', ?)", (str(SCHEMA),))


def _upgrade(connection: sqlite3.Connection) -> None:
    (stored,) = connection.execute("SELECT value FROM chat_values WHERE key = 'schema'").fetchone()
    if int(stored) > SCHEMA:
        raise Fatal(
            "The chat's tables were written by a newer version of Purser; update the program, or point STATE_DIR at "
            "another folder."
        )
    for schema in range(int(stored), SCHEMA):
        _run(connection, _UPGRADES[schema])
    _run(connection, _TABLES)


def _run(connection: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(statement)
