"""Reading updates that the server does not send by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update, User

from chatbot.transports.telegram_inbox import read_message, read_press

KNOWN = {"status", "buy", "usr"}
ME = User(42, "Purser", True, username="PurserTestBot")
OWNER = {"id": 1001, "is_bot": False, "first_name": "Pat", "username": "owner"}
GROUP = {"id": -100_500, "type": "supergroup", "title": "Desk"}
AT = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)


def update(kind: str = "message", **more: Any) -> Update:
    message = {"message_id": 1, "date": int(AT.timestamp()), "chat": GROUP, "from": OWNER, "text": "/status"} | more
    read = Update.de_json({"update_id": 9, kind: message}, None)
    assert read is not None
    return read


def text_of(read: Update) -> str | None:
    incoming = read_message(read, ME, KNOWN)
    return None if incoming is None else incoming.text


@pytest.mark.parametrize("kind", ["edited_message", "edited_channel_post"])
def test_edits_are_not_read(kind: str) -> None:
    assert read_message(update(kind), ME, KNOWN) is None


def test_the_senders_time_is_kept() -> None:
    incoming = read_message(update(), ME, KNOWN)
    assert incoming is not None
    assert (incoming.sent_at, incoming.update_id) == (AT, "9")


def test_a_message_without_text_is_not_read() -> None:
    assert read_message(update(text=None), ME, KNOWN) is None


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("/status", "/status"),
        ("/status@pursertestbot", "/status"),
        ("/buy@PurserTestBot BTC\n50", "/buy BTC\n50"),
        ("/status@SomeOtherBot", None),
        ("/poll who is in?", None),
        ("/poll@PurserTestBot who is in?", "/poll who is in?"),
        ("/STATUS", "/STATUS"),
        ("what do we hold?", None),
        ("/usr/bin is a path", None),
    ],
)
def test_commands_in_a_group(said: str, heard: str | None) -> None:
    assert text_of(update(text=said)) == heard


def test_a_mention_of_the_account_without_a_name_is_for_us() -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 6, "user": {"id": 42, "is_bot": True, "first_name": "P"}}
    assert text_of(update(text="Purser, how much cash?", entities=[entity])) == "Purser, how much cash?"


def test_in_a_forum_the_opening_of_a_topic_is_not_an_answer_to_us() -> None:
    opening = {
        "message_id": 2, "date": 1, "chat": GROUP, "from": ME.to_dict(),
        "forum_topic_created": {"name": "Trades", "icon_color": 7322096},
    }  # fmt: skip
    assert text_of(update(text="lunch?", reply_to_message=opening)) is None


def test_text_sent_through_an_inline_bot_is_flagged() -> None:
    incoming = read_message(update(via_bot={"id": 5, "is_bot": True, "first_name": "B"}), ME, KNOWN)
    assert incoming is not None
    assert incoming.actor.suspect == "bot"


def test_an_account_without_a_user_name_is_shown_by_its_number() -> None:
    nameless: dict[str, Any] = {"from": {"id": 7, "is_bot": False, "first_name": "owner"}}
    incoming = read_message(update(**nameless), ME, KNOWN)
    assert incoming is not None
    assert incoming.actor.label == "telegram 7"


def test_a_press_without_its_message_is_not_read() -> None:
    query = {"id": "1", "from": OWNER, "chat_instance": "1", "data": "ap:1", "inline_message_id": "x"}
    read = Update.de_json({"update_id": 9, "callback_query": query}, None)
    assert read is not None
    assert read_press(read) is None
