"""How a channel begins: a new one hears how things stand, one that was down hears first how much it missed."""

from __future__ import annotations

from chatbot.notices.answered import Answered
from chatbot.notices.bookmark import Bookmark
from chatbot.notices.kinds import KINDS, NoticeKind, kind_of
from chatbot.notices.preferences import Level, Preferences
from chatbot.notifier.backlog import Backlog, read_backlog
from chatbot.notifier.posting import Posting
from chatbot.notifier.telling import Telling
from chatbot.present.cards.notices import missed
from trading.contract import Reader
from trading.domain.event import JournalEntry, LiveUnconfirmed, Started

MOST_MISSED = 5
"""After an outage, more missed messages than this are announced by a summary."""
_LOOK_BACK = 200


class CatchingUp:
    """Brings the channel of `posting` to where it can follow. Raises what the delivery raises; begin again then."""

    def __init__(
        self,
        desk: Reader,
        posting: Posting,
        telling: Telling,
        bookmark: Bookmark,
        preferences: Preferences,
        answered: Answered,
    ) -> None:
        self._desk = desk
        self._posting = posting
        self._telling = telling
        self._bookmark = bookmark
        self._preferences = preferences
        self._answered = answered
        self._channel = posting.delivery.channel
        self.only_counted: frozenset[int] = frozenset()
        """What the summary has counted and nothing else tells."""

    async def is_new(self) -> bool:
        """Whether the channel has no place in this journal: none yet, or one in another journal, which is gone."""
        cursor = self._bookmark.cursor
        return cursor is None or cursor > await self._desk.last_event()

    async def begin_anew(self) -> None:
        """A new channel hears that we are up and what waits for a person, not the past."""
        await self._bookmark.begin_anew()
        end = await self._desk.last_event()
        recent = Backlog(tuple(await self._desk.events(max(0, end - _LOOK_BACK), _LOOK_BACK)))
        for entry in recent.newest(Started, LiveUnconfirmed):
            if not await self._was_told(entry):
                await self._telling.post(entry, KINDS[entry.event.kind])
                self._bookmark.told([entry.seq])
        await self._telling.post_waiting_cards()
        await self._bookmark.up_to_date(end)

    async def summarise(self) -> None:
        """Much that was missed is announced by one message. In quiet hours it waits with the rest."""
        if self._telling.is_quiet():
            return
        backlog = (await self._missed()).those(lambda entry: not self._bookmark.is_done(entry.seq))
        untold = backlog.after(self._bookmark.page.summarised)
        if untold.told > MOST_MISSED:
            found = await untold.counts(self._desk)
            await self._posting.post(["summary"], missed(found, self._desk.world))
            await self._bookmark.summarised(backlog.end)
        self.only_counted = await self._counted()

    async def _counted(self) -> frozenset[int]:
        """Reckoned with what is done already, so that it comes out the same after a crash."""
        upto = self._bookmark.page.summarised
        if upto <= (self._bookmark.cursor or 0):
            return frozenset()
        summarised = (await self._missed()).those(lambda entry: entry.seq <= upto)
        return await summarised.only_counted(self._desk.now(), self._desk)

    async def _missed(self) -> Backlog:
        """What came after the cursor, of the kinds that are told here as they come."""
        backlog = await read_backlog(self._desk, self._bookmark.cursor or 0)
        wanted = {entry.seq for entry in backlog.entries if await self._is_told_here(entry)}
        return backlog.those(lambda entry: entry.seq in wanted)

    async def _is_told_here(self, entry: JournalEntry) -> bool:
        if await self._answered.has_told(entry, self._channel):
            return False
        kind = await kind_of(entry.event, self._desk)
        in_digest = kind in (NoticeKind.FILL, NoticeKind.CHATTER) and self._preferences.digest(self._channel)
        return not in_digest and self._preferences.level(self._channel, kind) is not Level.OFF

    async def _was_told(self, entry: JournalEntry) -> bool:
        return entry.seq in self._bookmark.page.ahead
