"""The page's addresses: two pages, their pictures and figures, and the three that take words and presses."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from chatbot.message import Reply
from chatbot.transports import web_views
from chatbot.transports.file_names import plain_name
from chatbot.transports.web_conversation import Conversation
from chatbot.transports.web_dashboard import dashboard
from chatbot.transports.web_feed import Feed
from chatbot.transports.web_json import PressIn, TextIn, as_json, dumped, read
from chatbot.transports.web_pages import page
from chatbot.transports.wire import press_to_wire, reply_to_wire
from trading.contract import Performance, Reader
from trading.errors import PurserError

STATIC = Path(__file__).parent / "web_static"
NO_ANSWER = Reply("No answer to that.", ok=False)

Commands = Sequence[tuple[str, str]]
"""Names without a slash, and what each does in one line."""


class EquityPicture(Protocol):
    """Draws the equity picture that chat and report show too."""

    async def equity(self, performance: Performance) -> bytes: ...


class Site:
    """The addresses over one conversation and one desk. Who may ask is decided before, at the gate."""

    def __init__(
        self,
        feed: Feed,
        conversation: Conversation,
        desk: Reader,
        charts: EquityPicture,
        banner: str,
        commands: Commands,
    ) -> None:
        self._feed = feed
        self._conversation = conversation
        self._desk = desk
        self._charts = charts
        self._banner = banner
        self._commands = commands

    def app(self) -> Starlette:
        """The routes; only the three that take words or presses answer to POST."""
        routes = [
            Route("/", self._chat_page),
            Route("/dashboard", self._dashboard_page),
            Route("/healthz", self._health),
            Route("/pictures/equity.png", self._equity_picture),
            Route("/pictures/{picture_id}.png", self._picture),
            Route("/files/{file_id}", self._file),
            Route("/api/commands", self._command_hints),
            Route("/api/feed", self._changes),
            Route("/api/status", self._status),
            Route("/api/dashboard", self._dashboard),
            Route("/api/performance", self._performance),
            Route("/api/message", self._message, methods=["POST"]),
            Route("/api/ask", self._ask, methods=["POST"]),
            Route("/api/press", self._press, methods=["POST"]),
            WebSocketRoute("/api/live", self._live),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _explained, PurserError: _unavailable})

    async def _chat_page(self, request: Request) -> Response:
        return page("chat", self._banner)

    async def _dashboard_page(self, request: Request) -> Response:
        return page("dashboard", self._banner)

    async def _health(self, request: Request) -> Response:
        return as_json({"ok": True})

    async def _command_hints(self, request: Request) -> Response:
        return as_json([{"name": f"/{name.lstrip('/')}", "summary": summary} for name, summary in self._commands])

    async def _picture(self, request: Request) -> Response:
        png = self._feed.picture(request.path_params["picture_id"])
        if png is None:
            raise HTTPException(404, "That picture is no longer kept.")
        return Response(png, media_type="image/png")

    async def _file(self, request: Request) -> Response:
        found = self._feed.file(request.path_params["file_id"])
        if found is None:
            raise HTTPException(404, "That file is no longer kept. Ask for it again.")
        name, data = found
        headers = {"content-disposition": f'attachment; filename="{plain_name(name)}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    async def _equity_picture(self, request: Request) -> Response:
        performance = await self._desk.performance()
        if performance is None:
            raise HTTPException(404, "The picture needs two points of the equity curve.")
        return Response(await self._charts.equity(performance), media_type="image/png")

    async def _status(self, request: Request) -> Response:
        status = await self._desk.status()
        return as_json({"banner": self._banner, "header": web_views.header(status), "status": status})

    async def _dashboard(self, request: Request) -> Response:
        return as_json(await dashboard(self._desk))

    async def _performance(self, request: Request) -> Response:
        words = request.query_params.get("window", "")
        window = self._desk.window(words) if words else None
        if words and window is None:
            raise HTTPException(400, "That window is not understood. Try: last 7 days.")
        performance = await self._desk.performance(window)
        return as_json(web_views.curve(performance) if performance else None)

    async def _changes(self, request: Request) -> Response:
        cursor = _cursor(request.query_params.get("after", "0"))
        if cursor is None:
            raise HTTPException(400, "`after` is a cursor: a whole number, 0 for everything.")
        changes = self._feed.after(self._feed.resume(request.query_params.get("feed"), cursor))
        return as_json(web_views.messages(changes, self._feed, self._desk))

    async def _live(self, socket: WebSocket) -> None:
        """The feed, pushed. A tab that reads slowly gets fewer and newer changes."""
        await socket.accept()
        pushing = asyncio.create_task(self._push(socket))
        listening = asyncio.create_task(_until_closed(socket))
        try:
            await asyncio.wait({pushing, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            pushing.cancel()
            listening.cancel()
            await asyncio.gather(pushing, listening, return_exceptions=True)

    async def _push(self, socket: WebSocket) -> None:
        query = socket.query_params
        cursor = self._feed.resume(query.get("feed"), _cursor(query.get("after", "0")) or 0)
        while True:
            changes = await self._feed.changes(cursor)
            cursor = changes.cursor
            await socket.send_text(dumped(web_views.messages(changes, self._feed, self._desk)).decode())

    async def _message(self, request: Request) -> Response:
        said = self._conversation.say((await read(request, TextIn)).text)
        return as_json({"id": said.id}, 202)

    async def _ask(self, request: Request) -> Response:
        reply = await self._conversation.ask((await read(request, TextIn)).text)
        return as_json(reply_to_wire(reply or NO_ANSWER))

    async def _press(self, request: Request) -> Response:
        pressed = await read(request, PressIn)
        return as_json(press_to_wire(await self._conversation.press(pressed.id, pressed.message)))


def _cursor(after: str) -> int | None:
    return int(after) if after.isascii() and after.isdigit() and len(after) < 16 else None


async def _until_closed(socket: WebSocket) -> None:
    """Return when the tab goes away; what it says is ignored."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return


async def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = as_json({"error": error.detail}, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _unavailable(request: Request, error: Exception) -> Response:
    return as_json({"error": str(error)}, 503)
