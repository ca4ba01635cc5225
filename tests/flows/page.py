"""The bot's page, used as the owner's browser uses it: words, presses, and the feed of messages pushed to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp

Message = dict[str, Any]
T = TypeVar("T")
WITHIN = 20.0
"""Seconds to wait for what should come at once; a loaded machine is slow."""


class Page:
    """The messages as they look now, newest form of each, in the order of their creation."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._messages: dict[str, Message] = {}
        self._changed = asyncio.Condition()
        self._following = asyncio.create_task(self._follow())

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, token: str) -> AsyncIterator[Page]:
        """Sign in with the token and follow the feed."""
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(address, headers=headers) as session:
            page = cls(session)
            try:
                yield page
            finally:
                page._following.cancel()
                await asyncio.gather(page._following, return_exceptions=True)

    @property
    def messages(self) -> list[Message]:
        """What the bot said, oldest first."""
        return [message for message in self._messages.values() if message["author"] == "purser"]

    async def ask(self, text: str) -> Message:
        """Write `text`; the reply."""
        return await self._post("/api/ask", {"text": text})

    async def press(self, button: str) -> Message:
        """Press a button by its id: {"toast", "edit", "send"}."""
        return await self._post("/api/press", {"id": button})

    async def get(self, path: str) -> Any:
        """JSON from the page."""
        async with self._session.get(path) as answer:
            assert answer.status == 200, f"{path} answered {answer.status}"
            return await answer.json()

    async def fetch(self, path: str) -> tuple[int, bytes]:
        """Status and body of anything on the page."""
        async with self._session.get(path) as answer:
            return answer.status, await answer.read()

    async def message(self, *words: str, within: float = WITHIN) -> Message:
        """The first message of the bot that contains all of `words`, waited for."""
        return await self.until(lambda: next(iter(self._saying(words)), None), within)

    async def card(self, within: float = WITHIN) -> Message:
        """The card that waits for a press, waited for."""
        return await self.until(lambda: next(iter(self._waiting()), None), within)

    async def until(self, look: Callable[[], T | None], within: float = WITHIN) -> T:
        """What `look` sees once it sees something; it looks after each change of the page."""
        async with asyncio.timeout(within), self._changed:
            while not (seen := look()):
                assert not self._following.done(), "the page went away"
                await self._changed.wait()
            return seen

    def _saying(self, words: tuple[str, ...]) -> list[Message]:
        return [message for message in self.messages if all(word in said(message) for word in words)]

    def _waiting(self) -> list[Message]:
        return [m for m in self.messages if any(button["label"] == "Approve" for button in m["buttons"])]

    async def _post(self, path: str, body: dict[str, str]) -> Message:
        async with self._session.post(path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            reply: Message = await answer.json()
            return reply

    async def _follow(self) -> None:
        try:
            async with self._session.ws_connect("/api/live?after=0") as socket:
                async for frame in socket:
                    changes = json.loads(frame.data)
                    self._messages.update({message["id"]: message for message in changes["messages"]})
                    await self._tell()
        finally:
            await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def said(message: Message) -> str:
    """All the words of a message or reply."""
    return f"{message['text']}\n{message['card']}"


def button(message: Message, label: str) -> str:
    """The id of the button with this label."""
    found = {each["label"]: each["id"] for each in message["buttons"]}
    assert label in found, f"no button {label!r}, only {list(found)}, in {said(message)!r}"
    return str(found[label])
