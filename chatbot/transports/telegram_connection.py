"""The life of one connection to the Bot API: build, watch the polling, close within a deadline.

python-telegram-bot polls in a task of its own. That task retries quietly, and can end quietly; so a poll
that succeeds leaves its time here, and silence ends the connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, NoReturn, TypeAlias

from telegram.error import Conflict, TelegramError
from telegram.ext import Application, Updater

from chatbot.transports.telegram_errors import reason_of
from chatbot.transports.telegram_request import Request
from trading.clock import Clock
from trading.errors import Retryable

log = logging.getLogger(__name__)

POLL_SECONDS = 30
SILENCE_SECONDS = 75.0
"""A poll is answered within POLL_SECONDS. After two and a half of them a new connection stands before 90 s are over."""

UPDATES = ["message", "channel_post", "callback_query", "my_chat_member"]

BotApplication: TypeAlias = Application[Any, Any, Any, Any, Any, Any]


class PollRequest(Request):
    """The HTTP client for polling. It remembers when a poll last succeeded."""

    def __init__(self, clock: Clock, timeout: float) -> None:
        super().__init__(read_timeout=timeout, pool_size=1)
        self._clock = clock
        self._last_success = clock.monotonic()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        answer = await super().do_request(*args, **kwargs)
        if answer[0] == HTTPStatus.OK:
            self._last_success = self._clock.monotonic()
        return answer

    async def until_silent(self) -> NoReturn:
        """Raise Retryable once no poll has succeeded for SILENCE_SECONDS."""
        while (left := self._last_success + SILENCE_SECONDS - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)
        raise Retryable(f"Telegram has not answered a poll for {SILENCE_SECONDS:.0f} s.")


class Polling:
    """The polling of one application, and its two ways to end: another poller, or silence."""

    def __init__(self, application: BotApplication, polls: PollRequest) -> None:
        self._updater = updater_of(application)
        self._polls = polls
        self._conflict: asyncio.Future[Conflict] = asyncio.get_running_loop().create_future()

    async def run(self) -> NoReturn:
        """Poll until it is lost: raises Conflict or Retryable."""
        await self._updater.start_polling(timeout=POLL_SECONDS, allowed_updates=UPDATES, error_callback=self._note)
        silence = asyncio.ensure_future(self._polls.until_silent())
        try:
            ends: set[asyncio.Future[Any]] = {self._conflict, silence}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            silence.cancel()
        if self._conflict.done():
            raise self._conflict.result()
        silence.result()

    def _note(self, error: TelegramError) -> None:
        if not isinstance(error, Conflict):
            log.warning("polling Telegram failed and is tried again: %s", reason_of(error, self._updater.bot.token))
        elif not self._conflict.done():
            self._conflict.set_result(error)


def build(token: str, base_url: str | None, polls: PollRequest, timeout: float) -> BotApplication:
    """An application without job queue or storage. Raises telegram.error.InvalidToken for an empty token."""
    sends = Request(read_timeout=timeout)
    builder = Application.builder().token(token).request(sends).get_updates_request(polls).job_queue(None)
    if base_url is not None:
        address = base_url.rstrip("/")
        builder = builder.base_url(f"{address}/bot").base_file_url(f"{address}/file/bot")
    return builder.build()


async def stop_receiving(application: BotApplication) -> None:
    """No more updates after this; those already fetched have been handed over."""
    if updater_of(application).running:
        await within(0.8, updater_of(application).stop())
    if application.running:
        await within(0.3, application.stop())


async def disconnect(application: BotApplication) -> None:
    await within(0.3, application.shutdown())
    # An application that failed to initialize thinks it has nothing to shut down; its bot knows better.
    await within(0.3, application.bot.shutdown())


def updater_of(application: BotApplication) -> Updater:
    assert application.updater is not None, "applications are built with an updater"
    return application.updater


async def within(seconds: float, step: Coroutine[Any, Any, None]) -> None:
    """Run `step` for at most `seconds`; one that fails or hangs must not keep the other steps from running."""
    task = asyncio.create_task(step)
    _, late = await asyncio.wait({task}, timeout=seconds)
    if late:
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)
    if task.done() and not task.cancelled() and (error := task.exception()) is not None:
        log.info("a step of leaving Telegram failed: %s", type(error).__name__)
