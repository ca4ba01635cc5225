"""What survives a crash: the committed tables of the memory store."""

from __future__ import annotations

from trading.store.memory import MemoryStore
from trading.store.memory_tables import MemoryTables


class Disk:
    """Tables that outlive every process that opens them."""

    def __init__(self, tables: MemoryTables | None = None) -> None:
        self.tables = tables or MemoryTables()

    def mounted(self) -> MemoryStore:
        """The store of a process that has just started; of what was not committed nothing is left."""
        store = MemoryStore()
        store._state.tables = self.tables
        return store

    def save(self, store: MemoryStore) -> None:
        """What `store` has committed is what the next process finds."""
        store._state.roll_back()
        self.tables = store._state.tables

    def copy(self) -> Disk:
        return Disk(self.tables.copy())
