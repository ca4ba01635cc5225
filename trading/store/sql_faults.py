"""A database's errors in the caller's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from trading.errors import Fatal

# What SQLite says, and what the person at the machine can do about it.
_ADVICE = {
    "full": "the disk is full; free some space and start again",
    "malformed": "the file is damaged; restore a backup, or move it aside to start with an empty one",
    "not a database": "the file is damaged; restore a backup, or move it aside to start with an empty one",
    "locked": "another program holds it; stop that program and start again",
    "readonly": "it cannot be written; make the file and its folder writable and start again",
    "unable to open": "it cannot be opened; make the file and its folder writable and start again",
    "i/o error": "reading or writing failed; check the disk and its free space, then start again",
}


@contextmanager
def faults_are_fatal(database: str) -> Iterator[None]:
    """Raise `Fatal` for what the machine or the server did wrong.

    Broken constraints and wrong statements pass through: they are about the facts, not about the machine.
    """
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (DBAPIError, OSError) as fault:
        raise Fatal(explain(database, fault)) from fault


def explain(database: str, fault: Exception) -> str:
    """One sentence: which database, what happened, what to do."""
    said = str(fault.orig if isinstance(fault, DBAPIError) else fault)
    for sign, advice in _ADVICE.items():
        if sign in said.lower():
            return f"The database {database} stopped working: {advice} (it said: {said})."
    return f"The database {database} stopped working: check that it is there and reachable (it said: {said})."
