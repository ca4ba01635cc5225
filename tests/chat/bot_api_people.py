"""What people do on the Telegram of the tests: write, press, edit, open topics, throw the bot out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.chat.bot_api_markup import typed_entities
from tests.chat.bot_api_methods import Methods
from tests.chat.bot_api_updates import Updates
from tests.chat.bot_api_world import Chat, InlineButton, Sent, User
from trading.clock import Clock

BOT = User(4_242_424, "PurserTestBot", "Purser", is_bot=True)
ANONYMOUS_ADMIN = User(1_087_968_824, "GroupAnonymousBot", "Group", is_bot=True)


class People:
    """The hands of a test. Each act becomes an update, dated by the clock."""

    _api: Methods
    _updates: Updates
    _clock: Clock
    _numbers: Iterator[int]

    def open_chat(self, chat_id: int, kind: str = "", title: str = "Chat") -> Chat:
        """A chat that the bot may write to."""
        kind = kind or ("private" if chat_id > 0 else "supergroup")
        return self._api.chats.setdefault(chat_id, Chat(chat_id, kind, title))

    def open_topic(self, chat_id: int, topic: int) -> None:
        """A topic of a forum, by the id of the message that opened it."""
        self.open_chat(chat_id).topics.add(topic)

    def refuse(self, chat_id: int, code: int, description: str) -> None:
        """Every call about this chat is refused from now on."""
        self.open_chat(chat_id).refusal = (code, description)

    def block(self, chat_id: int) -> None:
        """The person blocks the bot; the bot learns it when it writes."""
        self.refuse(chat_id, 403, "Forbidden: bot was blocked by the user")

    def put_out(self, chat_id: int, user: User) -> None:
        """`user` removes the bot from the chat, or blocks it, and the bot is told."""
        private = chat_id > 0
        words = "bot was blocked by the user" if private else "bot was kicked from the supergroup chat"
        self.refuse(chat_id, 403, f"Forbidden: {words}")
        self._tell_membership(chat_id, user, "kicked")

    def take_back(self, chat_id: int, user: User) -> None:
        """`user` lets the bot in again."""
        self.open_chat(chat_id).refusal = None
        self._tell_membership(chat_id, user, "member")

    def migrate(self, chat_id: int, new_id: int, told: bool = True) -> None:
        """The group becomes the supergroup `new_id`; with `told`, its service message is an update."""
        chat = self.open_chat(chat_id)
        self.open_chat(new_id)
        chat.moved_to = new_id
        if told:
            service = {"message_id": next(self._numbers), "date": self._now(), "chat": chat.json()}
            self._updates.add("message", service | {"migrate_to_chat_id": new_id})

    def _tell_membership(self, chat_id: int, user: User, status: str) -> None:
        until = {"until_date": 0} if status == "kicked" else {}
        before = {"user": BOT.json(), "status": "member"}
        after = {"user": BOT.json(), "status": status} | until
        change = {"chat": self.open_chat(chat_id).json(), "from": user.json(), "date": self._now()}
        self._updates.add("my_chat_member", change | {"old_chat_member": before, "new_chat_member": after})

    def say(self, chat_id: int, user: User, text: str, **more: Any) -> int:
        """`user` writes `text`; the message's id. `more` goes into the message as it is."""
        message = self._said(chat_id, text, **{"from": user.json()}, **more)
        self._updates.add("message", message)
        return int(message["message_id"])

    def say_in_topic(self, chat_id: int, topic: int, user: User, text: str) -> int:
        """`user` writes `text` in a topic of a forum."""
        return self.say(chat_id, user, text, message_thread_id=topic, is_topic_message=True)

    def answer(self, message_id: int, user: User, text: str) -> int:
        """`user` replies to one of the bot's messages."""
        answered = self._api.sent[message_id]
        return self.say(answered.chat.id, user, text, reply_to_message=answered.json(BOT))

    def edit_said(self, chat_id: int, message_id: int, user: User, text: str) -> None:
        message = self._said(chat_id, text, **{"from": user.json()}) | {
            "message_id": message_id,
            "edit_date": self._now(),
        }
        self._updates.add("edited_message", message)

    def forward(self, chat_id: int, user: User, text: str, author: User) -> int:
        origin = {"type": "user", "date": self._now(), "sender_user": author.json()}
        return self.say(chat_id, user, text, forward_origin=origin)

    def say_anonymously(self, chat_id: int, text: str) -> int:
        """An admin of a group who hides behind it."""
        return self.say(chat_id, ANONYMOUS_ADMIN, text, sender_chat=self.open_chat(chat_id).json())

    def post_in_channel(self, chat_id: int, text: str) -> int:
        chat = self.open_chat(chat_id, "channel")
        message = self._said(chat_id, text, sender_chat=chat.json())
        self._updates.add("channel_post", message)
        return int(message["message_id"])

    def press(self, message_id: int, button: str, user: User) -> str:
        """`user` presses the button with this label or data; the press's id."""
        message = self._api.sent[message_id]
        data = found_button(message, button).data
        query = str(next(self._numbers) + 10**15)
        self._api.queries.add(query)
        shown = message.json(BOT)
        if message.inaccessible:
            shown = {"message_id": message.id, "date": 0, "chat": message.chat.json()}
        update = {"id": query, "from": user.json(), "chat_instance": "1", "message": shown, "data": data}
        self._updates.add("callback_query", update)
        return query

    def expire(self, query: str) -> None:
        """The press becomes too old to be answered."""
        self._api.queries.discard(query)

    def forget(self, message_id: int) -> None:
        """The message becomes too old to be accessible."""
        self._api.sent[message_id].inaccessible = True

    def _said(self, chat_id: int, text: str, **more: Any) -> dict[str, Any]:
        chat = self.open_chat(chat_id)
        number = next(self._numbers)
        self._api.said[number] = chat_id
        entities = {"entities": found} if (found := typed_entities(text)) else {}
        return {"message_id": number, "date": self._now(), "chat": chat.json(), "text": text} | entities | more

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def found_button(message: Sent, button: str) -> InlineButton:
    for candidate in message.buttons:
        if button in (candidate.label, candidate.data):
            return candidate
    raise LookupError(f"message {message.id} has no button {button!r}; it has {[b.label for b in message.buttons]}")
