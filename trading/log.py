"""Logging: structured lines in a file, warnings on the terminal, secrets in neither."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

from trading.redaction import Redaction

_QUIET = (
    "PIL",
    "aiohttp",
    "aiosqlite",
    "apscheduler",
    "asyncpg",
    "ccxt",
    "discord",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "matplotlib",
    "openai",
    "sqlalchemy",
    "telegram",
    "urllib3",
    "uvicorn",
    "websockets",
)
"""Libraries that write addresses, headers or rows at INFO and below."""


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What would break a line, steer the terminal that shows it, or cannot be written."""


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


class Redacting(logging.Formatter):
    """Renders a record on one line and hides every known secret in it, tracebacks included."""

    def __init__(self, inner: logging.Formatter, redaction: Redaction) -> None:
        super().__init__()
        self._inner = inner
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        text = self._redaction(self._inner.format(record))
        return _UNSEEN.sub(_spelled, text)


def configure_logging(folder: Path, level: str, redaction: Redaction) -> None:
    """Log to `purser.log` in `folder` at `level`, and warnings to the terminal."""
    folder.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(folder / "purser.log", maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    _log_to([file, _terminal()], level, redaction)


def log_to_terminal(redaction: Redaction) -> None:
    """Warnings to the terminal, and no file: for what must leave everything as it is."""
    _log_to([_terminal()], "WARNING", redaction)


def _log_to(handlers: list[logging.Handler], level: str, redaction: Redaction) -> None:
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
    for handler in handlers:
        handler.setFormatter(Redacting(plain, redaction))
    logging.basicConfig(level=level, handlers=handlers, force=True)
    # Where a line cannot be written, as on a full disk, Python would print it as it was, secrets and all.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _terminal() -> logging.Handler:
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    return terminal
