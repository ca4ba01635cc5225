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
from typing import Any, NoReturn, TypeVar

from aiohttp import web

from tests.chat.bot_api_checks import ApiError
from tests.chat.bot_api_markup import typed_entities
from tests.chat.bot_api_methods import Methods
from tests.chat.bot_api_updates import Updates
from tests.chat.bot_api_world import Breakage, Call, Chat, Fault, InlineButton, Sent, User

T = TypeVar("T")

BOT = User(4_242_424, "PurserTestBot", "Purser", is_bot=True)
ANONYMOUS_ADMIN = User(1_087_968_824, "GroupAnonymousBot", "Group", is_bot=True)
SERVICE = User(777_000, "", "Telegram")
DATE = 1_764_000_000


class BotApiServer:
    """One bot's Bot API. Chats with a positive id are private, the others are groups unless `add_channel` made them."""

    def __init__(self, token: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self._token = token
        self._address = (host, port)
        self._numbers = itertools.count(101)
        self._api = Methods(BOT, lambda: DATE, lambda: next(self._numbers))
        self._updates = Updates()
        self._faults: dict[str, list[Fault | None]] = {}
        self._changed = asyncio.Condition()
        self._closing = asyncio.Event()
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

    # What people do

    def open_chat(self, chat_id: int, kind: str = "", title: str = "Chat") -> Chat:
        """A chat that the bot may write to."""
        kind = kind or ("private" if chat_id > 0 else "supergroup")
        return self._api.chats.setdefault(chat_id, Chat(chat_id, kind, title))

    def block(self, chat_id: int) -> None:
        """The person blocks the bot, or the group throws it out."""
        self.open_chat(chat_id).blocked = True

    def say(self, chat_id: int, user: User, text: str, **more: Any) -> int:
        """`user` writes `text`; the message's id. `more` goes into the message as it is."""
        message = self._said(chat_id, text, **{"from": user.json()}, **more)
        self._updates.add("message", message)
        return int(message["message_id"])

    def answer(self, message_id: int, user: User, text: str) -> int:
        """`user` replies to one of the bot's messages."""
        answered = self._api.sent[message_id]
        return self.say(answered.chat.id, user, text, reply_to_message=answered.json(BOT))

    def edit_said(self, chat_id: int, message_id: int, user: User, text: str) -> None:
        message = self._said(chat_id, text, **{"from": user.json()}) | {"message_id": message_id, "edit_date": DATE}
        self._updates.add("edited_message", message)

    def forward(self, chat_id: int, user: User, text: str, author: User) -> int:
        origin = {"type": "user", "date": DATE, "sender_user": author.json()}
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
        return {"message_id": number, "date": DATE, "chat": chat.json(), "text": text} | entities | more

    # What goes wrong

    def fail_next(self, method: str, breakage: Breakage, number: int = 0, after: int = 0) -> None:
        """Break a call of `method`, after letting `after` calls pass."""
        self._faults.setdefault(method.lower(), []).extend([None] * after + [Fault(breakage, number)])

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
            self._break_before(request, fault)
            result = await self._result(method, parameters, files)
            await self._break_after(request, fault)
            return web.json_response({"ok": True, "result": result})
        except ApiError as error:
            return refusal(error)
        except Gone:
            return web.Response()
        finally:
            await self._tell()

    async def _result(self, method: str, parameters: dict[str, str], files: dict[str, bytes]) -> Any:
        if method != "getupdates":
            return self._api.call(method, parameters, files)
        await self._tell()
        return await self._updates.get(parameters)

    def _break_before(self, request: web.Request, fault: Fault | None) -> None:
        match fault:
            case Fault(Breakage.FLOOD, seconds):
                wait = f"Too Many Requests: retry after {seconds}"
                raise ApiError(429, wait, {"retry_after": seconds})
            case Fault(Breakage.ERROR, status):
                raise BareError(status)
            case Fault(Breakage.CUT_BEFORE):
                cut(request)

    async def _break_after(self, request: web.Request, fault: Fault | None) -> None:
        if fault == Fault(Breakage.CUT_AFTER):
            cut(request)
        elif fault == Fault(Breakage.SILENT_AFTER):
            await self._tell()
            await self._closing.wait()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class Gone(Exception):
    """The connection has been cut; nobody reads the answer."""


class BareError(ApiError):
    """An error page of a proxy: no JSON in it."""

    def __init__(self, status: int) -> None:
        super().__init__(status, "")


def refusal(error: ApiError) -> web.Response:
    if isinstance(error, BareError):
        return web.Response(status=error.code, text="<html>nginx</html>", content_type="text/html")
    answer: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        answer["parameters"] = error.parameters
    return web.json_response(answer, status=error.code)


def cut(request: web.Request) -> NoReturn:
    """Close the connection under the request."""
    assert request.transport is not None
    request.transport.abort()
    raise Gone


async def received(request: web.Request) -> tuple[dict[str, str], dict[str, bytes]]:
    """Parameters and files, from the query, a form, multipart or JSON."""
    parameters, files = dict(request.query), dict[str, bytes]()
    if request.content_type == "application/json":
        body = await request.json()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        return parameters, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            parameters[name] = str(value)
    return parameters, files


def found_button(message: Sent, button: str) -> InlineButton:
    for candidate in message.buttons:
        if button in (candidate.label, candidate.data):
            return candidate
    raise LookupError(f"message {message.id} has no button {button!r}; it has {[b.label for b in message.buttons]}")


@asynccontextmanager
async def serving(token: str) -> AsyncIterator[BotApiServer]:
    """A server whose test fails when anything broke the manual's rules."""
    async with BotApiServer(token) as api:
        yield api
        assert api.violations == []


if __name__ == "__main__":
    from tests.chat.bot_api_control import main

    main()
