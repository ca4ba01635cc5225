"""Messages of one channel, each noted before it goes out: what a crash leaves open is sent again, and marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import structlog

from chatbot.message import Actor, MessageRef, Reply
from chatbot.notices.bookmark import Bookmark
from chatbot.notifier.delivery import ChannelDown, ChannelLost, ChannelMoved, Delivery, Refusing, marked
from chatbot.present import numbers as n
from chatbot.present.layout import prose
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock

_LONGEST_HEADLINE = 90
_OURSELVES = Actor("purser", "notices", "Purser")

log = structlog.get_logger(__name__)


class Posting:
    """Sends through `delivery`, and keeps in `bookmark` what is going out."""

    def __init__(self, delivery: Delivery, bookmark: Bookmark, store: ChatStore, clock: Clock) -> None:
        self.delivery = delivery
        self._bookmark = bookmark
        self._store = store
        self._clock = clock

    async def post(self, tokens: Collection[str], reply: Reply) -> MessageRef | None:
        """Send what `tokens` name: journal entries by their seq, anything else by a word of its own.

        None where it is not there for certain, which the next message then says. Raises what the delivery raises.
        """
        repeated = await self._bookmark.sending(tokens)
        shown = self._with_what_was_not_shown(marked(reply) if repeated else reply)
        try:
            ref = await self.delivery.post(shown)
        except Refusing as error:
            await self._refused(reply, str(error))
            return None
        except ChannelDown as down:
            await (self._bookmark.unsent() if down.is_certain else self._bookmark.in_doubt())
            raise
        except (ChannelLost, ChannelMoved):
            await self._bookmark.unsent()
            raise
        if shown is not reply:
            self._bookmark.unshown_told()
        await self._bookmark.lost(False)
        return ref

    def _with_what_was_not_shown(self, reply: Reply) -> Reply:
        page = self._bookmark.page
        if not page.unshown_count:
            return reply
        named, count = "; ".join(dict.fromkeys(page.unshown)), n.counted(page.unshown_count, "message")
        return replace(reply, text=prose(reply.text, f"{count} could not be shown here: {named} See /audit."))

    async def _refused(self, reply: Reply, why: str) -> None:
        what = headline(reply)
        log.warning("message refused for good", channel=self.delivery.channel.key, what=what, why=why)
        await self._bookmark.not_shown(what)
        try:
            await self._store.record_audit(
                self._clock.now(), _OURSELVES, self.delivery.channel, f"notice: {what}", f"not shown: {why}"
            )
        except Exception:
            log.exception("audit not recorded", channel=self.delivery.channel.key)


def headline(reply: Reply) -> str:
    """The first two lines, short enough to be named in another message."""
    first = " ".join((reply.text or reply.card or "a message without text").splitlines()[:2])
    return first if len(first) <= _LONGEST_HEADLINE else first[: _LONGEST_HEADLINE - 1] + "…"
