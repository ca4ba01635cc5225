"""The database: whether it opens, is whole, and belongs to the configured world. It is only read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from trading.doctor.findings import Finding, fail, note, ok
from trading.errors import Fatal
from trading.exchange.credentials import NONCE_MARK
from trading.settings import CoreSettings
from trading.store.sql_engine import label, parse_url, reader_engine
from trading.store.sql_faults import faults_are_fatal
from trading.store.sql_queries import SqlQueries
from trading.store.sql_schema import check_integrity, current_revision

WORLD = "world"
LIVE_CONFIRMED = "live_confirmed"
_KEPT = (WORLD, LIVE_CONFIRMED, NONCE_MARK)


@dataclass(frozen=True, slots=True)
class Books:
    """What was found, and the notes kept in the database."""

    findings: Sequence[Finding]
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def nonce_mark(self) -> int:
        """No larger nonce was used with the key so far."""
        mark = self.kept.get(NONCE_MARK, "0")
        return int(mark) if mark.isdecimal() else 0

    @property
    def confirmation(self) -> Mapping[str, Any] | None:
        """Who confirmed LIVE, where and when; None when nobody did."""
        try:
            told = json.loads(self.kept.get(LIVE_CONFIRMED, ""))
        except ValueError:
            return None
        return told if isinstance(told, dict) else None


async def check_books(settings: CoreSettings) -> Books:
    """A database that does not exist yet is no fault, and is not made."""
    try:
        url = parse_url(settings.store_url)
        is_new = url.get_backend_name() == "sqlite" and not await asyncio.to_thread(Path(str(url.database)).exists)
        if is_new:
            return Books([ok("Database", "none yet; the first start makes it.")])
        async with _opened(settings.store_url) as connection:
            await connection.run_sync(check_integrity, label(url))
            is_empty = await connection.run_sync(_is_empty)
            kept = {} if is_empty else await _kept(connection, label(url))
    except (Fatal, SQLAlchemyError) as error:
        return Books([fail("Database", str(error).splitlines()[0])])
    if is_empty:
        return Books([note("Database", "it is empty; the first start fills it.")])
    return Books([ok("Database", "opens and is whole."), _world(settings, kept.get(WORLD))], kept)


def check_confirmation(books: Books) -> Finding:
    """LIVE needs somebody's typed word, once per portfolio."""
    told = books.confirmation
    if told is None:
        return fail("Confirmation", "nobody has confirmed LIVE; start with main.py run, then type /live in chat.")
    return ok("Confirmation", f"LIVE confirmed by {told.get('by')} on {told.get('on')}, {str(told.get('at'))[:16]}.")


def _world(settings: CoreSettings, kept: str | None) -> Finding:
    mine = [settings.mode, settings.market, settings.quote]
    if kept is not None and kept.split()[: len(mine)] != mine:
        return fail(
            "World",
            f"{settings.state_dir} holds a portfolio of another one ({kept}, not {' '.join(mine)}); set STATE_DIR.",
        )
    return ok("World", " ".join(mine))


@asynccontextmanager
async def _opened(store_url: str) -> AsyncIterator[AsyncConnection]:
    url = parse_url(store_url)
    engine = reader_engine(url)
    try:
        with faults_are_fatal(label(url)):
            async with engine.connect() as connection:
                yield connection
    finally:
        await engine.dispose()


def _is_empty(connection: Connection) -> bool:
    return current_revision(connection) is None


async def _kept(connection: AsyncConnection, database: str) -> Mapping[str, str]:
    queries = SqlQueries(connection, database)
    values = [(key, await queries.meta(key)) for key in _KEPT]
    return {key: value for key, value in values if value is not None}
