"""Cards that an answer brought to a chat that follows nothing: a trader's own, who asked for /pending there.

They are brought up to date as they change, for as long as somebody known reads that chat. Best effort: what is missed
while the program or the platform is down stays as it was, and a press there says how things stand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from chatbot.message import Channel, MessageRef, Reply
from chatbot.notices.audience import Audience
from chatbot.notifier.delivery import ChannelDown, ChannelLost, ChannelMoved, Delivery
from chatbot.notifier.rendering import Renderer
from chatbot.notifier.telling import approval_of
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock
from trading.contract import Reader
from trading.domain.event import JournalEntry

PATIENCE = timedelta(seconds=30)
_PAGE = 100

log = structlog.get_logger(__name__)


class Strays:
    """Follows the journal from now on, for the copies outside `audience`. `known` says whether a chat is still ours."""

    def __init__(
        self,
        desk: Reader,
        store: ChatStore,
        audience: Audience,
        renderer: Renderer,
        clock: Clock,
        known: Callable[[Channel], bool],
    ) -> None:
        self._desk = desk
        self._store = store
        self._audience = audience
        self._renderer = renderer
        self._clock = clock
        self._known = known

    async def run(self) -> None:
        """Follow until cancelled."""
        read_to = await self._desk.last_event()
        while True:
            for entry in (page := await self._desk.events(read_to, _PAGE)):
                await self._bring_up(entry)
            read_to = page[-1].seq if page else read_to
            await self._desk.wait_for_events(read_to)

    async def _bring_up(self, entry: JournalEntry) -> None:
        card = await approval_of(entry.event, self._desk)
        strays = await self._strays(card) if card else ()
        reply = await self._renderer.card(card) if card and strays else None
        if reply is not None:
            await asyncio.gather(*(self._edit(stray, reply) for stray in strays))

    async def _strays(self, card: str) -> Sequence[MessageRef]:
        followed = self._audience.channels()
        return [r for r in await self._store.cards(card) if r.channel not in followed and self._known(r.channel)]

    async def _edit(self, stray: MessageRef, reply: Reply) -> None:
        transport = self._audience.transport(stray.channel)
        if transport is None:
            return
        try:
            await Delivery(transport, stray.channel, self._clock, PATIENCE).edit(stray, reply)
        except (ChannelDown, ChannelLost, ChannelMoved) as failure:
            log.info("card not brought up to date", channel=stray.channel.key, why=repr(failure))
