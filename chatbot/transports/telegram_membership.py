"""Chats that we were put out of, left, or that go on under another id, as Telegram's own messages tell.

Known from these, a message there is refused at once and without a call. What was missed while we were away is learned
from the refusal of the first message.
"""

from __future__ import annotations

import logging

from telegram import Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from chatbot.message import Channel, ChatWatcher, Gone, Moved, Undeliverable
from chatbot.transports.telegram_address import PLATFORM

log = logging.getLogger(__name__)

MOST_LOST = 1_000
"""Anybody may block the bot; the oldest is forgotten, and then learned again from a refusal."""

OUT = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Membership:
    """Where we can no longer write. It outlives connections."""

    def __init__(self) -> None:
        self._lost: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._watcher: ChatWatcher | None = None

    def watch(self, watcher: ChatWatcher) -> None:
        """Tell `watcher` from now on."""
        self._watcher = watcher

    def learn(self, update: Update) -> None:
        """Take in what `update` says about our place in its chat."""
        if (mine := update.my_chat_member) is not None:
            self._take(str(mine.chat.id), mine.new_chat_member.status in OUT, mine.chat.type)
        elif (message := update.message) is not None:
            self._lost.pop(str(message.chat.id), None)  # who hears a chat is in it
            if lets_us_write(message):
                self._reopened(str(message.chat.id))
            if message.migrate_to_chat_id is not None:
                self._move(str(message.chat.id), str(message.migrate_to_chat_id))
            elif message.migrate_from_chat_id is not None:
                self._move(str(message.migrate_from_chat_id), str(message.chat.id))

    def check(self, chat: str) -> None:
        """Raises Gone or Moved where a message to `chat` would be refused."""
        if (new := self._moved.get(chat)) is not None:
            raise moved(new)
        if (why := self._lost.get(chat)) is not None:
            raise Gone(why)

    def _take(self, chat: str, out: bool, kind: str) -> None:
        if not out:
            self._lost.pop(chat, None)
            self._reopened(chat)
            return
        self._lost[chat] = "The bot was blocked there" if kind == "private" else "The bot is no longer in that chat"
        log.warning("Telegram chat %s is lost: %s", chat, self._lost[chat])
        if len(self._lost) > MOST_LOST:
            del self._lost[next(iter(self._lost))]

    def _move(self, old: str, new: str) -> None:
        self._moved[old] = new
        if self._watcher is not None:
            self._watcher.moved(Channel(PLATFORM, old), Channel(PLATFORM, new))
        log.warning("Telegram group %s has become chat %s", old, new)

    def _reopened(self, chat: str) -> None:
        if self._watcher is not None:
            self._watcher.reopened(Channel(PLATFORM, chat))


def lets_us_write(message: Message) -> bool:
    """Whether `message` shows that we may write: a person's own chat does; being in a group alone does not."""
    return message.chat.type == ChatType.PRIVATE or message.forum_topic_reopened is not None


def moved(new: str) -> Undeliverable:
    """A group that has become a supergroup: the same people under another id."""
    return Moved(f"The Telegram group has become chat {new}; the settings name its old id", Channel(PLATFORM, new))
