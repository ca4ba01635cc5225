"""One channel follows the journal: each entry is told once, cards are edited as they change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from chatbot.backlog import Backlog, in_one_go, read_backlog
from chatbot.copies import Copies
from chatbot.delivery import ChannelDown, Delivery
from chatbot.present.cards import differences
from chatbot.present.cards.notices import missed
from chatbot.rendering import Renderer
from chatbot.store import ChatStore
from trading.contract import Reader
from trading.domain.event import (
    ApprovalClosed,
    ApprovalRequested,
    BatchCompleted,
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    JournalEntry,
    LiveUnconfirmed,
    OrderInDoubt,
    OrderSettled,
    Started,
)
from trading.domain.risk import ApprovalKind, ApprovalStatus

MOST_MISSED = 5
"""After an outage, more missed messages than this become one summary."""
_WITHOUT_TRADE = {ApprovalStatus.EXPIRED, ApprovalStatus.REJECTED}
_PAGE = 100
_LOOK_BACK = 200


class Follower:
    """Reads on from the channel's cursor for ever. The cursor moves after the message is out: at least once."""

    def __init__(self, desk: Reader, store: ChatStore, delivery: Delivery, renderer: Renderer) -> None:
        self._desk = desk
        self._store = store
        self._delivery = delivery
        self._renderer = renderer
        self._copies = Copies(store, delivery)
        self._key = delivery.channel.key
        self._summary_key = f"summarised:{self._key}"

    async def run(self) -> None:
        """Follow until cancelled. Raises what the store or the desk raise; start again from the cursor then."""
        cursor = await self._begin()
        while True:
            entries = await self._desk.events(cursor, _PAGE)
            if not entries:
                await self._desk.wait_for_events(cursor)
            for together in in_one_go(entries):
                try:
                    await self._tell_all(together)
                except ChannelDown:
                    cursor = await self._catch_up(cursor)
                    break
                cursor = await self._advance(together[-1].seq)

    async def _begin(self) -> int:
        cursor = await self._store.cursor(self._key)
        # A cursor beyond the journal's end belongs to another journal, which is gone.
        if cursor is not None and cursor <= await self._desk.last_event():
            return await self._catch_up(cursor)
        return await self._until_up(self._begin_anew)

    async def _begin_anew(self) -> int:
        """A new channel hears that we are up and what waits for a person, not the past."""
        end = await self._desk.last_event()
        recent = await self._desk.events(max(0, end - _LOOK_BACK), _LOOK_BACK)
        for entry in Backlog(tuple(recent)).newest(Started, LiveUnconfirmed):
            await self._post(entry)
        await self._post_waiting_cards()
        return await self._advance(end)

    async def _catch_up(self, cursor: int) -> int:
        """After an outage: many missed messages become one summary; few are left to be told one by one."""
        return await self._until_up(lambda: self._summarise(cursor))

    async def _summarise(self, cursor: int) -> int:
        backlog = await read_backlog(self._desk, cursor)
        summarised = int(await self._store.get(self._summary_key) or 0)
        if backlog.told <= MOST_MISSED and summarised <= cursor:
            return cursor
        # Killed after a summary and before the cursor moved: only what came since is counted again.
        untold = backlog.after(summarised)
        if untold.told:
            await self._delivery.post(missed(await untold.counts(self._desk), self._desk.world))
            await self._store.put(self._summary_key, str(backlog.end))
        await self._after_summary(backlog)
        return await self._advance(backlog.end)

    async def _after_summary(self, backlog: Backlog) -> None:
        for entry in backlog.touching_cards():
            await self._edit_cards(entry)
        for entry in backlog.important():
            await self._post(entry)
        await self._post_waiting_cards()

    async def _until_up(self, work: Callable[[], Awaitable[int]]) -> int:
        """`work`, afresh after every spell of patience, as what was missed grows while the channel is down."""
        while True:
            try:
                return await work()
            except ChannelDown:
                continue

    async def _tell_all(self, together: Sequence[JournalEntry]) -> None:
        """One entry, or several that make one message."""
        *earlier, last = together
        if not earlier:
            await self._tell(last)
        elif await self._store.sent(self._key, last.seq) is None:
            ref = await self._delivery.post(self._renderer.together(together))
            if ref is not None:
                await self._store.remember_sent(self._key, last.seq, ref)

    async def _tell(self, entry: JournalEntry) -> None:
        match entry.event:
            case ApprovalRequested() | DiscrepancyFound():
                await self._post_card(entry)
            case OrderInDoubt():
                await self._edit_cards(entry)
                await self._post_card(entry)
            case ApprovalClosed():
                await self._close_card(entry)
            case DiscrepancyClosed() | OrderSettled():
                if not await self._edit_cards(entry):
                    await self._post(entry)
            case BatchCompleted():
                await self._edit_cards(entry)
                await self._post(entry)
            case _:
                await self._post(entry)

    async def _post(self, entry: JournalEntry) -> None:
        if await self._store.sent(self._key, entry.seq) is not None:
            return
        reply = await self._renderer.message(entry)
        ref = None if reply is None else await self._delivery.post(reply)
        if ref is not None:
            await self._store.remember_sent(self._key, entry.seq, ref)

    async def _post_card(self, entry: JournalEntry) -> None:
        subject, reply = _subject(entry.event), await self._renderer.message(entry)
        if subject is not None and reply is not None:
            await self._copies.post(subject, reply)

    async def _post_waiting_cards(self) -> None:
        for view in await self._desk.pending():
            reply = await self._renderer.card(view.approval.id)
            if view.approval.kind is ApprovalKind.CARD and reply is not None:
                await self._copies.post(view.approval.id, reply)
        for found in await self._desk.discrepancies():
            await self._copies.post(found.id, differences.card(found, self._desk.world))

    async def _close_card(self, entry: JournalEntry) -> None:
        """Edit the card here; where none is, say at least that one ended without a trade."""
        approval_id = _subject(entry.event)
        if await self._edit_cards(entry) or approval_id is None:
            return
        view = await self._desk.approval(approval_id)
        if view is not None and view.approval.kind is ApprovalKind.CARD and view.approval.status in _WITHOUT_TRADE:
            await self._post(entry)

    async def _edit_cards(self, entry: JournalEntry) -> int:
        """Bring what the entry changed up to date; how many copies of the card that it is about stand here."""
        approval_id = await self._approval_of(entry.event)
        copies = await self._copies.edit(approval_id, lambda: self._renderer.card(approval_id or ""))
        if isinstance(entry.event, ApprovalClosed):
            return copies
        return await self._copies.edit(_subject(entry.event), lambda: self._renderer.message(entry))

    async def _approval_of(self, event: Event) -> str | None:
        """The approval behind a batch or an order."""
        match event:
            case ApprovalClosed():
                return event.approval_id
            case BatchCompleted():
                view = await self._desk.batch(event.batch_id)
            case OrderInDoubt() | OrderSettled():
                view = await self._desk.batch_of(event.client_order_id)
            case _:
                return None
        return view.approval.id if view is not None and view.approval is not None else None

    async def _advance(self, seq: int) -> int:
        await self._store.set_cursor(self._key, seq)
        return seq


def _subject(event: Event) -> str | None:
    """What the event's card is about, by the id that all its events share."""
    match event:
        case ApprovalRequested() | ApprovalClosed():
            return event.approval_id
        case OrderInDoubt() | OrderSettled():
            return event.client_order_id
        case DiscrepancyFound() | DiscrepancyClosed():
            return event.discrepancy.id
        case _:
            return None
