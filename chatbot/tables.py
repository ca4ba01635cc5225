"""The chat's own tables. Times are ISO text in UTC; `position` is the order of insertion."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, UniqueConstraint

SCHEMA = 1
"""Raised whenever a table changes; stored beside the tables, so that an older program refuses a newer database."""

metadata = MetaData()


def _text(name: str, *, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False)


def _position() -> Column[int]:
    return Column("position", Integer, primary_key=True, autoincrement=True)


values = Table("chat_values", metadata, _text("key", key=True), _text("value"))

cursors = Table("chat_cursors", metadata, _text("channel", key=True), Column("seq", BigInteger, nullable=False))

cards = Table(
    "chat_cards",
    metadata,
    _position(),
    Column("approval_id", Text, nullable=False, index=True),
    _text("platform"),
    _text("channel"),
    _text("message"),
    UniqueConstraint("approval_id", "platform", "channel", "message"),
)

sent = Table(
    "chat_sent",
    metadata,
    _text("channel_key", key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("platform"),
    _text("channel"),
    _text("message"),
)

inbox = Table(
    "chat_inbox",
    metadata,
    _position(),
    _text("platform"),
    _text("update_id"),
    UniqueConstraint("platform", "update_id"),
)

refused = Table("chat_refused", metadata, _text("platform", key=True), _text("user_id", key=True))

audit = Table(
    "chat_audit",
    metadata,
    _position(),
    _text("at"),
    _text("platform"),
    _text("user_id"),
    _text("user_name"),
    _text("suspect"),
    _text("channel_platform"),
    _text("channel"),
    _text("action"),
    _text("outcome"),
)
