"""Keeps a service of the chat's edge alive: restarted with growing pauses, and never able to hurt its neighbours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from trading.clock import Clock
from trading.errors import Fatal, Retryable

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
FATAL_PAUSE = 300.0
_STEADY = 60.0
"""A service that ran for so many seconds starts again with the first pause."""

log = structlog.get_logger(__name__)


async def keep_running(name: str, service: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Run `service`, and again whenever it fails, until it ends by itself.

    A Fatal failure needs a person (a wrong token): it is logged once, and tried again only every five minutes.
    """
    pause, told = FIRST_PAUSE, ""
    while True:
        began = clock.monotonic()
        try:
            await service()
            return
        except Fatal as error:
            if str(error) != told:
                log.error("service stopped", service=name, why=str(error), again_in=FATAL_PAUSE)
            told = str(error)
            await clock.sleep(FATAL_PAUSE)
        except Exception as error:
            pause = FIRST_PAUSE if clock.monotonic() - began >= _STEADY else pause
            log.warning("service failed", service=name, why=_why(error), again_in=pause, exc_info=_defect(error))
            await clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _defect(error: Exception) -> Exception | None:
    """A lost connection is told in a line; anything else with its traceback."""
    return None if isinstance(error, (Retryable, OSError)) else error


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
