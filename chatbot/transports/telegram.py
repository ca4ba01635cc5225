"""Telegram, through python-telegram-bot: one bot, polled in our own event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import NoReturn

from telegram import Bot, BotCommand, Update
from telegram.error import TelegramError
from telegram.ext import TypeHandler

from chatbot.message import Channel, ChatWatcher, MessageHandler, MessageRef, PressHandler, Reply, Unsent
from chatbot.transports.telegram_address import PLATFORM
from chatbot.transports.telegram_connection import (
    BotApplication,
    Polling,
    PollRequest,
    build,
    disconnect,
    stop_receiving,
)
from chatbot.transports.telegram_errors import connection_failure, reason_of
from chatbot.transports.telegram_membership import Membership
from chatbot.transports.telegram_outbox import Outbox
from chatbot.transports.telegram_pace import Limits, Pace, Urgency
from chatbot.transports.telegram_session import Session
from chatbot.transports.telegram_shown import Shown
from trading.clock import Clock

log = logging.getLogger(__name__)

MOST_COMMANDS = 100
NAME_LIMIT = 32
SUMMARY_LIMIT = 256
GRACE_SECONDS = 0.8
RECONNECT_SECONDS = 2.0

TALKATIVE = ("httpx", "httpcore", "telegram")
"""Loggers that write request addresses, and so the token, at INFO and below."""


class TelegramTransport:
    """Telegram as a `chatbot.message.Transport`.

    `chat_ids` are where notices go, "chat" or "chat/topic" each. `base_url` is another Bot API server's address,
    without "/bot". `commands` are (name, summary) pairs for the menu. `clock` is the people's clock, never a simulated
    market's. `timeout` is in seconds, for one request. `limits` say how fast it may speak. `run` raises
    trading.errors.Fatal when the token is refused, NeedsOperator when another program polls with it, and Retryable when
    Telegram cannot be reached or has fallen silent.
    """

    def __init__(
        self,
        token: str,
        chat_ids: Sequence[str],
        base_url: str | None,
        commands: Sequence[tuple[str, str]],
        clock: Clock,
        timeout: float = 20.0,
        limits: Limits | None = None,
    ) -> None:
        self._token = token
        self._channels = tuple(Channel(PLATFORM, chat_id) for chat_id in chat_ids)
        self._base_url = base_url
        self._menu = menu(commands)
        self._names = frozenset(name for name, _ in commands)
        self._menu_is_set = False
        self._clock = clock
        self._timeout = timeout
        self._pace = Pace(clock, limits)
        self._membership = Membership()
        self._shown = Shown()
        self._outbox: Outbox | None = None

    @property
    def platform(self) -> str:
        return PLATFORM

    def channels(self) -> Sequence[Channel]:
        return self._channels

    def watch(self, watcher: ChatWatcher) -> None:
        """Tell `watcher` of chats that move, and of those that take messages again."""
        self._membership.watch(watcher)

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            await self._serve(on_message, on_press)
        except TelegramError as error:
            lost = connection_failure(error, self._token)
        # Raised out here because the library's exception may hold the token, and a traceback shows the whole chain.
        raise lost

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        return MessageRef(channel, await self._connected().send(channel.id, reply, Urgency.NOTICE))

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        # People act on what a card shows: bringing it up to date does not wait behind news.
        await self._connected().edit(message.channel.id, message.id, reply, Urgency.ANSWER)

    def _connected(self) -> Outbox:
        if self._outbox is None:
            raise Unsent("Telegram is not connected", RECONNECT_SECONDS)
        return self._outbox

    async def _serve(self, on_message: MessageHandler, on_press: PressHandler) -> NoReturn:
        polls = PollRequest(self._clock, self._timeout)
        application = build(self._token, self._base_url, polls, self._timeout)
        outbox = Outbox(application.bot, self._clock, self._pace, self._membership, self._shown)
        session = Session(application.bot, outbox, self._membership, self._clock, self._names, on_message, on_press)
        application.add_handler(TypeHandler(Update, session.accept))
        menu = None
        try:
            await application.initialize()
            # Beside the rest: who waits for an answer does not wait for the menu.
            menu = asyncio.create_task(self._register_menu(application.bot))
            await application.start()
            self._outbox = outbox
            await Polling(application, polls).run()
        finally:
            if menu is not None:
                menu.cancel()
            await self._leave(application, session)

    async def _leave(self, application: BotApplication, session: Session) -> None:
        await stop_receiving(application)
        await session.close(GRACE_SECONDS)
        self._outbox = None
        await disconnect(application)

    async def _register_menu(self, bot: Bot) -> None:
        """Set the command menu where it differs. The bot works without, so a refusal is only logged."""
        if self._menu_is_set:
            return
        try:
            if await bot.get_my_commands() != self._menu:
                await bot.set_my_commands(self._menu)
            self._menu_is_set = True
        except TelegramError as error:
            log.warning("the Telegram command menu could not be set: %s", reason_of(error, self._token))


def menu(commands: Sequence[tuple[str, str]]) -> tuple[BotCommand, ...]:
    """The commands as the menu shows them, in every chat alike; those beyond the hundredth can still be typed."""
    return tuple(
        BotCommand(name[:NAME_LIMIT], (summary or name)[:SUMMARY_LIMIT]) for name, summary in commands[:MOST_COMMANDS]
    )
