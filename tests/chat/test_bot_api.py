"""The Bot API server of the tests refuses what the original refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from trading.clock import SimulatedClock

TOKEN = "1:a"
CHAT = 5
GROUP = -5


@pytest.fixture
async def api() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(TOKEN) as server:
        server.open_chat(CHAT)
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def call(
    client: aiohttp.ClientSession, api: BotApiServer, method: str, token: str = TOKEN, **parameters: Any
) -> dict[str, Any]:
    async with client.post(f"{api.url}/bot{token}/{method}", json=parameters) as response:
        answer: dict[str, Any] = await response.json()
        assert answer["ok"] or answer["error_code"] == response.status
        return answer


def keyboard(*rows: list[tuple[str, str]]) -> str:
    return json.dumps({"inline_keyboard": [[{"text": t, "callback_data": d} for t, d in row] for row in rows]})


async def test_a_wrong_token_is_unauthorized(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    assert (await call(client, api, "getMe", token="1:b"))["error_code"] == 401


async def test_an_unknown_method_is_not_found(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    assert (await call(client, api, "sendSmoke"))["error_code"] == 404


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"chat_id": 6, "text": "x"}, "chat not found"),
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": CHAT, "text": " \n"}, "message text is empty"),
        ({"chat_id": CHAT, "text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"chat_id": CHAT, "text": "<b>x", "parse_mode": "HTML"}, 'end tag corresponding to start tag "b"'),
        ({"chat_id": CHAT, "text": "<b>x</i>", "parse_mode": "HTML"}, "Unmatched end tag"),
        ({"chat_id": CHAT, "text": "x</b>", "parse_mode": "HTML"}, "Unexpected end tag"),
        ({"chat_id": CHAT, "text": "<table>x</table>", "parse_mode": "HTML"}, 'Unsupported start tag "table"'),
        ({"chat_id": CHAT, "text": "1 < 2", "parse_mode": "HTML"}, "Unclosed start tag"),
        ({"chat_id": CHAT, "text": "🟢" * 2049}, "message is too long"),
        ({"chat_id": CHAT, "text": "x", "reply_markup": keyboard([("Go", "")])}, "BUTTON_DATA_INVALID"),
        ({"chat_id": CHAT, "text": "x", "reply_markup": keyboard([("Go", "x" * 65)])}, "BUTTON_DATA_INVALID"),
        ({"chat_id": CHAT, "text": "x", "reply_markup": keyboard([("Go", "x")] * 9)}, "REPLY_MARKUP_TOO_LONG"),
        ({"chat_id": CHAT, "text": "x", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"chat_id": CHAT, "text": "x", "reply_parameters": '{"message_id": 1}'}, "message to be replied not found"),
    ],
)
async def test_a_message_against_the_rules_is_refused(
    client: aiohttp.ClientSession, api: BotApiServer, parameters: dict[str, Any], words: str
) -> None:
    answer = await call(client, api, "sendMessage", **parameters)
    assert (answer["error_code"], words in answer["description"]) == (400, True), answer
    assert api.messages(CHAT) == []


async def test_the_limit_counts_what_people_see(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    text = "<pre>" + "&lt;" * 4096 + "</pre>"
    assert (await call(client, api, "sendMessage", chat_id=CHAT, text=text, parse_mode="HTML"))["ok"]


async def test_sloppiness_is_noted(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    await call(client, api, "sendMessage", chat_id=CHAT, text="a & b > c", parse_mode="HTML", color="red")
    assert len(api.violations) == 3


async def test_the_same_edit_twice_is_not_a_modification(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    number = (await call(client, api, "sendMessage", chat_id=CHAT, text="one"))["result"]["message_id"]
    assert (await call(client, api, "editMessageText", chat_id=CHAT, message_id=number, text="two"))["ok"]
    again = await call(client, api, "editMessageText", chat_id=CHAT, message_id=number, text="two")
    assert "message is not modified" in again["description"]


async def test_what_people_wrote_cannot_be_edited(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    number = api.say(CHAT, User(CHAT), "mine")
    answer = await call(client, api, "editMessageText", chat_id=CHAT, message_id=number, text="yours")
    assert "message can't be edited" in answer["description"]


async def test_a_press_is_answered_once(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    markup = keyboard([("Go", "go")])
    sent = await call(client, api, "sendMessage", chat_id=CHAT, text="x", reply_markup=markup)
    query = api.press(sent["result"]["message_id"], "Go", User(CHAT))
    assert (await call(client, api, "answerCallbackQuery", callback_query_id=query))["ok"]
    late = await call(client, api, "answerCallbackQuery", callback_query_id=query)
    assert "query is too old" in late["description"]


async def test_an_offset_confirms_what_came_before_it(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    for text in ("one", "two", "three"):
        api.say(CHAT, User(CHAT), text)
    first = (await call(client, api, "getUpdates", limit=2))["result"]
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    rest = (await call(client, api, "getUpdates", offset=first[-1]["update_id"] + 1))["result"]
    assert [update["message"]["text"] for update in rest] == ["three"]
    assert api.updates.unconfirmed == 1


async def test_a_second_poller_ends_the_first(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    first = asyncio.create_task(call(client, api, "getUpdates", timeout=30))
    await api.wait_for(lambda: "getupdates" in api.methods())
    second = asyncio.create_task(call(client, api, "getUpdates", timeout=30))
    assert (await first)["error_code"] == 409
    api.say(CHAT, User(CHAT), "hello")
    assert len((await second)["result"]) == 1


async def test_kinds_that_were_not_asked_for_are_not_sent(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    await call(client, api, "getUpdates", allowed_updates='["message"]')
    number = api.say(CHAT, User(CHAT), "one")
    api.edit_said(CHAT, number, User(CHAT), "two")
    assert len((await call(client, api, "getUpdates"))["result"]) == 1


@pytest.mark.parametrize("name", ["Status", "with space", "x" * 33, ""])
async def test_a_command_name_against_the_rules_is_refused(
    client: aiohttp.ClientSession, api: BotApiServer, name: str
) -> None:
    answer = await call(client, api, "setMyCommands", commands=json.dumps([{"command": name, "description": "x"}]))
    assert answer["description"] == "Bad Request: BOT_COMMAND_INVALID"


async def test_a_topic_that_does_not_exist_is_refused(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    api.open_topic(GROUP, 7)
    sent = await call(client, api, "sendMessage", chat_id=GROUP, text="x", message_thread_id="7")
    assert (sent["result"]["message_thread_id"], sent["result"]["is_topic_message"]) == (7, True)
    for method, what in (("sendMessage", {"text": "x"}), ("sendChatAction", {"action": "typing"})):
        answer = await call(client, api, method, chat_id=GROUP, message_thread_id="8", **what)
        assert answer["description"] == "Bad Request: message thread not found"


async def test_a_group_that_has_moved_names_its_new_id(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    api.migrate(GROUP, -6)
    answer = await call(client, api, "sendMessage", chat_id=GROUP, text="x")
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": -6})


async def test_our_own_messages_can_be_deleted_once(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    number = (await call(client, api, "sendMessage", chat_id=CHAT, text="x"))["result"]["message_id"]
    assert (await call(client, api, "deleteMessage", chat_id=CHAT, message_id=number))["ok"]
    again = await call(client, api, "deleteMessage", chat_id=CHAT, message_id=number)
    assert "message to delete not found" in again["description"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [("a.csv", b"", "non-empty"), ("a/b.csv", b"x", "file name"), ("a.csv", bytes(50_000_001), "Too Large")],
)
async def test_a_file_against_the_rules_is_refused(
    client: aiohttp.ClientSession, api: BotApiServer, name: str, data: bytes, words: str
) -> None:
    form = aiohttp.FormData({"chat_id": str(CHAT), "document": "attach://it"}, quote_fields=False)
    form.add_field("it", data, filename=name, content_type="text/csv")
    async with client.post(f"{api.url}/bot{TOKEN}/sendDocument", data=form) as response:
        assert words in (await response.json())["description"]


async def test_a_file_that_is_not_in_the_request_is_refused(client: aiohttp.ClientSession, api: BotApiServer) -> None:
    answer = await call(client, api, "sendDocument", chat_id=CHAT, document="attach://it")
    assert "there is no file in the request" in answer["description"]


async def test_a_flood_is_refused_and_impatience_noted(client: aiohttp.ClientSession) -> None:
    clock = SimulatedClock(datetime(2025, 6, 1, tzinfo=UTC))
    async with BotApiServer(TOKEN, clock=clock) as api:
        api.open_chat(GROUP)
        api.limit_floods()
        for _ in range(20):
            clock.advance(1.0)
            assert (await call(client, api, "sendMessage", chat_id=GROUP, text="x"))["ok"]
        refused = await call(client, api, "sendMessage", chat_id=GROUP, text="x")
        assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 41})
        assert api.violations == []
        await call(client, api, "sendMessage", chat_id=GROUP, text="x")
        assert "before its time" in api.violations[0]


async def test_the_bot_is_told_where_it_is_put_out_if_it_asked(
    client: aiohttp.ClientSession, api: BotApiServer
) -> None:
    await call(client, api, "getUpdates", allowed_updates='["my_chat_member"]')
    api.put_out(GROUP, User(CHAT))
    (update,) = (await call(client, api, "getUpdates"))["result"]
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert (await call(client, api, "sendMessage", chat_id=GROUP, text="x"))["error_code"] == 403
