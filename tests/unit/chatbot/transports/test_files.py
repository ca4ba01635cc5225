"""Files of a reply: written beside the pictures, sent over the wire, offered by the page under plain names."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from chatbot.message import Attachment, Reply
from chatbot.transports.file_names import plain_name
from chatbot.transports.terminal_text import print_reply, reply_to_json, save_files
from chatbot.transports.web_diary import Diary
from chatbot.transports.web_feed import Author, Feed
from chatbot.transports.wire import reply_from_wire, reply_to_wire

NOW = datetime(2025, 3, 1, tzinfo=UTC)
EXPORT = Reply(
    "The books.", files=(Attachment(b"at,amount\n", "purser-trades.csv", "Trades"), Attachment(b"x", "b.csv"))
)


@given(st.binary(max_size=50), st.text(max_size=20).filter(str.isprintable))
def test_the_wire_gives_a_file_back_as_it_was(data: bytes, caption: str) -> None:
    reply = Reply("", files=(Attachment(data, "a.csv", caption),))
    assert reply_from_wire(reply_to_wire(reply)) == reply


def test_an_older_wire_has_no_files() -> None:
    wire = reply_to_wire(EXPORT)
    del wire["files"]
    assert reply_from_wire(wire).files == ()


def test_the_terminal_saves_files_and_prints_where(tmp_path: Path) -> None:
    page = io.StringIO()
    print_reply(EXPORT, tmp_path / "pictures", Console(file=page, width=500))
    saved = tmp_path / "files" / "purser-trades.csv"
    assert saved.read_bytes() == b"at,amount\n" and str(saved) in page.getvalue()


def test_a_second_export_does_not_overwrite_the_first(tmp_path: Path) -> None:
    save_files(EXPORT, tmp_path / "pictures")
    again = save_files(EXPORT, tmp_path / "pictures")
    assert [path.name for path in again] == ["purser-trades-2.csv", "b-2.csv"]


def test_the_json_of_a_reply_names_its_files_where_it_has_some() -> None:
    assert reply_to_json(EXPORT, [], [Path("/a/b.csv")])["files"] == ["/a/b.csv"]
    assert "files" not in reply_to_json(Reply("No file."), [])


def test_the_page_keeps_files_apart_from_words_and_under_ids_of_its_own(tmp_path: Path) -> None:
    feed = Feed(diary=Diary(tmp_path, 10))
    posted = feed.post(Author.PURSER, EXPORT, NOW)
    assert posted.reply.files == () and [kept.name for kept in posted.files] == ["purser-trades.csv", "b.csv"]
    assert feed.file(posted.files[0].id) == ("purser-trades.csv", b"at,amount\n")
    assert feed.file("../../etc/passwd") is None
    assert b"amount" not in (tmp_path / "page.jsonl").read_bytes()


def test_an_edit_without_files_leaves_them() -> None:
    feed = Feed()
    posted = feed.post(Author.PURSER, EXPORT, NOW)
    assert feed.edit(posted.id, Reply("Edited.")).files == posted.files


def test_a_name_without_anything_usable_is_still_a_name() -> None:
    assert (plain_name(""), plain_name("../.."), plain_name("a/b c.csv")) == ("file", "file", "b_c.csv")
