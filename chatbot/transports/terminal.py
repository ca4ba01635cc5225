"""The terminal as a chat platform: lines in, replies above the prompt, buttons pressed by their number."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import structlog
from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.application.current import set_app
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.renderer import print_formatted_text
from prompt_toolkit.styles import default_ui_style
from rich.console import Console

from chatbot.message import (
    Actor,
    Button,
    Channel,
    Incoming,
    MessageHandler,
    MessageRef,
    Press,
    PressHandler,
    PressReply,
    Reply,
    Tone,
)
from chatbot.transports.terminal_text import print_reply, reply_to_json, save_pictures
from trading.clock import Clock

__all__ = ["TerminalTransport", "print_reply", "reply_to_json", "save_pictures"]

OWNER = Actor("terminal", "owner", "owner")
HERE = Channel("terminal", "here")
BUTTONS = 200
"""Buttons that can still be pressed; older ones are forgotten."""
GONE = Reply("That button is gone; its message has changed.", ok=False)
LOST = Reply("⚠️ The answer was lost here; the log says why.\nLook at /status before you try again.", tone=Tone.WARNING)

_log = structlog.get_logger(__name__)


class TerminalTransport:
    """A chat on this terminal. Pictures become files in `folder`; `commands` (name, summary) are completed with Tab.

    `input` and `output` default to the terminal's own.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        banner: str = "",
        commands: Sequence[tuple[str, str]] = (),
        input: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._banner = banner
        self._prompt: PromptSession[str] = PromptSession(
            "› ",
            completer=_completer(commands),
            complete_while_typing=False,
            input=input,
            output=output,
        )
        self._numbers = _Numbers()
        self._sent = count(1)
        self._work: set[asyncio.Task[None]] = set()

    @property
    def platform(self) -> str:
        return "terminal"

    def channels(self) -> Sequence[Channel]:
        return (HERE,)

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        """Serve until cancelled, or until the person leaves with Ctrl-D or Ctrl-C; then it returns."""
        if self._banner:
            await self._show(Reply(f"{self._banner} · Ctrl-D leaves"), [])
        try:
            with suppress(EOFError, KeyboardInterrupt):
                while True:
                    line = (await self._prompt.prompt_async(handle_sigint=False)).strip()
                    if line:
                        self._start(self._handle(line, on_message, on_press))
            await asyncio.gather(*self._work)
        finally:
            for task in self._work:
                task.cancel()

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        ref = MessageRef(channel, str(next(self._sent)))
        await self._show(reply, self._numbers.give(ref, reply.buttons))
        return ref

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Print the message as it is now; what is printed cannot be changed. Its old buttons stop working."""
        self._numbers.withdraw(message)
        await self._show(reply, self._numbers.give(message, reply.buttons))

    async def _handle(self, line: str, on_message: MessageHandler, on_press: PressHandler) -> None:
        try:
            await self._answer(line, on_message, on_press)
        except Exception:
            _log.exception("terminal.message_failed")
            await self._show(LOST, [])

    async def _answer(self, line: str, on_message: MessageHandler, on_press: PressHandler) -> None:
        pressed = self._numbers.pressed(line)
        if pressed is not None:
            await self._after_press(await on_press(_press(*pressed)), pressed[1])
        elif self._numbers.was_given(line):
            await self._show(GONE, [])
        elif (reply := await on_message(self._incoming(line))) is not None:
            await self._tell(reply)

    async def _after_press(self, brought: PressReply, message: MessageRef) -> None:
        if brought.edit is not None:
            await self.edit(message, brought.edit)
        elif brought.toast:
            await self._show(Reply(brought.toast), [])
        if brought.send is not None:
            await self._tell(brought.send)

    async def _tell(self, reply: Reply) -> None:
        shown = await self.send(HERE, reply)
        if reply.told is not None:
            await reply.told(shown)

    def _incoming(self, line: str) -> Incoming:
        return Incoming(OWNER, HERE, line, secrets.token_hex(16), self._clock.now())

    async def _show(self, reply: Reply, keys: Sequence[str]) -> None:
        text = self._rendered(reply, keys)
        if not self._prompt.app.is_running:
            self._write(text)
            return
        with set_app(self._prompt.app):
            await run_in_terminal(lambda: self._write(text))

    def _rendered(self, reply: Reply, keys: Sequence[str]) -> str:
        page = StringIO()
        width = self._prompt.output.get_size().columns
        print_reply(reply, self._folder, Console(file=page, force_terminal=True, width=width), keys)
        return page.getvalue() + "\n"

    def _write(self, text: str) -> None:
        print_formatted_text(self._prompt.output, ANSI(text), default_ui_style(), color_depth=ColorDepth.DEPTH_4_BIT)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


class _Numbers:
    """Buttons by number. A number is never given twice: a card that arrives while one types must not take the press."""

    def __init__(self) -> None:
        self._given = 0
        self._buttons: OrderedDict[str, tuple[Button, MessageRef]] = OrderedDict()

    def give(self, message: MessageRef, buttons: Sequence[Button]) -> list[str]:
        numbers = [str(self._given + place) for place in range(1, len(buttons) + 1)]
        self._given += len(numbers)
        self._buttons.update(zip(numbers, ((button, message) for button in buttons), strict=True))
        while len(self._buttons) > BUTTONS:
            self._buttons.popitem(last=False)
        return numbers

    def withdraw(self, message: MessageRef) -> None:
        for number in [number for number, (_, at) in self._buttons.items() if at == message]:
            del self._buttons[number]

    def pressed(self, line: str) -> tuple[Button, MessageRef] | None:
        return self._buttons.get(line)

    def was_given(self, line: str) -> bool:
        return line.isascii() and line.isdigit() and 0 < int(line[:9]) <= self._given


def _press(button: Button, message: MessageRef) -> Press:
    return Press(OWNER, HERE, button.id, secrets.token_hex(16), message)


def _completer(commands: Sequence[tuple[str, str]]) -> WordCompleter:
    named = {f"/{name.lstrip('/')}": summary for name, summary in commands}
    return WordCompleter(list(named), meta_dict=named, sentence=True)
