"""What each of our messages shows by now: Telegram refuses an edit that would change nothing, so it is not sent.

A press and the journal often bring the same card up to date at the same moment. Edits of one message go one after
another, so that the later one knows what the earlier one left there.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from chatbot.message import Button
from chatbot.transports.telegram_text import Text

MOST = 1_000
"""Messages remembered. Of older ones an edit is sent unseen, and Telegram says whether it changed anything."""

Place = tuple[str, int]
"""A chat, and a message's number in it."""


class Shown:
    """Words and buttons of the messages that were posted or edited last."""

    def __init__(self) -> None:
        self._looks: OrderedDict[Place, int] = OrderedDict()
        self._editing: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def note(self, place: Place, text: Text, buttons: tuple[Button, ...]) -> None:
        """The message shows this."""
        self._looks[place] = hash((text, buttons))
        self._looks.move_to_end(place)
        if len(self._looks) > MOST:
            self._looks.popitem(last=False)

    async def change(
        self, place: Place, text: Text, buttons: tuple[Button, ...], edit: Callable[[], Awaitable[object]]
    ) -> None:
        """`edit`, unless the message shows `text` and `buttons` already. Raises what `edit` raises."""
        async with self._turn(place):
            if self._looks.get(place) != hash((text, buttons)):
                await self._edited(place, text, buttons, edit)

    async def renew(
        self, place: Place, text: Text, buttons: tuple[Button, ...], edit: Callable[[], Awaitable[object]]
    ) -> None:
        """`edit` in any case: it brings a picture, and a new picture is always a change."""
        async with self._turn(place):
            await self._edited(place, text, buttons, edit)

    def _turn(self, place: Place) -> asyncio.Lock:
        return self._editing.setdefault(place, asyncio.Lock())

    async def _edited(
        self, place: Place, text: Text, buttons: tuple[Button, ...], edit: Callable[[], Awaitable[object]]
    ) -> None:
        self._looks.pop(place, None)  # unknown, should the edit fail on its way
        await edit()
        self.note(place, text, buttons)
