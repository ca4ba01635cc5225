"""The chat, assembled: transports, router and notifier in front of one desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from chatbot.access import Access
from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Answers, Registry
from chatbot.message import Transport
from chatbot.notifier import Notifier
from chatbot.present.charts import Charts
from chatbot.router import Router
from chatbot.settings import ChatSettings
from chatbot.store import ChatStore
from chatbot.supervision import keep_running
from trading.clock import Clock
from trading.contract import Desk

_DAY_SECONDS = 86_400.0


TELLING = 20.0
"""Seconds that a channel gets to hear the last notices before the program ends."""


class ChatApp:
    """Serves people until told to stop. `clock` is the people's clock; the store is opened by the caller."""

    def __init__(
        self,
        desk: Desk,
        transports: Sequence[Transport],
        store: ChatStore,
        settings: ChatSettings,
        agent: Answers,
        charts: Charts,
        clock: Clock,
        registry: Registry | None = None,
    ) -> None:
        self._transports = transports
        self._store = store
        self._charts = charts
        self._clock = clock
        self._desk = desk
        self._notified = frozenset(channel.key for transport in transports for channel in transport.channels())
        self.registry = registry or catalogue()
        self.router = Router(desk, Access(settings), store, self.registry, agent, charts, clock, self._notified)
        self._notifier = Notifier(desk, store, transports, clock, charts)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve every transport and the notices until `stop` is set. No failure of theirs comes out of here."""
        async with asyncio.TaskGroup() as group:
            services = [
                group.create_task(keep_running(name, service, self._clock), name=name)
                for name, service in self._services()
            ]
            await stop.wait()
            for service in services:
                service.cancel()

    async def caught_up(self) -> None:
        """Return once every channel has been told the journal's present end, or has had long enough."""
        end, until = await self._desk.last_event(), self._clock.monotonic() + TELLING
        while self._clock.monotonic() < until:
            cursors = [await self._store.cursor(key) or 0 for key in self._notified]
            if min(cursors, default=end) >= end:
                return
            await self._clock.sleep(0.1)

    async def close(self) -> None:
        """Release what the chat holds: the chart thread and the store."""
        self._charts.close()
        await self._store.close()

    def _services(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        router = self.router
        serving = [
            (transport.platform, partial(transport.run, router.on_message, router.on_press))
            for transport in self._transports
        ]
        return [*serving, ("notices", self._notifier.run), ("inbox", self._tidy)]

    async def _tidy(self) -> None:
        """Once a day, forget updates that no platform repeats any more."""
        while True:
            await self._store.prune_inbox()
            await self._clock.sleep(_DAY_SECONDS)
