"""Opens the store, makes sure that it belongs to this world, and assembles the configured one."""

from __future__ import annotations

from pathlib import Path

from trading.errors import Fatal
from trading.running import Running
from trading.settings import CoreSettings, Course
from trading.store.port import Store
from trading.store.sql import SqlStore
from trading.worlds.candles import candle_world
from trading.worlds.exchange import live_world, paper_world

WORLD_STAMP = "world"


async def open_world(settings: CoreSettings, course: Course) -> Running:
    """Open the store and assemble the configured world. Raises SettingsError, Fatal, Retryable, NeedsOperator."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    _require_own_folder(settings)
    store = SqlStore(settings.store_url)
    await store.open()
    try:
        await _stamp(store, settings)
        _folder_stamp(settings).write_text(_world_of(settings))
        if settings.mode == "live":
            return await live_world(settings, store)
        if settings.market == "exchange":
            return await paper_world(settings, store)
        return await candle_world(settings, store, course)
    except BaseException:
        await store.close()
        raise


async def _stamp(store: Store, settings: CoreSettings) -> None:
    """A database belongs to one world for ever: paper and live, real and simulated never mix."""
    mine = _world_of(settings)
    async with store.transaction() as tx:
        kept = await tx.meta(WORLD_STAMP)
        if kept is None:
            await tx.put_meta(WORLD_STAMP, mine)
        elif kept != mine:
            where = "The database of DATABASE_URL" if settings.database_url else str(settings.state_dir)
            setting = "DATABASE_URL" if settings.database_url else "STATE_DIR"
            raise Fatal(f"{where} holds a portfolio of another world ({kept}, not {mine}); set another {setting}.")


def _require_own_folder(settings: CoreSettings) -> None:
    """Exports, chat history and kept settings are in the folder even where the database is elsewhere."""
    stamp, mine = _folder_stamp(settings), _world_of(settings)
    kept = stamp.read_text().strip() if stamp.exists() else mine
    if kept != mine:
        raise Fatal(
            f"{settings.state_dir} holds a portfolio of another world ({kept}, not {mine}); set another STATE_DIR."
        )


def _folder_stamp(settings: CoreSettings) -> Path:
    return settings.state_dir / WORLD_STAMP


def _world_of(settings: CoreSettings) -> str:
    return f"{settings.mode} {settings.market} {settings.quote}"
