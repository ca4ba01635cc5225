"""What one connected bot does with the updates that arrive: ask the handlers, and put what they say into the chat.

Every update is handled in a task of its own, so that a slow question delays nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Container, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError

from chatbot.message import UNANSWERED_AFTER, Incoming, MessageHandler, PressHandler, PressReply, Reply, Tone
from chatbot.transports.telegram_address import address_of
from chatbot.transports.telegram_errors import reason_of
from chatbot.transports.telegram_inbox import is_group, pressed_id, read_message, read_press, said
from chatbot.transports.telegram_late import LateReplies
from chatbot.transports.telegram_membership import Membership
from chatbot.transports.telegram_outbox import Outbox
from chatbot.transports.telegram_progress import ProgressMessage
from chatbot.transports.telegram_replies import Origin, Replies
from trading.clock import Clock

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE_SECONDS = 1.0
"""How long a person is left without any sign that the message or the press has arrived."""

TOAST_LIMIT = 200

FAILED = Reply(
    "⚠️ That failed inside the bot; its log says why. Look at /status before you try again.", tone=Tone.WARNING, ok=False
)


class Session:
    """The updates of one connection. `accept` takes one and returns at once; `close` ends what still runs.

    `commands` are the names of our commands; see `read_message`.
    """

    def __init__(
        self,
        bot: Bot,
        outbox: Outbox,
        membership: Membership,
        clock: Clock,
        commands: Container[str],
        on_message: MessageHandler,
        on_press: PressHandler,
    ) -> None:
        self._bot = bot
        self._membership = membership
        self._clock = clock
        self._commands = commands
        self._on_message = on_message
        self._on_press = on_press
        self._replies = Replies(outbox, clock)
        self._late = LateReplies(clock, self._replies.post)
        self._running: set[asyncio.Task[None]] = set()

    async def accept(self, update: Update, _context: object) -> None:
        self._membership.learn(update)
        if update.callback_query is not None:
            self._start(self._press(update, update.callback_query))
        elif (message := said(update)) is not None:
            self._start(self._message(update, message))

    async def close(self, grace: float) -> None:
        """Give running handlers `grace` seconds, then cancel them."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(logged(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _message(self, update: Update, message: Message) -> None:
        incoming = read_message(update, self._bot.bot, self._commands)
        if incoming is None:
            return
        origin = Origin(incoming.channel.id, message.message_id if is_group(message.chat) else None)
        if self._clock.now() - incoming.sent_at > UNANSWERED_AFTER:
            await self._answer_late(origin, incoming)
        else:
            await self._answer(origin, incoming)

    async def _answer(self, origin: Origin, incoming: Incoming) -> None:
        progress = self._replies.progress(origin)
        with contextlib.closing(progress):
            async with owned(self._on_message(replace(incoming, progress=progress.show))) as work:
                if not await self._settles(work) and progress.message_id is None:
                    await self._show_typing(origin)
                reply = await result_or(work, FAILED)
            await self._replies.finish(origin, progress, reply)

    async def _answer_late(self, origin: Origin, incoming: Incoming) -> None:
        async with owned(self._on_message(incoming)) as work:
            reply = await result_or(work, FAILED)
        if reply is not None:
            await self._late.add(origin, reply)

    async def _press(self, update: Update, query: CallbackQuery) -> None:
        press = read_press(update)
        if press is None:
            await self._acknowledge(query, "")
            return
        progress = self._replies.progress(Origin(press.channel.id, pressed_in_group(query)), PATIENCE_SECONDS)
        with contextlib.closing(progress):
            async with owned(self._on_press(replace(press, progress=progress.show))) as work:
                prompt = await self._settles(work)
                if not prompt:
                    await self._acknowledge(query, "")
                outcome = await result_or(work, PressReply("", send=FAILED))
            told = prompt and await self._acknowledge(query, outcome.toast)
            if not told and outcome.edit is None and outcome.send is None and outcome.toast:
                outcome = PressReply("", send=Reply(outcome.toast))
            await self._show(press.channel.id, query, outcome, progress)

    async def _show(self, channel: str, query: CallbackQuery, outcome: PressReply, progress: ProgressMessage) -> None:
        origin = Origin(channel, pressed_in_group(query))
        if outcome.edit is not None and isinstance(query.message, Message):
            await self._replies.replace(origin, pressed_id(query), outcome.edit)
        elif outcome.edit is not None:  # too old for Telegram to let us touch it
            await self._replies.post(Origin(channel), outcome.edit)
        await self._replies.finish(origin, progress, outcome.send)

    async def _acknowledge(self, query: CallbackQuery, toast: str) -> bool:
        """Stop the button's spinner. Best effort: Telegram refuses late answers, and nothing depends on them."""
        try:
            return await self._bot.answer_callback_query(query.id, text=toast[:TOAST_LIMIT] or None)
        except TelegramError as error:
            log.info("a press was not acknowledged: %s", reason_of(error, self._bot.token))
            return False

    async def _show_typing(self, origin: Origin) -> None:
        to = address_of(origin.channel)
        with contextlib.suppress(TelegramError):
            await self._bot.send_chat_action(to.chat, ChatAction.TYPING, message_thread_id=to.topic)

    async def _settles(self, work: asyncio.Future[Any]) -> bool:
        """Whether `work` ends within the patience of a person."""
        patience = asyncio.ensure_future(self._clock.sleep(PATIENCE_SECONDS))
        try:
            await asyncio.wait({work, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        return work.done()


def pressed_in_group(query: CallbackQuery) -> int | None:
    """The pressed message, to be answered, where several people and topics share the chat."""
    message = query.message
    return message.message_id if message is not None and is_group(message.chat) else None


async def logged(work: Awaitable[None]) -> None:
    """`work`; what it raises ends here, in the log, and not the session."""
    try:
        await work
    except Exception:
        log.exception("a Telegram update could not be answered")


@contextlib.asynccontextmanager
async def owned(work: Awaitable[T]) -> AsyncIterator[asyncio.Future[T]]:
    """`work`, started, and cancelled where the block is left before its end."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()


async def result_or(work: asyncio.Future[T], instead: T) -> T:
    """The result of `work`; where it raised, the log gets the traceback and the person `instead`."""
    try:
        return await work
    except Exception:
        log.exception("a chat handler failed")
        return instead
