"""Brings a database to the schema this program speaks, or says why that cannot be."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from trading.errors import Fatal
from trading.store.migrations import HEAD
from trading.store.sql_faults import DatabaseFault, damaged

_MIGRATIONS = Path(__file__).parent / "migrations"


def check_integrity(connection: Connection, database: str) -> None:
    """Raise Fatal when SQLite finds its file damaged."""
    if connection.dialect.name != "sqlite":
        return
    findings = connection.exec_driver_sql("PRAGMA quick_check").scalars().all()
    if findings != ["ok"]:
        raise DatabaseFault(damaged(database, findings[0]))


def migrate(connection: Connection, database: str) -> None:
    """Run the missing revisions in the connection's transaction."""
    if current_revision(connection) == HEAD:
        return
    # Alembic is only needed for a new or an old database; most starts never import it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as unknown:
        raise Fatal(
            f"The database {database} was written by a newer version of Purser; update the program, or point "
            "DATABASE_URL at another database."
        ) from unknown


def current_revision(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision
