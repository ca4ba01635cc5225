"""Many short lives of one bot: main.py forked from an interpreter that has it imported, so that each starts fast."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.flows.program import LINK, START_SECONDS, environment

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["main", "trading.worlds", "chatbot.app", "chatbot.transports.web"])


class Life:
    """A process that runs main.py, and what it has printed so far."""

    def __init__(self, process: BaseProcess, printing: Connection) -> None:
        self._process = process
        self._up = asyncio.Event()
        self._printing = printing
        self._reading = asyncio.create_task(self._read())
        self.printed = ""

    async def up(self) -> None:
        """Wait until its page is up. AssertionError when it ends before that."""
        async with asyncio.timeout(START_SECONDS):
            await self._up.wait()
        assert LINK.search(self.printed), self.printed

    async def lasts(self, seconds: float) -> bool:
        """Wait until it ends by itself, but no longer than `seconds`; whether it still runs."""
        _, running = await asyncio.wait([self._reading], timeout=seconds)
        return bool(running)

    async def ended(self, within: float = 60.0) -> int | None:
        """Wait for its end; the exit code."""
        async with asyncio.timeout(within):
            await asyncio.shield(self._reading)
        self._process.join()
        return self._process.exitcode

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        if not self._reading.done():
            self._process.kill()
        await self.ended()

    async def _read(self) -> None:
        """Until the process closes its end, which it does last of all."""
        reader = asyncio.StreamReader()
        pipe = os.fdopen(os.dup(self._printing.fileno()), "rb")
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        async for line in reader:
            self.printed += line.decode()
            if LINK.search(self.printed):
                self._up.set()
        self._up.set()
        transport.close()


@asynccontextmanager
async def life(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[Life]:
    """Run `main.py arguments` in `folder`, its state in `folder`/state; it is killed at the end, however it stands."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(folder, arguments, environment(folder, settings), theirs))
    process.start()
    theirs.close()
    running = Life(process, ours)
    try:
        yield running
    finally:
        await running.kill()
        ours.close()


def _run(folder: Path, arguments: tuple[str, ...], given: dict[str, str], printing: Connection) -> None:
    """In the forked process: become `main.py arguments`, printing into `printing`."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(given)
    for stream in (1, 2):
        os.dup2(printing.fileno(), stream)
    import main

    main.cli(list(arguments), prog_name="main.py")
