"""Chats that we were put out of, that closed, or that go on under another id."""

from __future__ import annotations

import pytest

from chatbot.message import Channel, Gone, Moved, Reply, Undeliverable
from chatbot.transports.telegram import TelegramTransport
from tests.chat.bot_api import BotApiServer
from tests.chat.telegram.rig import CHAT, GROUP, NOTICES, OWNER, Person

DESK = Channel("telegram", str(GROUP))
SUPERGROUP = -100_600


@pytest.fixture(autouse=True)
def group(api: BotApiServer) -> None:
    api.open_chat(GROUP)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot was blocked by the user"),
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot is not a member of the channel chat"),
        (400, "Bad Request: chat not found"),
        (400, "Bad Request: group chat was deactivated"),
        (400, "Bad Request: not enough rights to send text messages to the chat"),
        (400, "Bad Request: have no rights to send a message"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: TOPIC_CLOSED"),
    ],
)
async def test_where_nothing_can_be_posted_any_more_is_gone(
    api: BotApiServer, telegram: TelegramTransport, code: int, words: str
) -> None:
    api.refuse(GROUP, code, words)
    with pytest.raises(Gone, match="does not let the bot write"):
        await telegram.send(DESK, Reply("news"))


async def test_another_refusal_is_about_the_message_only(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.refuse(GROUP, 400, "Bad Request: MESSAGE_SOMETHING_INVALID")
    with pytest.raises(Undeliverable) as refused:
        await telegram.send(DESK, Reply("news"))
    assert type(refused.value) is Undeliverable


async def test_a_group_that_has_moved_says_where_to(api: BotApiServer, telegram: TelegramTransport) -> None:
    api.migrate(GROUP, SUPERGROUP, told=False)
    with pytest.raises(Moved) as moved:
        await telegram.send(DESK, Reply("news"))
    await telegram.send(moved.value.channel, Reply("news"))
    assert [message.text for message in api.messages(SUPERGROUP)] == ["news"]


async def test_a_move_that_was_told_needs_no_call(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    api.migrate(GROUP, SUPERGROUP)
    await heard(api, person)
    with pytest.raises(Moved) as moved:
        await telegram.send(DESK, Reply("news"))
    assert moved.value.channel.id == str(SUPERGROUP)
    assert calls_about(api, GROUP) == []


@pytest.mark.parametrize("chat", [GROUP, CHAT])
async def test_being_put_out_is_known_without_a_call(
    api: BotApiServer, telegram: TelegramTransport, person: Person, chat: int
) -> None:
    api.open_chat(CHAT + 1)
    api.put_out(chat, OWNER)
    await heard(api, person)
    with pytest.raises(Gone):
        await telegram.send(Channel("telegram", str(chat)), Reply("news"))
    assert calls_about(api, chat) == []


async def test_who_is_let_in_again_writes_again(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.put_out(GROUP, OWNER)
    api.take_back(GROUP, OWNER)
    await heard(api, person)
    await telegram.send(DESK, Reply("back"))
    assert [message.text for message in api.messages(GROUP)] == ["back"]


async def test_who_hears_a_chat_is_in_it(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.put_out(GROUP, OWNER)
    api.open_chat(GROUP).refusal = None
    api.say(GROUP, OWNER, "/status")
    await api.wait_for_message(lambda m: m.chat.id == GROUP)


async def test_another_chat_is_not_touched(api: BotApiServer, telegram: TelegramTransport, person: Person) -> None:
    api.put_out(GROUP, OWNER)
    await heard(api, person)
    await telegram.send(NOTICES, Reply("news"))
    assert "news" in [message.text for message in api.messages(CHAT)]


class Watcher:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.moves: list[tuple[str, str]] = []
        self.open: list[str] = []

    def moved(self, old: Channel, new: Channel) -> None:
        self.moves.append((old.id, new.id))

    def reopened(self, channel: Channel) -> None:
        self.open.append(channel.id)


async def test_who_watches_hears_of_moves_and_of_chats_that_take_messages_again(
    api: BotApiServer, telegram: TelegramTransport, person: Person
) -> None:
    watcher = Watcher()
    telegram.watch(watcher)
    api.put_out(GROUP, OWNER)
    await heard(api, person)
    assert str(GROUP) not in watcher.open and str(CHAT + 1) in watcher.open
    api.take_back(GROUP, OWNER)
    api.migrate(GROUP, SUPERGROUP)
    api.say(CHAT, OWNER, "/status")
    await api.wait_for_message(lambda m: m.chat.id == CHAT)
    assert str(GROUP) in watcher.open and watcher.moves[0] == (str(GROUP), str(SUPERGROUP))


async def heard(api: BotApiServer, person: Person) -> None:
    """Everything that happened so far has been heard: what was said after it has."""
    api.say(CHAT + 1, OWNER, "/status")
    await api.wait_for_message(lambda m: m.chat.id == CHAT + 1)


def calls_about(api: BotApiServer, chat: int) -> list[str]:
    return [call.method for call in api.calls if call.parameters.get("chat_id") == str(chat)]
