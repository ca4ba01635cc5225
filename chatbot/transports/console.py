"""Notices on the terminal that the bot was started from: printed, never answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import count

from chatbot.message import Channel, MessageHandler, MessageRef, PressHandler, Reply
from chatbot.transports.terminal_text import clean

CONSOLE = Channel("terminal", "console")


class ConsoleTransport:
    """Prints what the other channels are told; pictures are named, not drawn."""

    def __init__(self, show: Callable[[str], None] = print) -> None:
        self._show = show
        self._sent = count(1)

    @property
    def platform(self) -> str:
        return "terminal"

    def channels(self) -> Sequence[Channel]:
        return (CONSOLE,)

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        """Nobody speaks here; wait to be cancelled."""
        await asyncio.Event().wait()

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        self._print(reply)
        return MessageRef(channel, str(next(self._sent)))

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Print the message as it is now; what is printed cannot be changed."""
        self._print(reply)

    def _print(self, reply: Reply) -> None:
        captions = [f"[picture: {picture.caption}]" for picture in reply.pictures if picture.caption]
        self._show(clean("\n".join([reply.plain(), *captions])) + "\n")
