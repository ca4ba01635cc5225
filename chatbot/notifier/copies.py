"""Messages of one channel that change: a card is posted once, edited as it changes, replaced when too old for that."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from chatbot.message import MessageRef, Reply
from chatbot.notifier.posting import Posting
from chatbot.store.chat_store import ChatStore

REMEMBERED = 100

Render = Callable[[], Awaitable[Reply | None]]


class Copies:
    """The copies of each card in the posting's channel, by what the card is about: an approval, an order.

    `former` are keys under which the channel was known before it moved: its cards moved with it.
    """

    def __init__(self, store: ChatStore, posting: Posting, former: Callable[[], Sequence[str]] = tuple) -> None:
        self._store = store
        self._posting = posting
        self._channel = posting.delivery.channel
        self._former = former
        self._shown: OrderedDict[str, Reply] = OrderedDict()

    async def post(self, subject: str, reply: Reply, tokens: Sequence[str] = ()) -> None:
        """Post the card unless it stands here already. `tokens` name the journal entries that it tells."""
        if await self._refs(subject):
            return
        ref = await self._posting.post(tokens or (f"card:{subject}",), reply)
        if ref is not None:
            await self._store.remember_card(subject, ref)
            self._remember(subject, reply)

    async def edit(self, subject: str | None, render: Render) -> int:
        """Bring every copy of the card up to date; how many copies there are."""
        refs = await self._refs(subject) if subject else ()
        reply = await render() if refs else None
        if subject is None or reply is None or self._shown.get(subject) == reply:
            return len(refs)
        edited = [await self._posting.delivery.edit(ref, reply) for ref in refs]
        if not any(edited):
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
        """A card of which no copy can be edited any more goes on in a new message, once."""
        key = f"replaced:{self._channel.key}:{subject}"
        if await self._store.get(key) is not None:
            return
        ref = await self._posting.post((f"replaced:{subject}",), reply)
        if ref is not None:
            await self._store.remember_card(subject, ref)
            await self._store.put(key, "1")

    async def _refs(self, subject: str) -> Sequence[MessageRef]:
        ours = {self._channel.key, *self._former()}
        found = [ref for ref in await self._store.cards(subject) if ref.channel.key in ours]
        return [replace(ref, channel=self._channel) for ref in found]
