"""What people do on Discord, handed to whoever answers, and the answers handed back to where they did it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import discord

from chatbot.message import (
    Channel,
    Incoming,
    MaybeSent,
    MessageHandler,
    MessageRef,
    Press,
    PressHandler,
    PressReply,
    Reply,
    Tone,
    Undeliverable,
    Unsent,
)
from chatbot.transports.discord_delivery import Delivery
from chatbot.transports.discord_interactions import Stage, Standing
from chatbot.transports.discord_passing import Passing
from chatbot.transports.discord_people import PLATFORM, Interaction, People
from chatbot.transports.live_progress import LiveProgress
from chatbot.transports.slash import SlashCommand
from trading.clock import Clock

LONG_AGO = timedelta(seconds=60)
"""An interaction that Discord gave up on is older than its deadline; older than this, trading commands are refused."""
TRIES = 3
PAUSE_SECONDS = 5.0
PATIENCE_SECONDS = 1.0
"""What is done by then shows no progress: the pressed message says it all."""
_FAILED = Reply("❌ This failed and was logged. Look at /status before you try again.", tone=Tone.BAD, ok=False)
_ALONE = Reply("💬 The answer is for you alone. Type / and choose the command: then only you see it.")

logger = logging.getLogger(__name__)


class Answers:
    """One method per kind of thing a person can do. Each is a task of its own and never raises."""

    def __init__(
        self, delivery: Delivery, people: People, clock: Clock, on_message: MessageHandler, on_press: PressHandler
    ) -> None:
        self._delivery = delivery
        self._people = people
        self._clock = clock
        self._stage = Stage(delivery)
        self._on_message = on_message
        self._on_press = on_press

    async def mention(self, message: discord.Message, text: str) -> None:
        """Free text addressed to the bot: answered by a message that refers to it."""
        answer = _Answer(self._delivery, message)
        try:
            async with LiveProgress(answer.show, self._clock) as progress:
                reply = await self._handled(self._people.wrote(message, text, progress))
            if reply is not None:
                await self._insist(partial(answer.finish, _for_all(message, reply)))
        except Exception:
            logger.exception("An answer did not reach %s.", answer.channel.key)

    async def command(self, interaction: Interaction, command: SlashCommand, options: dict[str, str]) -> None:
        """A slash command: acknowledged at once, answered when the handler is done."""
        standing = await self._stage.acknowledge(interaction)
        if standing is Standing.LOST and not self._long_ago(interaction):
            # Discord has told the person that nobody answered.
            return
        async with LiveProgress(partial(self._stage.show, interaction), self._clock) as progress:
            reply = await self._handled(self._people.used(interaction, command, options, progress))
        if reply is not None:
            await self._stage.answer(interaction, reply)
        elif standing is Standing.OURS:
            await self._stage.withdraw(interaction)

    async def press(self, interaction: Interaction) -> None:
        """A button: acknowledged at once, then its message is replaced, followed, or a notice shown to the presser."""
        if await self._stage.acknowledge(interaction) is Standing.LOST:
            # Nothing is done, and Discord says so; however long ago it was.
            return
        passing = Passing(interaction)
        async with LiveProgress(passing.show, self._clock, PATIENCE_SECONDS) as progress:
            press = self._people.pressed(interaction, progress)
            outcome = await self._pressed(press)
        await self._tell(interaction, press, outcome, passing)

    async def _pressed(self, press: Press) -> PressReply:
        try:
            return await self._on_press(press)
        except Exception:
            logger.exception("A press on %s failed.", press.button_id)
            return PressReply(_FAILED.text)

    async def _tell(self, interaction: Interaction, press: Press, outcome: PressReply, passing: Passing) -> None:
        if outcome.edit is not None and press.message is not None:
            await self._stage.replace(interaction, press.message, outcome.edit)
        await self._stage.follow(interaction, outcome.send, passing)
        shown = outcome.send is not None or (outcome.edit is not None and outcome.edit.ok)
        if outcome.toast and not shown:
            await self._stage.whisper(interaction, Reply(outcome.toast))

    async def _insist(self, deliver: Callable[[], Awaitable[None]]) -> None:
        """Again while Discord asks to wait or leaves us in doubt; a repeated send is not a second message."""
        for _ in range(TRIES - 1):
            try:
                await deliver()
                return
            except (Unsent, MaybeSent) as error:
                logger.info("An answer is sent again: %s", error)
                await self._clock.sleep(error.retry_after if isinstance(error, Unsent) else PAUSE_SECONDS)
        await deliver()

    async def _handled(self, incoming: Incoming) -> Reply | None:
        try:
            return await self._on_message(incoming)
        except Exception:
            logger.exception("The message %s failed.", incoming.update_id)
            return _FAILED

    def _long_ago(self, interaction: Interaction) -> bool:
        return self._clock.now() - interaction.created_at > LONG_AGO


def _for_all(question: discord.Message, reply: Reply) -> Reply:
    """What a channel may read: only a command's answer can be shown to one person. A refusal holds no secret."""
    return _ALONE if reply.private and reply.ok and question.guild is not None else reply


class _Answer:
    """The answer to one message: posted once, then edited, so that progress becomes the reply."""

    def __init__(self, delivery: Delivery, question: discord.Message) -> None:
        self.channel = Channel(PLATFORM, str(question.channel.id))
        self._delivery = delivery
        self._question = question
        self._ref: MessageRef | None = None

    async def show(self, reply: Reply) -> None:
        """Post, or edit what is posted. Raises Unsent, MaybeSent or Undeliverable."""
        if self._ref is None:
            self._ref = await self._delivery.send(self.channel, reply, answers=self._question)
        else:
            await self._delivery.edit(self._ref, reply)

    async def finish(self, reply: Reply) -> None:
        """The reply itself; a new message where the posted one cannot be edited."""
        try:
            await self.show(reply)
        except Undeliverable:
            if self._ref is None:
                raise
            self._ref = None
            await self.show(reply)
        if reply.told is not None and self._ref is not None:
            await reply.told(self._ref)
