"""Where one channel stands in the journal: a crash between any two steps loses nothing, and doubles nothing unsaid.

The cursor says up to where everything is done. Beside it stands what was told ahead of it (urgent notices overtake),
what is held for later, and what was about to be sent: found there after a crash, its message may be out already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable

from chatbot.message import Channel
from chatbot.notices.page import MOST_UNSHOWN, Held, Page, after, beyond, joined
from chatbot.store.chat_store import ChatStore


class Bookmark:
    """One channel's place. `load` first; every other method writes before it returns, except `told` and `hold`."""

    def __init__(self, store: ChatStore, channel: Channel) -> None:
        self._store = store
        self._channel = channel
        self._page = self._written = Page()
        self._loaded = False
        self._writing = asyncio.Lock()
        self.cursor: int | None = None
        self.rung = asyncio.Event()
        """Set when something is to be told that is not in the journal."""

    @property
    def page(self) -> Page:
        return self._page

    async def load(self) -> None:
        """Read what is kept, once; later, what was going out when something failed is in doubt."""
        async with self._writing:
            if self._loaded:
                self._set(sending=(), doubtful=joined(self._page.doubtful, self._page.sending))
                return
            self.cursor = await self._store.cursor(self._channel.key)
            text = await self._store.get(_key(self._channel))
            page = self._written = Page() if text is None else Page.model_validate_json(text)
            self._page = page.model_copy(update={"sending": (), "doubtful": joined(page.doubtful, page.sending)})
            self._loaded = True

    def is_done(self, seq: int) -> bool:
        """Whether `seq` was told, is held, or is not for this channel."""
        page = self._page
        held = seq in page.quiet.seqs or seq in page.digest.seqs
        return held or seq in page.ahead or (self.cursor is not None and seq <= self.cursor)

    async def begin_anew(self) -> None:
        """Forget what belonged to another journal."""
        self.cursor = None
        if not self._page.fresh:
            await self._keep(fresh=True, ahead=(), summarised=0, quiet=Held(), digest=Held())

    async def up_to_date(self, seq: int) -> None:
        """Everything up to `seq` is done."""
        await self._move(seq)
        await self._keep(fresh=False, ahead=(), **self._arrived())

    async def sending(self, tokens: Collection[str]) -> bool:
        """Note that a message about `tokens` goes out now; whether it may be out already from before."""
        await self._keep(sending=tuple(tokens))
        return not set(tokens).isdisjoint(self._page.doubtful)

    async def unsent(self) -> None:
        """The message that was going out did certainly not arrive."""
        await self._keep(sending=())

    async def in_doubt(self) -> None:
        """The message that was going out may have arrived, or not."""
        await self._keep(sending=(), doubtful=joined(self._page.doubtful, self._page.sending))

    def told(self, seqs: Iterable[int]) -> None:
        """These are done; `settle` writes it."""
        self._set(ahead=tuple(sorted({*self._page.ahead, *seqs})))

    def hold(self, which: str, seqs: Iterable[int], since: str) -> None:
        """Hold these for later, in "quiet" or in "digest"; `settle` writes it."""
        held: Held = getattr(self._page, which)
        self._set(**{which: held.with_(seqs, since)})

    async def released(self, which: str) -> None:
        """What was held in `which` has been told."""
        await self._keep(**{which: Held()}, **self._arrived())

    async def settle(self, first_waiting: int | None, read_to: int) -> None:
        """Write what was told and held; move the cursor up to what still waits."""
        upto = read_to if first_waiting is None else first_waiting - 1
        self._set(**self._arrived())
        # The page before the cursor: a crash in between must find what was told ahead, or held.
        if beyond(self._page, upto) != beyond(self._written, upto):
            await self._keep()
        await self._move(upto)

    async def summarised(self, seq: int) -> None:
        await self._keep(summarised=seq, **self._arrived())

    async def not_shown(self, what: str) -> None:
        """The platform refused this message for good; the next one says so."""
        unshown = (*self._page.unshown, what)[-MOST_UNSHOWN:]
        await self._keep(unshown=unshown, unshown_count=self._page.unshown_count + 1)

    def unshown_told(self) -> None:
        self._set(unshown=(), unshown_count=0)

    async def announce(self, text: str) -> None:
        """Have this told here, once."""
        if not self._loaded:
            await self.load()
        await self._keep(announcements=(*self._page.announcements, text))
        self.rung.set()

    async def announced(self) -> None:
        """The oldest announcement is out."""
        await self._keep(announcements=self._page.announcements[1:], **self._arrived())

    async def lost(self, yes: bool) -> None:
        if self._page.lost != yes:
            await self._keep(lost=yes)

    async def carried_to(self, channel: Channel) -> None:
        """Keep the same place under another channel's name."""
        await self._store.put(_key(channel), self._page.model_dump_json(exclude_defaults=True))
        if self.cursor is not None:
            await self._store.set_cursor(channel.key, self.cursor)

    def _arrived(self) -> dict[str, object]:
        """What was going out is out: no doubt is left about it."""
        sent = set(self._page.sending)
        return {"sending": (), "doubtful": tuple(token for token in self._page.doubtful if token not in sent)}

    async def _move(self, upto: int) -> None:
        if self.cursor is None or upto > self.cursor:
            await self._store.set_cursor(self._channel.key, upto)
            self.cursor = upto
        self._set(ahead=tuple(s for s in self._page.ahead if s > upto), doubtful=after(self._page.doubtful, upto))

    async def _keep(self, **changes: object) -> None:
        self._set(**changes)
        async with self._writing:
            page = self._page
            await self._store.put(_key(self._channel), page.model_dump_json(exclude_defaults=True))
            self._written = page

    def _set(self, **changes: object) -> None:
        self._page = self._page.model_copy(update=changes)


def _key(channel: Channel) -> str:
    return f"bookmark:{channel.key}"
