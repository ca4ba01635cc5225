from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.message import Button, Picture, Reply
from chatbot.transports.web_feed import Author, Feed, PictureShelf, Posted

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def post(feed: Feed, text: str = "x", *, png: bytes | None = None, button: str | None = None) -> Posted:
    pictures = (Picture(png, "A chart"),) if png else ()
    buttons = (Button("Approve", button),) if button else ()
    return feed.post(Author.PURSER, Reply(text, pictures=pictures, buttons=buttons), NOW)


def texts(feed: Feed, cursor: int) -> list[str]:
    return [posted.reply.text for posted in feed.after(cursor).messages]


def test_a_reader_gets_each_message_once_in_order() -> None:
    feed = Feed()
    post(feed, "one")
    first = feed.after(0)
    post(feed, "two")
    post(feed, "three")
    assert [posted.reply.text for posted in first.messages] == ["one"]
    assert texts(feed, first.cursor) == ["two", "three"]
    assert texts(feed, feed.cursor) == []


def test_an_edit_is_a_change_of_the_same_message_in_its_place() -> None:
    feed = Feed()
    card = post(feed, "card")
    post(feed, "later")
    seen = feed.cursor
    feed.edit(card.id, Reply("decided"))
    assert [(m.id, m.reply.text) for m in feed.after(seen).messages] == [(card.id, "decided")]
    assert texts(feed, 0) == ["decided", "later"]


def test_a_reader_who_slept_gets_only_the_newest_form() -> None:
    feed = Feed()
    card = post(feed, "card")
    for text in ("approved", "filling", "filled"):
        feed.edit(card.id, Reply(text))
    assert texts(feed, 0) == ["filled"]


def test_history_is_bounded_and_the_oldest_leaves() -> None:
    feed = Feed(history=3)
    first = post(feed, "0")
    for i in range(1, 6):
        post(feed, str(i))
    assert texts(feed, 0) == ["3", "4", "5"]
    with pytest.raises(KeyError):
        feed.edit(first.id, Reply("too late"))


def test_an_edit_does_not_push_a_message_out() -> None:
    feed = Feed(history=2)
    first = post(feed, "0")
    post(feed, "1")
    feed.edit(first.id, Reply("0 changed"))
    assert texts(feed, 0) == ["0 changed", "1"]


@pytest.mark.parametrize(
    ("name", "cursor", "goes_on_at"), [(None, 1, 1), ("same", 1, 1), ("other", 1, 0), ("same", 9, 0)]
)
def test_a_cursor_of_another_feed_starts_from_the_beginning(name: str | None, cursor: int, goes_on_at: int) -> None:
    feed = Feed()
    post(feed)
    assert feed.resume(feed.name if name == "same" else name, cursor) == goes_on_at


def test_ids_of_an_earlier_start_mean_nothing() -> None:
    before, now = Feed(), Feed()
    old = post(before)
    post(now)
    with pytest.raises(KeyError):
        now.edit(old.id, Reply("wrong message"))


def test_a_picture_stays_under_an_edit_without_one_and_yields_to_a_new_one() -> None:
    feed = Feed()
    message = post(feed, png=b"old")
    assert feed.edit(message.id, Reply("words")).pictures == message.pictures
    newer = feed.edit(message.id, Reply("words", pictures=(Picture(b"new", "Newer"),)))
    assert [feed.picture(kept.id) for kept in newer.pictures] == [b"new"]


def test_pictures_are_bounded_in_bytes_and_the_newest_is_kept() -> None:
    shelf = PictureShelf(10)
    ids = [shelf.put(bytes([i]) * 4) for i in range(4)]
    assert [shelf.get(i) is not None for i in ids] == [False, False, True, True]
    large = shelf.put(b"x" * 50)
    assert shelf.get(large) == b"x" * 50


def test_the_newest_message_with_a_button_holds_it() -> None:
    feed = Feed()
    post(feed, button="ok:1")
    newest = post(feed, button="ok:1")
    post(feed, button="ok:2")
    assert feed.holder("ok:1") == newest.id
    assert feed.holder("ok:3") is None


async def test_waiting_readers_wake_at_a_change() -> None:
    feed = Feed()
    waiting = [asyncio.create_task(feed.changes(0)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    post(feed, "now")
    for changes in await asyncio.wait_for(asyncio.gather(*waiting), 5):
        assert [posted.reply.text for posted in changes.messages] == ["now"]


@given(st.lists(st.one_of(st.just("post"), st.just("read"), st.integers(0, 20)), max_size=60))
def test_whenever_a_reader_reads_it_ends_with_what_the_feed_holds(steps: list[str | int]) -> None:
    feed, cursor, ids = Feed(), 0, list[str]()
    seen: dict[str, str] = {}
    for place, step in enumerate([*steps, "read"]):
        if step == "post":
            ids.append(post(feed, f"{place}").id)
        elif step == "read":
            changes = feed.after(cursor)
            seen |= {posted.id: posted.reply.text for posted in changes.messages}
            cursor = changes.cursor
        elif isinstance(step, int) and step < len(ids):
            feed.edit(ids[step], Reply(f"edited {place}"))
    assert list(seen.items()) == [(posted.id, posted.reply.text) for posted in feed.after(0).messages]
