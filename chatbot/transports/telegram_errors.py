"""What a Telegram error means for the message at hand, or for the connection.

No text made here contains the token: it is part of every request's address, and a proxy's error page
may echo it.
"""

from __future__ import annotations

import os
from datetime import timedelta

# RetryAfter warns on every use unless this opt-in of python-telegram-bot is set before it is raised.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from chatbot.message import MaybeSent, Undeliverable, Unsent
from trading.errors import Fatal, NeedsOperator, PurserError, Retryable

NEVER_LEFT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"})
"""The HTTP client's errors, by class name, that happen before a request leaves."""

LONGEST_REASON = 200


def delivery_failure(error: TelegramError, token: str) -> Unsent | MaybeSent | Undeliverable:
    """`error`, raised by a send or an edit, as what the caller can do about it."""
    reason = reason_of(error, token)
    match error:
        case RetryAfter():
            return Unsent("Telegram asks to slow down", pause(error))
        case ChatMigrated(new_chat_id=new):
            return Undeliverable(f"The Telegram group has become chat {new}: set TELEGRAM_CHAT_ID to that")
        case Forbidden() | BadRequest():
            return Undeliverable(f"Telegram refused the message: {reason}")
        case InvalidToken():
            return Unsent("Telegram does not accept TELEGRAM_BOT_TOKEN at the moment", 60.0)
        case NetworkError() if never_left(error):
            return Unsent(f"Telegram cannot be reached: {reason}", 5.0)
    return MaybeSent(f"Telegram did not confirm the message: {reason}")


def connection_failure(error: TelegramError, token: str) -> PurserError:
    """`error`, raised while connecting or polling, as what the operator can do about it."""
    match error:
        case InvalidToken():
            return Fatal("Telegram does not accept TELEGRAM_BOT_TOKEN: copy the token from @BotFather into .env again.")
        case Conflict():
            return NeedsOperator(
                "Another program polls Telegram with this token: stop it, or give this one its own TELEGRAM_BOT_TOKEN."
            )
        case RetryAfter():
            return Retryable(f"Telegram asks to wait {pause(error):.0f} s before connecting.")
    return Retryable(f"Telegram cannot be reached: {reason_of(error, token)}")


def never_left(error: NetworkError) -> bool:
    """Whether the request failed before its first byte was sent, so that sending it again cannot double it."""
    return type(error.__cause__).__name__ in NEVER_LEFT or "is not initialized" in str(error.__cause__)


def pause(error: RetryAfter) -> float:
    """How long Telegram asks us to wait, in seconds."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def reason_of(error: BaseException, token: str) -> str:
    """The error's own words, short and without the token."""
    words = str(error) or type(error).__name__
    return words.replace(token, "<token>")[:LONGEST_REASON] if token else words[:LONGEST_REASON]


def is_unchanged(error: BadRequest) -> bool:
    """The message already looks as the edit wants it."""
    return "message is not modified" in str(error).lower()


def is_markup_error(error: BadRequest) -> bool:
    return "can't parse entities" in str(error).lower()


def is_picture_error(error: BadRequest) -> bool:
    """Telegram could not use the file as a photo; as a document it takes any file."""
    words = str(error).lower()
    return any(sign in words for sign in ("photo_", "image_process", "too big for a photo", "photo must be"))
