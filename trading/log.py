"""Logging: structured lines in a file, warnings on the terminal, secrets in neither."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

HIDDEN = "•••"
_QUIET = (
    "httpx",
    "httpcore",
    "httpx2",
    "telegram",
    "discord",
    "openai",
    "apscheduler",
    "ccxt",
    "matplotlib",
    "uvicorn",
)


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would break a line, steer the terminal that shows it, or cannot be written."""


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


class Redacting(logging.Formatter):
    """Renders a record on one line and hides every known secret in it, tracebacks included."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        # Shorter strings than this would blot out ordinary words.
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _UNSEEN.sub(_spelled, text)


def configure_logging(folder: Path, level: str, secrets: Iterable[str]) -> None:
    """Log to `purser.log` in `folder` at `level`, and warnings to the terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],  # type: ignore[list-item]
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    plain = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "logger", "event")),
        foreign_pre_chain=shared,  # type: ignore[arg-type]
    )
    formatter = Redacting(plain, secrets)
    file = RotatingFileHandler(folder / "purser.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    for handler in (file, terminal):
        handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[file, terminal], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
