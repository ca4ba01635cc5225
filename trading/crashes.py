"""What ends the program prints: one sentence for a failure that we know, else the traceback without secrets."""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType

from trading.errors import Fatal, PurserError
from trading.redaction import Redaction


def crash_without_secrets(redaction: Redaction) -> None:
    """What ends the program or one of its threads prints its traceback with every known secret hidden."""

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stderr.write(redaction("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = told
    threading.excepthook = lambda crash: told(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: told(crash.exc_type, crash.exc_value, crash.exc_traceback)


def known_failure(error: BaseException) -> PurserError | None:
    """The failure behind `error` whose sentence people are told; None for a defect, which they are not spared."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, OSError) and error.filename:
        return Fatal(f"{error.filename} cannot be used ({error.strerror}); make it writable, or set STATE_DIR.")
    return error if isinstance(error, PurserError) else None
