"""A strict Telegram Bot API server on the loopback, with hands: tests type, press and read through it.

    async with BotApiServer(token) as api:
        api.say(chat_id, user, "/status")
        message = await api.wait_for_message(lambda sent: "Equity" in sent.text)
        api.press(message.id, "Approve", user)

`api.violations` lists what the real API forgives or ignores and its manual forbids: it stays empty.
As a program, for manual trials: python -m tests.chat.bot_api --port 8081 --token 123:abc
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiohttp import web

from tests.chat.bot_api_checks import ApiError, Files
from tests.chat.bot_api_flood import Flood
from tests.chat.bot_api_methods import Methods
from tests.chat.bot_api_network import Gone, Network, refusal
from tests.chat.bot_api_people import BOT, People
from tests.chat.bot_api_updates import Updates
from tests.chat.bot_api_world import Call, Sent, upload_of
from trading.clock import Clock, SystemClock

T = TypeVar("T")


class BotApiServer(People, Network):
    """One bot's Bot API. Chats with a positive id are private, the others are groups unless told otherwise.

    Messages are dated by `clock`. With `limit_floods` it also counts as Telegram does.
    """

    def __init__(self, token: str, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None) -> None:
        super().__init__()
        self._token = token
        self._clock = clock or SystemClock()
        self._address = (host, port)
        self._numbers = itertools.count(101)
        self._api = Methods(BOT, self._now, lambda: next(self._numbers))
        self._updates = Updates()
        self.calls: list[Call] = []
        self.url = ""

    async def __aenter__(self) -> BotApiServer:
        application = web.Application(client_max_size=80_000_000)
        application.router.add_route("*", "/bot{token}/{method}", self._serve)
        self.add_routes(application)
        # Cancelling a handler whose client has gone is what frees an abandoned long poll.
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, *self._address)
        await self._site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def add_routes(self, application: web.Application) -> None:
        """Room for more than the Bot API."""

    # What the world looks like

    @property
    def violations(self) -> list[str]:
        return self._api.violations

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The command menu as set."""
        return [(command["command"], command["description"]) for command in self._api.commands]

    @property
    def toasts(self) -> dict[str, str]:
        """Answered presses: what each press brought up, by the id that `press` returned."""
        return self._api.answers

    @property
    def actions(self) -> list[tuple[int, str]]:
        return self._api.actions

    @property
    def updates(self) -> Updates:
        return self._updates

    def messages(self, chat_id: int) -> list[Sent]:
        """The bot's messages in a chat, oldest first, as they look now."""
        return [message for message in self._api.sent.values() if message.chat.id == chat_id]

    def message(self, message_id: int) -> Sent | None:
        return self._api.sent.get(message_id)

    def methods(self) -> list[str]:
        return [call.method for call in self.calls]

    async def wait_for_message(self, wanted: Callable[[Sent], bool], within: float = 5.0) -> Sent:
        """The first message of the bot, new or edited, that is as wanted."""
        return await self.wait_for(lambda: next((m for m in self._api.sent.values() if wanted(m)), None), within)

    async def wait_for(self, look: Callable[[], T | None], within: float = 5.0) -> T:
        """What `look` sees once it sees something; tried after each request."""
        async with asyncio.timeout(within), self._changed:
            while not (seen := look()):
                await self._changed.wait()
            return seen

    def limit_floods(self) -> Flood:
        """Count messages from now on, and answer 429 as Telegram does."""
        self._api.flood = Flood(self._clock.monotonic, self._api.violations)
        return self._api.flood

    async def refuse_connections(self) -> None:
        """Close the port and every connection; the server is gone."""
        await self.__aexit__()

    # The protocol

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self._token:
            return refusal(ApiError(401, "Unauthorized"))
        method = request.match_info["method"].lower()
        parameters, files = await received(request)
        self.calls.append(Call(method, parameters))
        faults = self._faults.get(method, [])
        fault = faults.pop(0) if faults else None
        try:
            await self._silence_if_dead(request)
            await self._break_before(request, fault)
            result = await self._result(method, parameters, files)
            await self._break_after(request, fault, result)
            await self._silence_if_dead(request)
            return web.json_response({"ok": True, "result": result})
        except ApiError as error:
            return refusal(error)
        except Gone:
            return web.Response()
        finally:
            await self._tell()

    async def _result(self, method: str, parameters: dict[str, str], files: Files) -> Any:
        if method in self._forbidden:
            raise ApiError(400, self._forbidden[method])
        if method != "getupdates":
            return self._api.call(method, parameters, files)
        await self._tell()
        return await self._updates.get(parameters)


async def received(request: web.Request) -> tuple[dict[str, str], Files]:
    """Parameters and files, from the query, a form, multipart or JSON. Only multipart carries files."""
    parameters, files = dict(request.query), Files()
    if request.content_type == "application/json":
        body = await request.json()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        return parameters, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = upload_of(value.file.read(), value.filename)
        else:
            parameters[name] = str(value)
    return parameters, files


@asynccontextmanager
async def serving(token: str, clock: Clock | None = None) -> AsyncIterator[BotApiServer]:
    """A server whose test fails when anything broke the manual's rules."""
    async with BotApiServer(token, clock=clock) as api:
        yield api
        assert api.violations == []


if __name__ == "__main__":
    from tests.chat.bot_api_control import main

    main()
