"""One channel follows the journal: each entry is told once, the most urgent first, cards are edited as they change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chatbot.message import Channel, Reply
from chatbot.notices.answered import Answered, Asking
from chatbot.notices.bookmark import Bookmark
from chatbot.notices.kinds import kind_of
from chatbot.notices.preferences import Preferences
from chatbot.notices.waiting import MOST_SINGLY, ROOM, Turn, Waiting
from chatbot.notifier.catching_up import CatchingUp
from chatbot.notifier.copies import Copies
from chatbot.notifier.delivery import ChannelDown, ChannelMoved, Delivery
from chatbot.notifier.held import Held
from chatbot.notifier.posting import Posting
from chatbot.notifier.rendering import Renderer
from chatbot.notifier.telling import Telling
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock, first_of
from trading.contract import Reader
from trading.domain.event import JournalEntry

LOOK_AGAIN = 0.5
"""Seconds between two looks at what came while an answer is awaited."""

_PAGE = 100


class Follower:
    """Reads on from the channel's cursor for ever. What a crash leaves open is told again, marked: at least once."""

    def __init__(
        self,
        desk: Reader,
        store: ChatStore,
        delivery: Delivery,
        renderer: Renderer,
        preferences: Preferences,
        answered: Answered,
        clock: Clock,
    ) -> None:
        self.bookmark = bookmark = Bookmark(store, delivery.channel)
        self._desk = desk
        self._answered = answered
        self._channel = delivery.channel
        self._clock = clock
        self._pace = delivery.pace
        self._posting = Posting(delivery, bookmark, store, clock)
        copies = Copies(store, self._posting, lambda: preferences.former(delivery.channel))
        self._telling = Telling(desk, self._posting, copies, renderer, bookmark, preferences, clock)
        self._held = Held(desk, self._posting, renderer, bookmark, preferences, clock)
        self._catching_up = CatchingUp(desk, self._posting, self._telling, bookmark, preferences, answered)
        self._waiting = Waiting()
        self._read_to = 0
        self._moved_to: Channel | None = None

    def move_to(self, channel: Channel) -> None:
        """The chat goes on as `channel`: `run` says so, without a message having been refused."""
        self._moved_to = channel
        self.bookmark.rung.set()

    async def run(self) -> None:
        """Follow until cancelled. Raises what the store or the desk raise; start again from the bookmark then.

        Raises ChannelLost and ChannelMoved.
        """
        await self.bookmark.load()
        if await self._catching_up.is_new():
            await self._until_up(self._catching_up.begin_anew)
        await self._catch_up()
        while True:
            try:
                await self._step()
            except ChannelDown:
                await self._catch_up()

    async def _step(self) -> None:
        """One message, or a rest."""
        if self._moved_to is not None:
            raise ChannelMoved(self._moved_to)
        if (pause := self._pace.wait()) > 0:
            # Chosen after the pause, so that what is urgent overtakes what waited for it.
            await self._clock.sleep(pause)
        await self._take_in()
        if await self._announce() or await self._held.release():
            return
        turn = self._waiting.next(self._most_singly())
        if turn is None:
            await self.bookmark.settle(None, self._read_to)
            await self._rest()
        elif (asking := self._answered.awaited(turn.entries, self._channel)) is not None:
            await self._wait_for(asking)
        else:
            await self._tell(turn)

    async def _take_in(self) -> None:
        """Read what the journal has, as far as there is room."""
        while len(self._waiting) < ROOM and (page := await self._desk.events(self._read_to, _PAGE)):
            for entry in page:
                if not self.bookmark.is_done(entry.seq):
                    self._waiting.add(entry, await kind_of(entry.event, self._desk))
            self._read_to = page[-1].seq

    async def _tell(self, turn: Turn) -> None:
        counted = [entry for entry in turn.entries if await self._is_told_otherwise(entry)]
        for entry in counted:
            await self._telling.edit_cards(entry)
        rest = tuple(entry for entry in turn.entries if entry not in counted)
        if rest:
            await self._telling.tell(Turn(turn.kind, rest))
        self._waiting.done(turn)
        self.bookmark.told(entry.seq for entry in turn.entries)
        await self.bookmark.settle(self._waiting.first, self._read_to)

    async def _is_told_otherwise(self, entry: JournalEntry) -> bool:
        """A summary has counted it, or an answer here has said it."""
        counted = entry.seq in self._catching_up.only_counted
        return counted or await self._answered.has_told(entry, self._channel)

    async def _wait_for(self, asking: Asking) -> None:
        """An answer may say it first. Not for long at a time: what is urgent comes in meanwhile."""
        await first_of(self._clock.sleep(LOOK_AGAIN), asking.over.wait())

    async def _announce(self) -> bool:
        announcements = self.bookmark.page.announcements
        if announcements:
            await self._posting.post([f"announced:{announcements[0]}"], Reply(text=announcements[0]))
            await self.bookmark.announced()
        return bool(announcements)

    async def _catch_up(self) -> None:
        """After an outage, read again from the cursor, with a summary where much was missed."""
        await self._until_up(self._catching_up.summarise)
        self._waiting.clear()
        self._read_to = self.bookmark.cursor or 0

    async def _until_up(self, work: Callable[[], Awaitable[None]]) -> None:
        """`work`, afresh after every spell of patience, as what was missed grows while the channel is down."""
        while True:
            try:
                return await work()
            except ChannelDown:
                continue

    def _most_singly(self) -> int:
        """After a summary the rest comes in as few messages as can be."""
        return 1 if self.bookmark.page.summarised >= (self._waiting.first or self._read_to + 1) else MOST_SINGLY

    async def _rest(self) -> None:
        """Until the journal grows, something held is due, or somebody rings."""
        left = self._held.seconds_left()
        due = [] if left is None else [self._clock.sleep(left)]
        await first_of(self._desk.wait_for_events(self._read_to), self.bookmark.rung.wait(), *due)
        self.bookmark.rung.clear()
