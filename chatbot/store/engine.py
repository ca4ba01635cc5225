"""The chat store's thread: statements that wait together are committed together, in the order of the calls."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

import structlog

from chatbot.store.connection import Connection, Keep, Outcome, Result, Statement, Values
from trading.errors import Fatal

SOON_SECONDS = 1.0
"""How long a deferred statement waits for company."""

MOST_REFUSED = 1000
"""Deferred statements kept for another try while the disk refuses them."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """A statement, and who waits for its result: nobody for a deferred one."""

    statement: Statement
    answer: asyncio.Future[Result] | None


_Batch: TypeAlias = list[_Job]


class Engine:
    """Runs statements on a thread of their own. A call that is cancelled still completes.

    A fault of the disk or of the file raises `trading.errors.Fatal`.
    """

    def __init__(self, path: Path | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._deferred: _Batch = []
        self._timer: asyncio.TimerHandle | None = None
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._connection = Connection(path)

    async def open(self, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """Connect, and let `prepare` make the tables. Raises Fatal; there is nothing to close then."""
        threading.Thread(target=self._live, args=(prepare,), name="chat store", daemon=True).start()
        await asyncio.shield(self._opened)

    async def run(self, sql: str, values: Values = (), keep: Keep = Keep.NOTHING) -> Result:
        """The result of `sql`. What it and everything deferred before it wrote is kept by then."""
        job = _Job(Statement(sql, values, keep), self._loop.create_future())
        self._hand_over(job)
        assert job.answer is not None
        return await job.answer

    def defer(self, sql: str, values: Values) -> None:
        """Have `sql` run before whatever is run next, or soon."""
        self._deferred.append(_Job(Statement(sql, values, Keep.KILLED), None))
        if self._timer is None:
            self._timer = self._loop.call_later(SOON_SECONDS, self._flush)

    async def close(self) -> None:
        """Keep what is deferred, and release the file."""
        self._flush()
        self._batches.put(None)
        await asyncio.shield(self._ended)

    def _hand_over(self, *jobs: _Job) -> None:
        self._batches.put([*self._deferred, *jobs])
        self._deferred.clear()

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._deferred:
            self._hand_over()

    def _live(self, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """The thread: open, work until told to end, close."""
        try:
            self._connection.open(prepare)
            self._tell(_settle, self._opened, None)
            self._work()
        except Exception as error:
            self._tell(_settle, self._opened, error)
        finally:
            self._connection.close()
            self._tell(_settle, self._ended, None)

    def _work(self) -> None:
        refused: deque[_Job] = deque(maxlen=MOST_REFUSED)
        while (batch := self._batches.get()) is not None:
            jobs = [*refused, *batch, *self._waiting()]
            outcomes = self._outcomes(jobs)
            refused.clear()
            refused.extend(job for job, outcome in zip(jobs, outcomes, strict=True) if _again(job, outcome))
            self._tell(_deliver, jobs, outcomes)
        if refused:
            self._outcomes([*refused])

    def _waiting(self) -> _Batch:
        """What was handed over while the disk was busy; the order to end stays where it is."""
        jobs: _Batch = []
        while True:
            try:
                batch = self._batches.get_nowait()
            except Empty:
                return jobs
            if batch is None:
                self._batches.put(None)
                return jobs
            jobs += batch

    def _outcomes(self, jobs: _Batch) -> Sequence[Outcome]:
        try:
            return self._connection.commit([job.statement for job in jobs])
        except Exception as fault:
            awaited = [job for job in jobs if job.answer is not None]
            if len(awaited) in (0, len(jobs)):
                return [fault] * len(jobs)
            # What nobody waits for must not stand in the way of what somebody does.
            answers = iter(self._outcomes(awaited))
            return [fault if job.answer is None else next(answers) for job in jobs]

    def _tell(self, callback: Callable[..., None], *arguments: Any) -> None:
        # A loop that ended without close() has nobody left to be told.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *arguments)


def _again(job: _Job, outcome: Outcome) -> bool:
    """Nobody waits for a deferred statement, so nobody else would try it again."""
    return job.answer is None and isinstance(outcome, Fatal)


def _deliver(jobs: Sequence[_Job], outcomes: Sequence[Outcome]) -> None:
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.answer is not None:
            _settle(job.answer, outcome)
        elif isinstance(outcome, Exception):
            log.error("the chat's memory could not be written", why=str(outcome))


def _settle(future: asyncio.Future[Any], outcome: Result | Exception | None) -> None:
    if future.done():
        return  # Whoever waited has been cancelled meanwhile.
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
