"""Files that a crash, a full disk or a stranger left behind: one sentence, or none, but never a traceback."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

import pytest

from chatbot.message import Reply
from chatbot.transports.web_diary import LINES, Diary
from chatbot.transports.web_feed import Author, Feed
from tests.world import START
from trading.errors import Fatal, SettingsError
from trading.instance import ADDRESS, LOCK, Instance, running_at
from trading.settings import KEPT, CoreSettings, keep_settings, kept_settings


@pytest.mark.parametrize("content", ["", "[]", '{"SYMBOLS": 5}', "\xff", "{"])
def test_damaged_settings_are_named_in_one_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / KEPT).write_bytes(content.encode("latin1"))
    with pytest.raises(SettingsError, match=r"settings\.json is damaged; start the bot"):
        kept_settings(tmp_path)


def test_settings_are_moved_into_place_whole(tmp_path: Path) -> None:
    keep_settings(CoreSettings(state_dir=tmp_path))
    assert kept_settings(tmp_path)["MODE"] == "paper"
    assert [path.name for path in tmp_path.iterdir()] == [KEPT]


@pytest.mark.parametrize("content", ["", "garbage", "{}", "[]", '{"url": "x"}'])
def test_an_address_that_nobody_can_read_is_no_address(tmp_path: Path, content: str) -> None:
    (tmp_path / ADDRESS).write_text(content)
    with (tmp_path / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert running_at(tmp_path) is None


def test_a_state_directory_that_is_a_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    place = tmp_path / "state"
    place.write_text("not a folder")
    with pytest.raises(Fatal, match="cannot be used"), Instance(place):
        pass


def test_a_history_line_of_an_unknown_author_is_left_out(tmp_path: Path) -> None:
    feed = Feed(diary=Diary(tmp_path, 10))
    feed.post(Author.PURSER, Reply("kept"), START)
    lines = (tmp_path / LINES).read_text()
    (tmp_path / LINES).write_text(lines.replace('"purser"', '"nobody"') + lines)
    assert [entry.reply.text for entry in Diary(tmp_path, 10).read()] == ["kept"]


def test_a_message_that_the_disk_refuses_is_still_shown_once(tmp_path: Path) -> None:
    feed = Feed(diary=Diary(tmp_path / "page", 10))
    shutil.rmtree(tmp_path / "page")
    posted = feed.post(Author.PURSER, Reply("sold"), START)
    feed.edit(posted.id, Reply("sold, all of it"))
    assert [message.reply.text for message in feed.after(0).messages] == ["sold, all of it"]
