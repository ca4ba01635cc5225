"""A message on the page that shows how far it is, until the answer takes its place."""

from __future__ import annotations

from contextlib import suppress

from chatbot.message import Reply
from chatbot.transports.web_feed import Author, Feed, Posted
from trading.contract import Reader


class Passing:
    """Posted by the first `show`, edited by later ones."""

    def __init__(self, feed: Feed, desk: Reader) -> None:
        self._feed = feed
        self._desk = desk
        self._id: str | None = None

    async def show(self, reply: Reply) -> None:
        """The state of things, until the answer comes."""
        self.become(reply)

    def become(self, reply: Reply) -> Posted:
        """The message, new where there is none yet, or none any more, that shows `reply` now."""
        if self._id is not None:
            with suppress(KeyError):
                return self._feed.edit(self._id, reply)
        posted = self._feed.post(Author.PURSER, reply, self._desk.now())
        self._id = posted.id
        return posted

    @property
    def is_shown(self) -> bool:
        return self._id is not None
