"""Messages of one channel that change: a card is posted once, edited as it changes, replaced when too old for that."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from chatbot.delivery import Delivery
from chatbot.message import MessageRef, Reply
from chatbot.store import ChatStore

REMEMBERED = 100

Render = Callable[[], Awaitable[Reply | None]]


class Copies:
    """The copies of each card in the delivery's channel, by what the card is about: an approval, an order."""

    def __init__(self, store: ChatStore, delivery: Delivery) -> None:
        self._store = store
        self._delivery = delivery
        self._key = delivery.channel.key
        self._shown: OrderedDict[str, Reply] = OrderedDict()

    async def post(self, subject: str, reply: Reply) -> None:
        """Post the card unless it stands here already."""
        if await self._refs(subject):
            return
        ref = await self._delivery.post(reply)
        if ref is not None:
            await self._store.remember_card(subject, ref)
            self._remember(subject, reply)

    async def edit(self, subject: str | None, render: Render) -> int:
        """Bring every copy of the card up to date; how many copies there are."""
        refs = await self._refs(subject) if subject else ()
        reply = await render() if refs else None
        if subject is None or reply is None or self._shown.get(subject) == reply:
            return len(refs)
        for ref in refs:
            if not await self._delivery.edit(ref, reply):
                await self._replace(subject, reply)
        self._remember(subject, reply)
        return len(refs)

    def _remember(self, subject: str, reply: Reply) -> None:
        """What the card says now: an edit that changes nothing is no message."""
        self._shown[subject] = reply
        self._shown.move_to_end(subject)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)

    async def _replace(self, subject: str, reply: Reply) -> None:
        """A card too old to be edited gets its end as a new message, once."""
        key = f"replaced:{self._key}:{subject}"
        if await self._store.get(key) is None and await self._delivery.post(reply) is not None:
            await self._store.put(key, "1")

    async def _refs(self, subject: str) -> Sequence[MessageRef]:
        return [ref for ref in await self._store.cards(subject) if ref.channel.key == self._key]
