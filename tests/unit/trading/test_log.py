"""Logs: structured lines in a file, warnings on the terminal, secrets in neither."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import structlog

from trading.log import configure_logging
from trading.redaction import HIDDEN, Redaction

SECRET, LONGER = "hunter2secret", "hunter2secret-and-more"


pytestmark = pytest.mark.usefixtures("logging_as_before")


def logged(folder: Path) -> str:
    return (folder / "purser.log").read_text()


def test_lines_are_structured_and_carry_their_level_and_logger(tmp_path: Path) -> None:
    configure_logging(tmp_path / "new", "INFO", Redaction())
    structlog.get_logger("trading.test").info("order placed", symbol="BTC/USD", quantity="0.1")
    line = logged(tmp_path / "new")
    assert 'event="order placed"' in line
    assert "level=info" in line
    assert "logger=trading.test" in line
    assert "symbol=BTC/USD" in line
    assert "timestamp=" in line


def test_below_the_level_nothing_is_written(tmp_path: Path) -> None:
    configure_logging(tmp_path, "WARNING", Redaction())
    structlog.get_logger("quiet").info("not this")
    structlog.get_logger("quiet").warning("but this")
    assert "not this" not in logged(tmp_path)
    assert "but this" in logged(tmp_path)


def test_secrets_are_hidden_in_messages_values_and_tracebacks(tmp_path: Path) -> None:
    configure_logging(tmp_path, "DEBUG", Redaction(SECRET, LONGER))
    log = structlog.get_logger("test")
    log.info(f"calling https://api/bot{SECRET}/getMe", token=LONGER)
    logging.getLogger("foreign").warning("url %s", f"https://api/bot{SECRET}/send")
    try:
        raise ValueError(f"bad token {LONGER}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("foreign").exception("failed too")
    text = logged(tmp_path)
    assert SECRET not in text
    assert "-and-more" not in text
    assert text.count(HIDDEN) >= 5
    assert "ValueError" in text


def test_short_words_are_not_blotted_out(tmp_path: Path) -> None:
    configure_logging(tmp_path, "INFO", Redaction("a", "", "order"))
    structlog.get_logger("test").info("an order")
    assert "an order" in logged(tmp_path)


def test_the_terminal_gets_warnings_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(tmp_path, "INFO", Redaction(SECRET))
    log = structlog.get_logger("test")
    log.info("quiet")
    log.warning(f"loud {SECRET}")
    told = capsys.readouterr().err
    assert "loud" in told
    assert "quiet" not in told
    assert SECRET not in told


def test_chatty_libraries_are_kept_quiet(tmp_path: Path) -> None:
    configure_logging(tmp_path, "DEBUG", Redaction())
    logging.getLogger("httpx").info("GET https://api/bot123/getMe")
    assert "getMe" not in logged(tmp_path)
