"""A card's buttons count where the card was shown, and nowhere else: a client can send any button's id from anywhere.

A card stands under the messages that the store knows, and in the chats where an answer brought it. A card for everybody
may be on its way to a chat that gets notices while it is pressed there; but not under a message that shows another one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial

import structlog

from chatbot.message import Channel, MessageRef, Press, PressReply, Reply
from chatbot.store.chat_store import ChatStore
from trading.contract import Reader
from trading.domain.risk import ApprovalKind

ABOUT_CARDS = frozenset({"ok", "no", "info", "tog", "adopt", "ignore", "again"})
"""How the ids of a card's buttons begin; the card's own id follows."""

ELSEWHERE = "This card was not shown here; nothing was done. What waits: /pending"

_OWN_MACHINE = ("web", "terminal")

log = structlog.get_logger(__name__)


class Bound:
    """Knows where cards were shown. `notified` are the keys of the channels that get notices."""

    def __init__(self, desk: Reader, store: ChatStore, notified: Collection[str]) -> None:
        self._desk = desk
        self._store = store
        self._notified = notified

    async def note(self, brought: Reply | PressReply | None, channel: Channel) -> None:
        """An answer in `channel` shows the cards whose buttons it carries."""
        match brought:
            case Reply():
                for card in sorted({card for button in brought.buttons if (card := card_of(button.id))}):
                    await self._note(card, channel)
            case PressReply():
                await self.note(brought.edit, channel)
                await self.note(brought.send, channel)

    def traced(self, reply: Reply) -> Reply:
        """`reply`, remembered once it is posted: its cards are edited there as they change, pressed or not."""
        shown = sorted({card for button in reply.buttons if (card := card_of(button.id))})
        return reply.and_told(partial(self._told, shown)) if shown else reply

    async def _told(self, shown: Sequence[str], message: MessageRef) -> None:
        try:
            for card in shown:
                await self._store.remember_card(card, message)
        except Exception:
            log.exception("card not remembered", channel=message.channel.key)

    async def belongs(self, press: Press) -> bool:
        """Whether the pressed button can be one that we showed there."""
        card = card_of(press.button_id)
        if not card or press.actor.platform in _OWN_MACHINE:
            return True
        if press.message is not None and press.message.channel != press.channel:
            return False
        if press.message in await self._store.cards(card) or press.channel.key in await self._chats(card):
            return True
        return press.channel.key in self._notified and await self._may_be_on_its_way(press, card)

    async def _may_be_on_its_way(self, press: Press, card: str) -> bool:
        if press.message is not None and await self._store.shown_by(press.message):
            return False
        view = await self._desk.approval(card)
        # What is no approval is a difference between books and exchange, or nothing at all: both are told everywhere.
        return view is None or view.approval.kind is ApprovalKind.CARD

    async def _note(self, card: str, channel: Channel) -> None:
        chats = await self._chats(card)
        if channel.platform not in _OWN_MACHINE and channel.key not in chats:
            await self._store.put(_key(card), json.dumps([*chats, channel.key]))

    async def _chats(self, card: str) -> list[str]:
        kept = await self._store.get(_key(card))
        return list(json.loads(kept)) if kept else []


def card_of(button_id: str) -> str:
    """The card that a button is about; empty for other buttons."""
    action, _, rest = button_id.partition(":")
    return rest.partition(":")[0] if action in ABOUT_CARDS else ""


def _key(card: str) -> str:
    return f"shown:{card}"
