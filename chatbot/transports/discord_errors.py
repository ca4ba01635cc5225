"""Discord's failures as ours: what they mean for the message, and whether to try again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import aiohttp
import discord

from chatbot.message import Gone, MaybeSent, Undeliverable, Unsent

T = TypeVar("T")

CALL_SECONDS = 45.0
"""What one call may take, the library's own waits and repetitions included; a silent connection ends there."""

_RECONNECT_SECONDS = 5.0
_BANNED_SECONDS = 60.0
_TOO_MANY_EDITS = 30046
_NO_ACCESS = {
    10003: "the channel does not exist any more",
    10004: "the bot is not in the server any more",
    50001: "the bot may not see the channel",
    50013: "the bot may not write, embed links or attach files there",
}
"""Discord's codes for a channel that is lost to us, in words."""


class ConnectionBroke(MaybeSent):
    """Told apart from a failing Discord, which the library has already asked several times."""


async def twice(call: Callable[[], Awaitable[T]]) -> T:
    """Repeat a call that has the same effect once or twice, when the connection broke in the middle of it."""
    try:
        return await once(call)
    except ConnectionBroke:
        return await once(call)


async def once(call: Callable[[], Awaitable[T]]) -> T:
    """A call that ends within `CALL_SECONDS`."""
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await call()
    except TimeoutError as error:
        raise ConnectionBroke(f"Discord was silent for {CALL_SECONDS:.0f} s.") from error


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Raise Unsent, MaybeSent or Undeliverable (Gone where the channel is lost) for what the library raises."""
    try:
        yield
    except discord.RateLimited as error:
        raise Unsent(f"Discord asks to wait before writing to {what}.", error.retry_after) from error
    except discord.DiscordServerError as error:
        raise MaybeSent(f"Discord failed with status {error.status} at {what}.") from error
    except discord.HTTPException as error:
        raise _refused(what, error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Unsent(f"Discord cannot be reached for {what}.", _RECONNECT_SECONDS) from error
    except (aiohttp.ClientError, OSError) as error:
        raise ConnectionBroke(f"The connection to Discord broke at {what}.") from error


def _refused(what: str, error: discord.HTTPException) -> Unsent | Undeliverable:
    if error.code in _NO_ACCESS:
        return Gone(
            f"Discord refused {what}: {_NO_ACCESS[error.code]} (code {error.code}). "
            "Check DISCORD_CHANNEL_ID, and that the bot may view the channel, send messages, embed links, attach files."
        )
    if error.status == 429 and error.code != _TOO_MANY_EDITS:
        return Unsent(f"Discord blocks this address for now, at {what}.", _BANNED_SECONDS)
    if error.status == 401 and error.code == 0:
        # The bot's own token, which its owner will renew; an interaction's has a code of its own.
        return Unsent(f"Discord does not know the bot's token any more, at {what}.", _BANNED_SECONDS)
    # Words without a code are not Discord's, but some page's on the way there, which may show what was asked.
    said = error.text if error.code else ""
    return Undeliverable(f"Discord refused {what}: {said or error.status} (code {error.code}).")
