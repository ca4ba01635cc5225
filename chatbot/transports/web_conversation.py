"""The page's side of a conversation: what the owner writes and presses, handed to the bot, and its answers posted."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from chatbot.message import (
    Actor,
    Channel,
    Incoming,
    MessageHandler,
    MessageRef,
    Press,
    PressHandler,
    PressReply,
    Progress,
    Reply,
    Tone,
)
from chatbot.transports.live_progress import LiveProgress
from chatbot.transports.web_feed import Author, Feed, Posted
from chatbot.transports.web_passing import Passing
from trading.clock import Clock
from trading.contract import Reader

OWNER = Actor("web", "owner", "owner")
PAGE = Channel("web", "page")
PATIENCE_SECONDS = 1.0
"""A press that is done by then shows no progress."""
LOST = Reply(
    "⚠️ The answer was lost here; the log says why.\nLook at /status before you try again.", tone=Tone.WARNING, ok=False
)

_log = structlog.get_logger(__name__)


class Conversation:
    """One owner's talk with the bot over the page. Work goes on when the tab that asked for it is closed."""

    def __init__(
        self, feed: Feed, on_message: MessageHandler, on_press: PressHandler, desk: Reader, clock: Clock
    ) -> None:
        self._feed = feed
        self._on_message = on_message
        self._on_press = on_press
        self._desk = desk
        self._clock = clock
        self._work: set[asyncio.Task[Reply | None]] = set()

    def say(self, text: str) -> Posted:
        """Post `text` and have it answered; the answer comes through the feed."""
        question = self._feed.post(Author.OWNER, Reply(text), self._desk.now(), answering=True)
        task = asyncio.create_task(self._answer(question))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return question

    async def ask(self, text: str) -> Reply | None:
        """Post `text` and wait for its answer, which is posted too."""
        question = self._feed.post(Author.OWNER, Reply(text), self._desk.now(), answering=True)
        return await self._answer(question)

    async def press(self, button_id: str, message_id: str | None) -> PressReply:
        """Press a button; what it changes and what follows is shown on the page as well."""
        message_id = message_id or self._feed.holder(button_id)
        passing = Passing(self._feed, self._desk)
        async with LiveProgress(passing.show, self._clock, PATIENCE_SECONDS) as progress:
            pressed = await self._pressed(button_id, message_id, progress)
        await self._show(pressed, message_id, passing)
        return pressed

    async def close(self) -> None:
        """Give up on answers that are still due through the feed."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _answer(self, question: Posted) -> Reply | None:
        passing = Passing(self._feed, self._desk)
        try:
            async with LiveProgress(passing.show, self._clock) as progress:
                reply = await self._on_message(self._incoming(question.reply.text, progress))
        except Exception:
            _log.exception("web.message_failed")
            reply = LOST
        finally:
            self._feed.answered(question.id)
        if reply is not None:
            await self._tell(reply, passing)
        return reply

    async def _pressed(self, button_id: str, message_id: str | None, progress: Progress) -> PressReply:
        ref = MessageRef(PAGE, message_id) if message_id else None
        try:
            return await self._on_press(Press(OWNER, PAGE, button_id, secrets.token_hex(16), ref, progress))
        except Exception:
            _log.exception("web.press_failed")
            return PressReply("The answer was lost.", send=LOST)

    async def _show(self, pressed: PressReply, message_id: str | None, passing: Passing) -> None:
        followed = self._replaced(pressed.edit, message_id)
        if followed is not None:
            self._feed.post(Author.PURSER, followed, self._desk.now())
        if pressed.send is not None:
            await self._tell(pressed.send, passing)
        elif passing.is_shown:
            # A message of the page cannot be taken away: it says what came of it.
            passing.become(Reply(pressed.toast or "Done."))

    async def _tell(self, reply: Reply, passing: Passing) -> None:
        posted = passing.become(reply)
        if reply.told is not None:
            await reply.told(MessageRef(PAGE, posted.id))

    def _replaced(self, edit: Reply | None, message_id: str | None) -> Reply | None:
        """Put `edit` in its message's place; give it back when that message has left the page."""
        if edit is None or message_id is None:
            return edit
        try:
            self._feed.edit(message_id, edit)
        except KeyError:
            return edit
        return None

    def _incoming(self, text: str, progress: Progress) -> Incoming:
        return Incoming(OWNER, PAGE, text, secrets.token_hex(16), self._clock.now(), progress=progress)
