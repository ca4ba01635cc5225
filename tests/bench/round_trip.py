"""One message in, one reply out, through Telegram's protocol: the program beside a bare bot, each in its own process.

The Bot API server runs here, so that its work counts for neither.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, Section, ratio, transposed
from tests.bench.process import Measured, python
from tests.bench.size import Size
from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Sent, User

TOKEN, CHAT, OWNER = "123456:bench", 1001, User(1001, "owner")
STATUS, QUESTION, ECHO = "/status", "what do we hold?", "hello"
WARM_UP = 10
PATIENCE_SECONDS = 60.0


class Bot:
    """A running bot and the server that it polls."""

    def __init__(self, api: BotApiServer, process: Measured) -> None:
        self._api = api
        self._process = process

    async def milliseconds(self, text: str, messages: int) -> float:
        """CPU per round trip of the bot's process."""
        began = self._process.cpu_seconds()
        for _ in range(messages):
            await self.exchange(text)
        return (self._process.cpu_seconds() - began) / messages * 1000

    async def exchange(self, text: str) -> Sent:
        """Say `text` and wait for the reply."""
        before = len(self._api.messages(CHAT))
        self._api.say(CHAT, OWNER, text)
        await self._api.wait_for(lambda: len(self._api.messages(CHAT)) > before, PATIENCE_SECONDS)
        return self._api.messages(CHAT)[-1]


def round_trip(size: Size) -> Section:
    status, question, echo = transposed(asyncio.run(_runs(size)))
    statuses = Figure(f"Purser, {STATUS}", "CPU ms", status)
    questions = Figure(f'Purser, "{QUESTION}"', "CPU ms", question)
    bare = Figure("bare python-telegram-bot, echo", "CPU ms", echo)
    return Section(
        "One chat round trip on Telegram",
        (
            statuses,
            questions,
            bare,
            ratio(f"{STATUS} over echo", statuses, bare),
            ratio("question over echo", questions, bare),
        ),
        (
            f"mean of {size.messages} messages a run, one at a time; Bot API server on the loopback, not counted",
            f"Purser: {size.history} simulated days of history; every update remembered and audited; uvloop",
            "echo: as its manual builds it, on the standard loop",
        ),
    )


async def _runs(size: Size) -> list[tuple[float, float, float]]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        told = (str(CHAT), str(folder / "state"), str(size.history))
        starting = _bot(stack, folder, "tests.bench.purser_bot", *told), _bot(stack, folder, "tests.bench.echo_bot")
        ours, bare = await asyncio.gather(*starting)
        for text, answer in ((STATUS, "Equity"), (QUESTION, "PAPER")):
            await _warm_up(ours, text, answer)
        await _warm_up(bare, ECHO, ECHO)
        return [await _one_run(ours, bare, size.messages) for _ in range(size.runs)]


async def _one_run(ours: Bot, bare: Bot, messages: int) -> tuple[float, float, float]:
    return (
        await ours.milliseconds(STATUS, messages),
        await ours.milliseconds(QUESTION, messages),
        await bare.milliseconds(ECHO, messages),
    )


async def _bot(stack: AsyncExitStack, folder: Path, module: str, *more: str) -> Bot:
    """The bot `module` in a process of its own, ready."""
    api = await stack.enter_async_context(BotApiServer(TOKEN))
    api.open_chat(CHAT)
    process = stack.enter_context(python(["-m", module, api.url, TOKEN, *more], folder))
    await asyncio.to_thread(process.wait_for, "ready")
    return Bot(api, process)


async def _warm_up(bot: Bot, text: str, answer: str) -> None:
    """Until everything is warm. Raises RuntimeError for a reply without `answer`: a failure is no round trip."""
    for _ in range(WARM_UP):
        reply = await bot.exchange(text)
        if answer not in reply.text:
            raise RuntimeError(f"{text} was answered with: {reply.text}")
