"""A channel's place: what was told ahead of the cursor, held, or in doubt survives a restart; it stays small."""

from __future__ import annotations

from chatbot.message import Channel
from chatbot.notices.bookmark import Bookmark
from chatbot.notices.page import MOST_HELD, Held
from tests.unit.chatbot.memory_store import MemoryChatStore

HERE = Channel("telegram", "1")


async def opened(store: MemoryChatStore) -> Bookmark:
    bookmark = Bookmark(store, HERE)  # type: ignore[arg-type]
    await bookmark.load()
    return bookmark


async def at(store: MemoryChatStore, cursor: int) -> Bookmark:
    await store.set_cursor(HERE.key, cursor)
    return await opened(store)


async def test_what_was_told_ahead_of_the_cursor_is_not_told_again_after_a_restart() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 3)
    bookmark.told([7, 5])
    await bookmark.settle(4, 7)
    again = await opened(store)
    assert [seq for seq in range(1, 10) if again.is_done(seq)] == [1, 2, 3, 5, 7]
    assert again.cursor == 3


async def test_the_cursor_moves_up_to_what_still_waits_and_to_the_end_when_nothing_does() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 3)
    bookmark.told([4, 6])
    await bookmark.settle(5, 6)
    assert store.cursors[HERE.key] == 4
    bookmark.told([5])
    await bookmark.settle(None, 6)
    assert (store.cursors[HERE.key], bookmark.page.ahead) == (6, ())


async def test_what_was_going_out_at_a_crash_may_be_a_repeat_once() -> None:
    store = MemoryChatStore()
    first = await at(store, 0)
    assert not await first.sending(["1", "2"])
    again = await opened(store)
    assert await again.sending(["2"])
    again.told([2])
    await again.settle(1, 2)
    assert not await again.sending(["3"])
    assert await again.sending(["1"])


async def test_what_certainly_did_not_arrive_is_no_repeat() -> None:
    bookmark = await at(MemoryChatStore(), 0)
    await bookmark.sending(["1"])
    await bookmark.unsent()
    assert not await bookmark.sending(["1"])


async def test_in_order_one_write_notes_the_message_and_the_cursor_says_it_is_out() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 0)
    await bookmark.sending(["1"])
    written = dict(store.values)
    bookmark.told([1])
    await bookmark.settle(None, 1)
    assert store.values == written
    assert not await (await opened(store)).sending(["2"])


async def test_held_entries_survive_and_are_in_the_journals_order() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 0)
    bookmark.hold("quiet", [4], "2026-07-30T20:00:00+00:00")
    bookmark.hold("quiet", [1], "2026-07-30T21:00:00+00:00")
    bookmark.told([4, 1])
    await bookmark.settle(2, 4)
    again = await opened(store)
    assert again.page.quiet == Held(seqs=(1, 4), since="2026-07-30T20:00:00+00:00")
    await again.released("quiet")
    assert not (await opened(store)).page.quiet


def test_what_is_held_is_bounded_and_the_rest_is_counted() -> None:
    held = Held().with_(range(MOST_HELD + 50), "")
    assert (len(held.seqs), held.beyond, held.seqs[-1]) == (MOST_HELD, 50, MOST_HELD + 49)


async def test_announcements_wait_until_they_are_told_and_ring() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 0)
    await bookmark.announce("gone")
    assert bookmark.rung.is_set()
    again = await opened(store)
    assert again.page.announcements == ("gone",)
    await again.announced()
    assert (await opened(store)).page.announcements == ()


async def test_a_place_goes_with_a_chat_that_moves() -> None:
    store = MemoryChatStore()
    bookmark = await at(store, 9)
    bookmark.told([11])
    await bookmark.settle(10, 11)
    new = Channel("telegram", "-100")
    await bookmark.carried_to(new)
    moved = Bookmark(store, new)  # type: ignore[arg-type]
    await moved.load()
    assert (moved.cursor, moved.page.ahead) == (9, (11,))
