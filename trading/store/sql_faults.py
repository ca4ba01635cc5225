"""A database's errors in the caller's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from trading.errors import Fatal
from trading.store.backup_files import repair_advice

# What SQLite says, and what the person at the machine can do about it.
_ADVICE = {
    "full": "the disk is full; free some space and start again",
    "locked": "another program holds it; stop that program and start again",
    "readonly": "it cannot be written; make the file and its folder writable and start again",
    "unable to open": "it cannot be opened; make the file and its folder writable and start again",
    "i/o error": "reading or writing failed; check the disk and its free space, then start again",
}
_DAMAGE = ("malformed", "not a database")


class DatabaseFault(Fatal):
    """The machine or the server failed the database; what was being written may be lost."""


@contextmanager
def faults_are_fatal(database: str) -> Iterator[None]:
    """Raise `DatabaseFault` for what the machine or the server did wrong.

    Broken constraints and wrong statements pass through: they are about the facts, not about the machine.
    """
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (DBAPIError, OSError) as fault:
        raise DatabaseFault(explain(database, fault)) from fault


def explain(database: str, fault: Exception) -> str:
    """One sentence: which database, what happened, what to do."""
    said = str(fault.orig if isinstance(fault, DBAPIError) else fault)
    if any(sign in said.lower() for sign in _DAMAGE):
        return damaged(database, said)
    for sign, advice in _ADVICE.items():
        if sign in said.lower():
            return f"The database {database} stopped working: {advice} (it said: {said})."
    return f"The database {database} stopped working: check that it is there and reachable (it said: {said})."


def damaged(database: str, said: str) -> str:
    """The sentence about a damaged SQLite file, naming the newest backup."""
    return f"The database {database} is damaged ({said}); {repair_advice(database)}."
