"""main.py as people run it: a process of its own, in an empty folder, with no setting of ours but those given."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chatbot.settings import ChatSettings
from tests.flows.books import Books
from tests.flows.page import Page
from trading.settings import CoreSettings

MAIN = Path(__file__).resolve().parents[2] / "main.py"
OURS = {name.upper() for model in (CoreSettings, ChatSettings) for name in model.model_fields}
LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)")
STATE = "state"
START_SECONDS = 40.0
RUN_SECONDS = 120.0
STOP_SECONDS = 5.0
"""What a bot may take to stop."""


def environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without our settings, then `settings`; state is in `folder`, any free port serves."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    # Without compiled bytecode every start takes three times as long.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return inherited | {"STATE_DIR": str(folder / STATE), "DASHBOARD_PORT": "0", "PYTHONUNBUFFERED": "1", **settings}


class Program:
    """A started main.py and what it has printed so far."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None and process.stderr is not None
        self._process = process
        self._changed = asyncio.Condition()
        self._open = 2
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            asyncio.create_task(self._read(process.stdout, self.lines)),
            asyncio.create_task(self._read(process.stderr, self.errors)),
        ]

    @classmethod
    async def started(cls, folder: Path, *arguments: str, **settings: str) -> Program:
        """Start `main.py arguments` in `folder`."""
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, str(MAIN), *arguments,
                cwd=folder, env=environment(folder, settings), stdout=PIPE, stderr=PIPE,
            )
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    async def printed(self, pattern: re.Pattern[str], within: float = START_SECONDS) -> re.Match[str]:
        """The first match in a printed line, waited for. AssertionError when the program ends without it."""
        async with asyncio.timeout(within), self._changed:
            while True:
                found = next((match for line in self.lines if (match := pattern.search(line))), None)
                if found is not None:
                    return found
                assert self._open, f"it ended without printing {pattern.pattern!r}: {self.output}\n{self.errors}"
                await self._changed.wait()

    async def ended(self, within: float = START_SECONDS) -> int:
        """Wait for its end; the exit code."""
        async with asyncio.timeout(within):
            await asyncio.gather(*self._readers)
            return await self._process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; the exit code. TimeoutError when that takes too long."""
        self._process.send_signal(number)
        return await self.ended(STOP_SECONDS)

    async def kill(self) -> None:
        """End it at once, however it stands."""
        if self.alive:
            self._process.kill()
        await self.ended()

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            lines.append(line.decode().rstrip("\n"))
            await self._tell()
        self._open -= 1
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@dataclass(frozen=True)
class Bot:
    """A bot that is up: its process, its page, and the books it keeps."""

    program: Program
    page: Page
    books: Books
    state: Path


@asynccontextmanager
async def running(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[Bot]:
    """Start `main.py arguments` and go on once its page is up; it is stopped afterwards, if it still runs."""
    program = await Program.started(folder, *arguments, **settings)
    try:
        link = await program.printed(LINK)
        async with Page.opened(link[1], link[2]) as page:
            yield Bot(program, page, Books(folder / STATE), folder / STATE)
            if program.alive:
                await program.stop()
    finally:
        await program.kill()


async def command(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Run `main.py arguments` to its end: exit code, what it printed, what it printed as errors."""
    program = await Program.started(folder, *arguments, **settings)
    try:
        code = await program.ended(RUN_SECONDS)
    finally:
        await program.kill()
    return code, program.output, "\n".join(program.errors)
