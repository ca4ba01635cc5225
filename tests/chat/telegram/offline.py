"""The transport's door for updates, in front of the real router, without a network: what is said is remembered."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from telegram import Bot, Update, User

from chatbot.message import Channel, MessageRef, Reply
from chatbot.transports.telegram_membership import Membership
from chatbot.transports.telegram_outbox import Outbox
from chatbot.transports.telegram_pace import Urgency
from chatbot.transports.telegram_session import Session
from tests.unit.chatbot.conftest import Chat

ME = User(42_424, "Purser", True, username="PurserTestBot")


class Account:
    """Who we are on Telegram, and where presses are acknowledged."""

    token = "1:offline"
    bot = ME

    def __init__(self) -> None:
        self.toasts: list[str] = []

    async def answer_callback_query(self, _query: str, text: str | None = None) -> bool:
        self.toasts.append(text or "")
        return True

    async def send_chat_action(self, *_where: Any, **_how: Any) -> bool:
        return True


class Paper:
    """An outbox that writes down what it is given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Reply]] = []

    async def send(self, channel: str, reply: Reply, _urgency: Urgency, _answering: int | None = None) -> str:
        self.said.append((channel, reply))
        return str(len(self.said))

    async def edit(self, channel: str, _message_id: str, reply: Reply, _urgency: Urgency) -> None:
        self.said.append((channel, reply))


class Offline:
    """Hands updates to a session whose router is `chat`'s."""

    def __init__(self, chat: Chat) -> None:
        self.account, self.paper = Account(), Paper()
        self._chat = chat
        self._session = Session(
            cast(Bot, self.account),
            cast(Outbox, self.paper),
            Membership(),
            chat.clock,
            {"pause", "halt", "flatten", "status"},
            chat.router.on_message,
            chat.router.on_press,
        )

    async def deliver(self, updates: list[dict[str, Any]]) -> None:
        """Each update in turn, all handled at the end; what is gathered for latecomers is told too."""
        # Reading is most of the work, and copies are equal.
        parsed = {number: read(raw) for number, raw in {raw["update_id"]: raw for raw in updates}.items()}
        for raw in updates:
            await self._session.accept(parsed[raw["update_id"]], None)
        await self._handled()
        self._chat.clock.advance(2.0)
        await self._handled()

    async def _handled(self) -> None:
        """Until nothing moves that does not wait for the clock."""
        moved = -1
        while moved != (moved := len(self.paper.said) + len(self.account.toasts) + len(self._chat.desk.calls)):
            for _ in range(8):
                await asyncio.sleep(0)


def read(raw: dict[str, Any]) -> Update:
    update = Update.de_json(raw, None)
    assert update is not None
    return update


def message(number: int, at: float, user: dict[str, Any], text: str, kind: str = "message") -> dict[str, Any]:
    """An update with a text from a private chat."""
    chat = {"id": user["id"], "type": "private", "first_name": "Pat"}
    content = {"message_id": number, "date": int(at), "chat": chat, "from": user, "text": text}
    return {"update_id": number, kind: content | ({"edit_date": int(at)} if kind.startswith("edited") else {})}


def press(number: int, under: MessageRef, user: dict[str, Any], data: str) -> dict[str, Any]:
    """An update with a press under one of our messages."""
    chat = {"id": int(under.channel.id), "type": "private", "first_name": "Pat"}
    shown = {"message_id": int(under.id), "date": 1, "chat": chat, "from": ME.to_dict(), "text": "card"}
    query = {"id": str(number), "from": user, "chat_instance": "1", "message": shown, "data": data}
    return {"update_id": number, "callback_query": query}


def person(user_id: int, name: str) -> dict[str, Any]:
    return {"id": user_id, "is_bot": False, "first_name": "Pat", "username": name}


def home(user_id: int) -> Channel:
    return Channel("telegram", str(user_id))
