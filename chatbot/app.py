"""The chat, assembled: transports, router and notifier in front of one desk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Answers, Registry
from chatbot.message import Transport, Watchable
from chatbot.notices.answered import Answered
from chatbot.notices.audience import Audience, own_channels
from chatbot.notices.preferences import Preferences
from chatbot.notices.routes import read_routes
from chatbot.notifier.channels import Notifier
from chatbot.notifier.rendering import Renderer
from chatbot.notifier.strays import Strays
from chatbot.present.cards.pairing import first_contact
from chatbot.present.charts import Charts
from chatbot.present.second_person import second_person_note
from chatbot.router import Router
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
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
        self._people = People(store)
        own = partial(own_channels, transports, self._people.served)
        preferences = Preferences(store, own, read_routes(settings.notice_routes))
        self._audience = Audience(transports, preferences)
        self.registry = registry or catalogue()
        access = Access(settings, self._people)
        answered = Answered(desk, store, clock)
        self.router = Router(
            desk, access, store, self.registry, agent, charts, clock, self._audience, preferences, answered
        )
        self._notifier = Notifier(
            desk, store, self._audience, preferences, clock, charts, moved=access.move, answered=answered
        )
        self._strays = Strays(desk, store, self._audience, Renderer(desk, charts), clock, access.reads)
        self._people.listen(self._notifier.changed)
        for transport in transports:
            if isinstance(transport, Watchable):
                transport.watch(self._notifier)

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

    async def first_contact(self) -> list[str]:
        """What the terminal prints where a platform has no owner yet: a line with a fresh pairing code for each."""
        codes = await self.router.admission.first_codes(transport.platform for transport in self._transports)
        return [first_contact(platform, code) for platform, code in codes.items()]

    async def notes(self) -> list[str]:
        """What the terminal prints beforehand: that two people must agree where one is known."""
        await self._people.load()
        access = self.router.admission.access
        note = second_person_note(access, self._desk.controls.threshold(), self._desk.world)
        return [note] if note else []

    async def caught_up(self) -> None:
        """Return once every channel has been told the journal's present end, or has had long enough."""
        end, until = await self._desk.last_event(), self._clock.monotonic() + TELLING
        while self._clock.monotonic() < until:
            cursors = [await self._store.cursor(channel.key) or 0 for channel in self._audience.channels()]
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
        return [*serving, ("notices", self._tell), ("cards", self._strays.run), ("inbox", self._tidy)]

    async def _tell(self) -> None:
        """Chats in which an owner paired are told too."""
        await self._people.load()
        await self._notifier.run()

    async def _tidy(self) -> None:
        """Once a day, forget updates that no platform repeats any more."""
        while True:
            await self._store.prune_inbox()
            await self._clock.sleep(_DAY_SECONDS)
