"""Alembic's entry: runs the revisions on the connection and in the transaction that the store hands over."""

from __future__ import annotations

from alembic import context

from trading.store.tables import metadata

# transactional_ddl: the store begins its SQLite transactions itself, so tables do roll back there.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
