"""What a crash prints: the traceback, without secrets."""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType

from trading.redaction import Redaction


def crash_without_secrets(redaction: Redaction) -> None:
    """What ends the program or one of its threads prints its traceback with every known secret hidden."""

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        sys.stderr.write(redaction("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = told
    threading.excepthook = lambda crash: told(crash.exc_type, crash.exc_value, crash.exc_traceback)
    sys.unraisablehook = lambda crash: told(crash.exc_type, crash.exc_value, crash.exc_traceback)
