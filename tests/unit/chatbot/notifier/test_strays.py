"""Copies of a card in chats that get no notices: they show what came of it all the same."""

from __future__ import annotations

import asyncio

from chatbot.message import Channel, MessageRef, Unsent
from chatbot.notices.audience import Audience
from chatbot.notifier.rendering import Renderer
from chatbot.notifier.strays import Strays
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_transport import FakeTransport
from tests.unit.chatbot.notifier.test_notifier import NOW, Notices, settled
from trading.domain.event import ApprovalClosed
from trading.domain.risk import ApprovalStatus

OWN = Channel("telegram", "502")
SHUT_OUT = Channel("telegram", "503")
FOLLOWED = Channel("telegram", "1")


class Shown(Notices):
    """A card that stands in three chats: one that gets notices, a trader's own, and one of somebody shut out."""

    def __init__(self, transport: FakeTransport) -> None:
        super().__init__(transport)
        audience = Audience(self.transports, self.preferences)
        renderer = Renderer(self.desk, self.charts)  # type: ignore[arg-type]
        self.strays = Strays(self.desk, self.store, audience, renderer, self.clock, lambda c: c != SHUT_OUT)  # type: ignore[arg-type]
        self.desk.cards[facts.CARD_ID] = facts.card()
        for number, channel in enumerate((FOLLOWED, OWN, SHUT_OUT), start=1):
            self.store.remembered.setdefault(facts.CARD_ID, []).append(MessageRef(channel, str(number)))

    async def decided(self) -> None:
        following = asyncio.create_task(self.strays.run())
        await settled()
        self.desk.close(facts.CARD_ID, ApprovalStatus.REJECTED)
        self.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.REJECTED))
        await self.passes(5)
        following.cancel()


async def test_a_copy_in_a_chat_without_notices_shows_what_came_of_it() -> None:
    shown = Shown(FakeTransport())
    await shown.decided()
    assert [number for number, _ in shown.transport.edits] == ["2"]
    assert "Rejected by @owner" in shown.transport.shown["2"].text and shown.transport.shown["2"].buttons == ()


async def test_it_is_tried_again_where_the_platform_asks_for_a_pause() -> None:
    shown = Shown(FakeTransport(troubles=[Unsent("slow down", 2.0)]))
    await shown.decided()
    assert "Rejected by @owner" in shown.transport.shown["2"].text
