"""What a Telegram error means for the message at hand, or for the connection.

No text made here contains the token: it is part of every request's address, and a proxy's error page
may echo it.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache

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

from chatbot.message import Gone, MaybeSent, Undeliverable, Unsent
from chatbot.transports.telegram_membership import moved
from trading.errors import Fatal, NeedsOperator, PurserError, Retryable
from trading.redaction import Redaction

LONGEST_REASON = 200

UNTOLD_PAUSE = 30.0
"""Seconds; for a refusal to go so fast that does not say how long to wait."""

NO_PLACE = (
    "chat not found",
    "group chat was deactivated",
    "group chat was deleted",
    "not enough rights to send text",
    "have no rights to send a message",
    "need administrator rights",
    "bot is not a member",
    "message thread not found",
    "chat_write_forbidden",
    "chat_restricted",
    "topic_closed",
    "topic_deleted",
    "peer_id_invalid",
)
"""What a refusal says where nothing at all can be posted any more."""

NO_MEDIA = (
    "not enough rights to send photos",
    "not enough rights to send documents",
    "not enough rights to send media",
)


class NeverLeft(Exception):
    """The cause of a NetworkError that happened before the request's first byte was sent."""


def delivery_failure(error: TelegramError, token: str) -> Unsent | MaybeSent | Undeliverable:
    """`error`, raised by a send or an edit, as what the caller can do about it; Gone and Moved where the chat is."""
    reason = reason_of(error, token)
    match error:
        case _ if (seconds := slow_down(error)) is not None:
            return Unsent("Telegram asks to slow down", seconds)
        case ChatMigrated(new_chat_id=new):
            return moved(str(new))
        case Forbidden():
            return Gone(f"Telegram does not let the bot write there: {reason}")
        case BadRequest() if says(error, *NO_PLACE):
            return Gone(f"Telegram does not let the bot write there: {reason}")
        case BadRequest():
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
    return isinstance(error.__cause__, NeverLeft)


def slow_down(error: TelegramError) -> float | None:
    """How long Telegram wants silence in the chat, in seconds; None where it refuses for another reason."""
    if isinstance(error, RetryAfter):
        return pause(error)
    return UNTOLD_PAUSE if isinstance(error, NetworkError) and says(error, "too many requests") else None


def pause(error: RetryAfter) -> float:
    """How long Telegram asks us to wait, in seconds."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def reason_of(error: BaseException, token: str) -> str:
    """The error's own words, short and without the token."""
    return _redaction(token)(str(error) or type(error).__name__)[:LONGEST_REASON]


@cache
def _redaction(token: str) -> Redaction:
    return Redaction(token)


def is_unchanged(error: BadRequest) -> bool:
    """The message already looks as the edit wants it."""
    return says(error, "message is not modified")


def is_markup_error(error: BadRequest) -> bool:
    return says(error, "can't parse entities")


def is_picture_error(error: BadRequest) -> bool:
    """Telegram could not use the file as a photo; as a document it takes any file."""
    return says(error, "photo_", "image_process", "too big for a photo", "photo must be")


def is_media_refused(error: BadRequest) -> bool:
    """The chat takes text from us, and no pictures or files."""
    return says(error, *NO_MEDIA)


def says(error: TelegramError, *words: str) -> bool:
    told = str(error).lower()
    return any(word in told for word in words)
