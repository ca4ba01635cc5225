"""What the page's history keeps on disk, and what it does not."""

from __future__ import annotations

from pathlib import Path

from chatbot.message import Reply
from chatbot.transports.web_diary import Diary, Entry
from tests.unit.chatbot import facts

INVITATION = Reply("💬 A code that makes one person a trader:\n/pair ABCD-2345\nIt works once.", private=True)


def test_a_pairing_code_is_not_kept(tmp_path: Path) -> None:
    Diary(tmp_path, 10).keep(Entry("1", "purser", facts.NOW, INVITATION, ()), {})
    assert "ABCD-2345" not in "".join(path.read_text() for path in tmp_path.iterdir() if path.is_file())
    kept = Diary(tmp_path, 10).read()[0].reply.text
    assert kept.startswith("💬 A code that makes one person a trader:") and "ABCD-2345" not in kept
