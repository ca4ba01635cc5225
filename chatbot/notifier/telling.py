"""What a turn of journal entries brings to one channel: cards edited, a message posted, kept for later, or nothing."""

from __future__ import annotations

from dataclasses import replace

from chatbot.message import Reply
from chatbot.notices.bookmark import Bookmark
from chatbot.notices.kinds import URGENT, NoticeKind
from chatbot.notices.preferences import Level, Preferences
from chatbot.notices.waiting import Turn
from chatbot.notifier.copies import Copies
from chatbot.notifier.posting import Posting
from chatbot.notifier.rendering import Renderer
from trading.clock import Clock
from trading.contract import Reader
from trading.domain.event import (
    ApprovalChanged,
    ApprovalClosed,
    ApprovalRequested,
    BatchCompleted,
    CycleProgress,
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    JournalEntry,
    OrderInDoubt,
    OrderSettled,
)
from trading.domain.risk import ApprovalKind, ApprovalStatus

_WITHOUT_TRADE = {ApprovalStatus.EXPIRED, ApprovalStatus.REJECTED}
_IN_DIGEST = {NoticeKind.FILL, NoticeKind.CHATTER}


class Telling:
    """Tells one channel, as its people prefer. `clock` is the people's."""

    def __init__(
        self,
        desk: Reader,
        posting: Posting,
        copies: Copies,
        renderer: Renderer,
        bookmark: Bookmark,
        preferences: Preferences,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._posting = posting
        self._copies = copies
        self._renderer = renderer
        self._bookmark = bookmark
        self._preferences = preferences
        self._clock = clock
        self._channel = posting.delivery.channel

    async def tell(self, turn: Turn) -> None:
        """Edit the cards that `turn` changes, whatever people prefer; then post it, or hold it. Raises ChannelDown."""
        untold = [entry for entry in turn.entries if not await self.edit_cards(entry)]
        level = self._preferences.level(self._channel, turn.kind)
        if not untold or level is Level.OFF:
            return
        if held := self._held_in(turn.kind):
            seqs = [entry.seq for entry in untold if not isinstance(entry.event, CycleProgress)]
            self._bookmark.hold(held, seqs, self._clock.now().isoformat())
        elif len(untold) > 1:
            await self._post_together(Turn(turn.kind, tuple(untold)), level)
        else:
            await self._post(untold[0], level)

    async def edit_cards(self, entry: JournalEntry) -> bool:
        """Bring the cards that `entry` is about up to date; whether that says all."""
        match entry.event:
            case ApprovalClosed():
                return await self._edit(entry) > 0 or not await self._ended_unseen(entry.event)
            case ApprovalChanged():
                await self._edit(entry)
                return True
            case DiscrepancyClosed() | OrderSettled() | CycleProgress():
                return await self._edit(entry) > 0
            case BatchCompleted() | OrderInDoubt():
                await self._edit(entry)
        return False

    async def post_waiting_cards(self) -> None:
        """What waits for a person is shown here, unless it is already."""
        level = self._preferences.level(self._channel, NoticeKind.APPROVAL)
        if level is Level.OFF:
            return
        for view in await self._desk.pending():
            reply = await self._renderer.card(view.approval.id)
            if view.approval.kind is ApprovalKind.CARD and reply is not None:
                await self._copies.post(view.approval.id, _at(level, reply))
        for found in await self._desk.discrepancies():
            await self._copies.post(found.id, _at(level, self._renderer.difference(found)))

    async def post(self, entry: JournalEntry, kind: NoticeKind) -> None:
        """Post `entry` by itself, if people want its kind here."""
        level = self._preferences.level(self._channel, kind)
        if level is not Level.OFF:
            await self._post(entry, level)

    def is_quiet(self) -> bool:
        """Whether only what is urgent comes through here now."""
        hours = self._preferences.quiet(self._channel)
        return hours is not None and hours.end_of(self._clock.now(), self._desk.world.timezone) is not None

    def _held_in(self, kind: NoticeKind) -> str:
        if kind in _IN_DIGEST and self._preferences.digest(self._channel) is not None:
            return "digest"
        return "quiet" if kind not in URGENT and self.is_quiet() else ""

    async def _post(self, entry: JournalEntry, level: Level) -> None:
        reply = await self._renderer.message(entry)
        if reply is None:
            return
        subject, tokens = _subject(entry.event), (str(entry.seq),)
        if subject is not None and isinstance(entry.event, _CARDS):
            await self._copies.post(subject, _at(level, reply), tokens)
        else:
            await self._posting.post(tokens, _at(level, reply))

    async def _post_together(self, turn: Turn, level: Level) -> None:
        reply = await self._renderer.together(turn.entries, turn.kind)
        if reply is not None:
            await self._posting.post([str(entry.seq) for entry in turn.entries], _at(level, reply))

    async def _ended_unseen(self, event: ApprovalClosed) -> bool:
        """Whether a card that does not stand here ended without a trade: that much is told."""
        view = await self._desk.approval(event.approval_id)
        is_card = view is not None and view.approval.kind is ApprovalKind.CARD
        return is_card and view is not None and view.approval.status in _WITHOUT_TRADE

    async def _edit(self, entry: JournalEntry) -> int:
        """How many copies of the card that `entry` is about stand here; all are up to date now."""
        approval_id = await approval_of(entry.event, self._desk)
        copies = await self._copies.edit(approval_id, lambda: self._renderer.card(approval_id or ""))
        if isinstance(entry.event, ApprovalClosed | ApprovalChanged):
            return copies
        edited = await self._copies.edit(_subject(entry.event), lambda: self._renderer.message(entry))
        # An order of an approved plan shows on the plan's card; that says it.
        return edited or (copies if isinstance(entry.event, CycleProgress) else 0)


async def approval_of(event: Event, desk: Reader) -> str | None:
    """The approval behind an approval's, a batch's or an order's event."""
    match event:
        case ApprovalClosed() | ApprovalChanged():
            return event.approval_id
        case BatchCompleted():
            view = await desk.batch(event.batch_id)
        case OrderInDoubt() | OrderSettled():
            view = await desk.batch_of(event.client_order_id)
        case CycleProgress():
            cycle = await desk.cycle(event.cycle_id)
            view = await desk.batch(cycle.batch_id) if cycle is not None and cycle.batch_id else None
        case _:
            return None
    return view.approval.id if view is not None and view.approval is not None else None


_CARDS = (ApprovalRequested, DiscrepancyFound, OrderInDoubt, CycleProgress)
"""Posted once and edited as they change."""


def _subject(event: Event) -> str | None:
    """What the event's card is about, by the id that all its events share."""
    match event:
        case ApprovalRequested() | ApprovalClosed():
            return event.approval_id
        case OrderInDoubt() | OrderSettled():
            return event.client_order_id
        case DiscrepancyFound() | DiscrepancyClosed():
            return event.discrepancy.id
        case CycleProgress():
            return f"progress:{event.cycle_id}"
        case _:
            return None


def _at(level: Level, reply: Reply) -> Reply:
    return replace(reply, silent=True) if level is Level.SILENT else reply
