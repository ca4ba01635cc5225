"""Tells people what happened: every channel follows the journal by itself, so none delays another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from chatbot.delivery import Delivery
from chatbot.follower import Follower
from chatbot.message import Channel, Transport
from chatbot.present.charts import Charts
from chatbot.rendering import Renderer
from chatbot.store import ChatStore
from chatbot.supervision import keep_running
from trading.clock import Clock
from trading.contract import Reader

PATIENCE = timedelta(minutes=10)
"""A channel that takes nothing for so long was down: what it missed may be summarised."""


class Notifier:
    """Follows the journal for every channel of every transport. `clock` is the people's clock."""

    def __init__(
        self,
        desk: Reader,
        store: ChatStore,
        transports: Sequence[Transport],
        clock: Clock,
        charts: Charts,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._desk = desk
        self._store = store
        self._transports = transports
        self._clock = clock
        self._patience = patience
        self._renderer = Renderer(desk, charts)

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as followers:
            for transport in self._transports:
                for channel in transport.channels():
                    followers.create_task(self._follow(transport, channel), name=f"notices {channel.key}")

    async def _follow(self, transport: Transport, channel: Channel) -> None:
        delivery = Delivery(transport, channel, self._clock, self._patience)
        follower = Follower(self._desk, self._store, delivery, self._renderer)
        await keep_running(f"notices {channel.key}", follower.run, self._clock)
