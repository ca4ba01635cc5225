"""One running instance per state directory, and where to reach it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from trading.errors import Fatal

LOCK = "lock"
ADDRESS = "running.json"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running instance listens, and the token that opens it."""

    url: str
    token: str


class Instance:
    """Holds the state directory for one process; the lock goes with the process, however that ends."""

    def __init__(self, state_dir: Path) -> None:
        self._dir = state_dir
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._dir.mkdir(parents=True, exist_ok=True)
            self._file = (self._dir / LOCK).open("a")
        except OSError as fault:
            why = f"The state directory {self._dir} cannot be used ({fault.strerror})"
            raise Fatal(f"{why}; make it a writable folder, or set STATE_DIR.") from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise Fatal(f"Another Purser is running on {self._dir}; stop it first, or set another STATE_DIR.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        (self._dir / ADDRESS).unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()

    def publish(self, address: Address) -> None:
        """Tell the command line where to reach us; only this user may read it."""
        # Written aside and moved: whoever looks finds a whole file or none.
        fresh = self._dir / f"{ADDRESS}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(address), file)
        fresh.replace(self._dir / ADDRESS)


def running_at(state_dir: Path) -> Address | None:
    """Where the instance on `state_dir` listens; None when none runs there."""
    path = state_dir / ADDRESS
    if not path.exists() or not _locked(state_dir / LOCK):
        return None
    try:
        return Address(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        return None  # Not written by us: whoever runs there says so when the lock is asked for.


def _locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
