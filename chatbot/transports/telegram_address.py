"""Where a message goes on Telegram: a chat, or one topic of it. `Channel.id` holds it as "chat" or "chat/topic"."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message

from chatbot.message import Channel

PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Address:
    """A chat's id; with `topic`, one of its topics. The General topic of a forum is the plain chat."""

    chat: str
    topic: int | None = None

    @property
    def is_group(self) -> bool:
        """Groups, supergroups and channels have negative ids; people's chats have their own."""
        return self.chat.startswith("-")


def address_of(channel_id: str) -> Address:
    """The address that "chat" or "chat/topic" names. Raises ValueError for a topic that is no number."""
    chat, _, topic = channel_id.partition("/")
    return Address(chat, int(topic) if topic else None)


def channel_of(message: Message) -> Channel:
    """Where `message` stands. Outside forums a thread is only a chain of answers, and no place of its own."""
    in_topic = message.is_topic_message and message.message_thread_id is not None
    chat = str(message.chat.id)
    return Channel(PLATFORM, f"{chat}/{message.message_thread_id}" if in_topic else chat)
