"""Tells people what happened: every channel follows the journal by itself, so none delays another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from chatbot.message import Channel, Transport
from chatbot.notices.answered import Answered
from chatbot.notices.audience import Audience
from chatbot.notices.preferences import Preferences
from chatbot.notifier.delivery import ChannelLost, ChannelMoved, Delivery
from chatbot.notifier.follower import Follower
from chatbot.notifier.rendering import Renderer
from chatbot.present.cards import bundles
from chatbot.present.charts import Charts
from chatbot.store.chat_store import ChatStore
from chatbot.supervision import keep_running
from trading.clock import Clock, first_of
from trading.contract import Reader

PATIENCE = timedelta(minutes=10)
"""A channel that takes nothing for so long was down: what it missed may be summarised."""

LOST_PAUSE = 3600.0
"""Seconds until a chat that is gone is tried again."""

Moving = Callable[[Channel, Channel], Awaitable[None]]

log = structlog.get_logger(__name__)


async def _nowhere(_: Channel, __: Channel) -> None:
    """Nothing else depends on where a chat is."""


class Notifier:
    """Follows the journal for every channel of `audience`. `clock` is the people's clock.

    `moved` is told when a chat goes on under another id: old, new. `answered` knows what answers have told already.
    """

    def __init__(
        self,
        desk: Reader,
        store: ChatStore,
        audience: Audience,
        preferences: Preferences,
        clock: Clock,
        charts: Charts,
        patience: timedelta = PATIENCE,
        moved: Moving = _nowhere,
        answered: Answered | None = None,
    ) -> None:
        self._desk = desk
        self._store = store
        self._audience = audience
        self._preferences = preferences
        self._clock = clock
        self._patience = patience
        self._moved = moved
        self._answered = answered or Answered(desk, store, clock)
        self._renderer = Renderer(desk, charts)
        self._followers: dict[Channel, Follower] = {}
        self._lost: dict[Channel, asyncio.Event] = {}
        self.changed = asyncio.Event()
        """Set it when a channel has come or gone."""

    def moved(self, old: Channel, new: Channel) -> None:
        """The chat `old` goes on as `new`."""
        if (follower := self._followers.get(old)) is not None:
            follower.move_to(new)

    def reopened(self, channel: Channel) -> None:
        """Whoever had lost the chat, or a topic of it, tries again at once."""
        for lost, bell in self._lost.items():
            if lost.platform == channel.platform and channel.id in (lost.id, lost.id.partition("/")[0]):
                bell.set()

    async def run(self) -> None:
        """Follow until cancelled; channels that come are followed from then on, those that go are left."""
        await self._preferences.load()
        self._preferences.listen(self.changed)
        try:
            async with asyncio.TaskGroup() as followers:
                await self._follow_all(followers)
        finally:
            self._preferences.unlisten(self.changed)

    async def _follow_all(self, followers: asyncio.TaskGroup) -> None:
        following: dict[Channel, asyncio.Task[None]] = {}
        while True:
            self.changed.clear()
            channels = self._audience.channels()
            for left in following.keys() - channels.keys():
                following.pop(left).cancel()
            for channel in [channel for channel in channels if channel not in following]:
                serving = self._follow(channels[channel], channel)
                following[channel] = followers.create_task(serving, name=f"notices {channel.key}")
            await self.changed.wait()

    async def _follow(self, transport: Transport, channel: Channel) -> None:
        delivery = Delivery(transport, channel, self._clock, self._patience)
        follower = Follower(
            self._desk, self._store, delivery, self._renderer, self._preferences, self._answered, self._clock
        )
        self._followers[channel] = follower
        self._preferences.listen(follower.bookmark.rung)
        try:
            await keep_running(f"notices {channel.key}", lambda: self._while_there(follower, channel), self._clock)
        finally:
            self._preferences.unlisten(follower.bookmark.rung)
            del self._followers[channel]

    async def _while_there(self, follower: Follower, channel: Channel) -> None:
        """Follow; a chat that is gone is tried again rarely, one that moved is followed elsewhere."""
        while True:
            try:
                await follower.run()
            except ChannelLost as lost:
                await self._until_worth_a_try(follower, channel, str(lost))
            except ChannelMoved as move:
                return await self._carry_over(follower, channel, move.channel)

    async def _until_worth_a_try(self, follower: Follower, channel: Channel, why: str) -> None:
        bell = self._lost[channel] = asyncio.Event()
        try:
            await self._tell_others(follower, channel, why)
            await first_of(self._clock.sleep(LOST_PAUSE), bell.wait())
        finally:
            del self._lost[channel]

    async def _tell_others(self, lost: Follower, channel: Channel, why: str) -> None:
        """Said once in every other channel; it is noted before as lost only after they have it on their list."""
        log.warning("channel lost", channel=channel.key, why=why, again_in=LOST_PAUSE)
        if lost.bookmark.page.lost:
            return
        text = bundles.lost(channel.key, why, self._desk.world).text
        for other in [follower for follower in self._followers.values() if follower is not lost]:
            await other.bookmark.announce(text)
        await lost.bookmark.lost(True)

    async def _carry_over(self, follower: Follower, old: Channel, new: Channel) -> None:
        """Cursor, cards, preferences and the right to be served go with the chat."""
        log.warning("channel moved", channel=old.key, to=new.key)
        if new not in self._followers:
            await follower.bookmark.carried_to(new)
        await self._moved(old, new)
        await self._preferences.move(old, new)
