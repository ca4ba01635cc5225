"""The Bot API server as a program, with a small JSON API in place of a phone.

POST /control/say      {"text", "chat_id"?, "topic"?, "user_id"?, "username"?} -> {"message_id"}
POST /control/press    {"message_id", "button", "user_id"?, "username"?}  -> {"query"}
GET  /control/messages ?chat_id=&after=                                   -> [{"id", "text", "buttons", "file", ...}]
GET  /control/photo    ?message_id=                                       -> the PNG
GET  /control/violations                                                  -> [...]
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from aiohttp import web

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import Sent, User

CHAT = 1001


class ControlledServer(BotApiServer):
    """Adds the /control routes."""

    def add_routes(self, application: web.Application) -> None:
        router = application.router
        router.add_post("/control/say", self._say)
        router.add_post("/control/press", self._press)
        router.add_get("/control/messages", self._messages)
        router.add_get("/control/photo", self._photo)
        router.add_get("/control/violations", self._violations)

    async def _say(self, request: web.Request) -> web.Response:
        order = await request.json()
        chat = int(order.get("chat_id", CHAT))
        if "topic" in order:
            self.open_topic(chat, int(order["topic"]))
            number = self.say_in_topic(chat, int(order["topic"]), user_of(order), order["text"])
        else:
            number = self.say(chat, user_of(order), order["text"])
        return web.json_response({"message_id": number})

    async def _press(self, request: web.Request) -> web.Response:
        order = await request.json()
        try:
            return web.json_response({"query": self.press(int(order["message_id"]), order["button"], user_of(order))})
        except LookupError as error:
            return web.json_response({"error": str(error)}, status=404)

    async def _messages(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        messages = self.messages(int(request.query.get("chat_id", CHAT)))
        return web.json_response([described(message) for message in messages if message.id > after])

    async def _photo(self, request: web.Request) -> web.Response:
        number = int(request.query["message_id"])
        message = self.message(number)
        if message is None or message.photo is None:
            raise web.HTTPNotFound(text="no such photo")
        return web.Response(body=message.photo, content_type="image/png")

    async def _violations(self, _request: web.Request) -> web.Response:
        return web.json_response(self.violations)


def user_of(order: dict[str, Any]) -> User:
    return User(int(order.get("user_id", CHAT)), order.get("username", "owner"))


def described(message: Sent) -> dict[str, Any]:
    return {
        "id": message.id,
        "text": message.text,
        "fixed_width": message.fixed_width(),
        "buttons": [[{"label": button.label, "data": button.data} for button in row] for row in message.keyboard],
        "photo": None if message.photo is None else len(message.photo),
        "file": message.file_name or None,
        "topic": message.topic,
        "silent": message.silent,
        "answers": message.answers,
        "edits": message.edits,
    }


async def serve(port: int, token: str) -> None:
    async with ControlledServer(token, port=port) as server:
        server.open_chat(CHAT)
        print(f"Bot API at {server.url}, chat {CHAT}; control at {server.url}/control/messages", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--port", type=int, default=8081)
    arguments.add_argument("--token", required=True)
    chosen = arguments.parse_args()
    try:
        asyncio.run(serve(chosen.port, chosen.token))
    except KeyboardInterrupt:
        print("stopped")
