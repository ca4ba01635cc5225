"""How the chat store's facts stand in rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from chatbot.message import Actor, Channel, MessageRef

AUDIT_COLUMNS = "at, platform, user_id, user_name, suspect, channel_platform, channel, action, outcome, shown"
STRANGER_COLUMNS = "platform, user_id, user_name, suspect, channel_platform, channel, first_at, last_at, tries"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who asked for what, where, what came of it, and what they were shown. `at` is aware UTC."""

    at: datetime
    actor: Actor
    channel: Channel
    action: str
    outcome: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who was turned away `tries` times, the last time in `channel`. Times are aware UTC."""

    actor: Actor
    channel: Channel
    first_at: datetime
    last_at: datetime
    tries: int


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def writable(text: str) -> str:
    # People can send half of a surrogate pair; SQLite takes UTF-8 only.
    return text.encode("utf-8", "replace").decode()


def place(message: MessageRef) -> tuple[str, str, str]:
    return message.channel.platform, message.channel.id, message.id


def message_of(platform: str, channel: str, number: str) -> MessageRef:
    return MessageRef(Channel(platform, channel), number)


def speaker(actor: Actor, channel: Channel) -> tuple[str, str, str, str, str, str]:
    return actor.platform, actor.id, writable(actor.name), actor.suspect, channel.platform, channel.id


def user_of(actor_key: str) -> tuple[str, str]:
    platform, _, user_id = actor_key.partition(":")
    return platform, user_id


def stranger_of(
    platform: str,
    user: str,
    name: str,
    suspect: str,
    channel_platform: str,
    channel: str,
    first: str,
    last: str,
    tries: int,
) -> Stranger:
    actor, where = Actor(platform, user, name, suspect), Channel(channel_platform, channel)
    return Stranger(actor, where, datetime.fromisoformat(first), datetime.fromisoformat(last), tries)


def audit_entry_of(
    at: str,
    platform: str,
    user: str,
    name: str,
    suspect: str,
    channel_platform: str,
    channel: str,
    action: str,
    outcome: str,
    shown: str,
) -> AuditEntry:
    actor, where = Actor(platform, user, name, suspect), Channel(channel_platform, channel)
    return AuditEntry(datetime.fromisoformat(at), actor, where, action, outcome, shown)
