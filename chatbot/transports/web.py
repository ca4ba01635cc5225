"""The web page as a chat platform: the same messages and presses as Telegram, served by uvicorn inside our loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp

from chatbot.message import Channel, MessageHandler, MessageRef, PressHandler, Reply, Undeliverable
from chatbot.transports.web_conversation import PAGE, Conversation
from chatbot.transports.web_diary import Diary
from chatbot.transports.web_feed import Author, Feed
from chatbot.transports.web_gate import WILDCARDS, Gate
from chatbot.transports.web_site import Commands, EquityPicture, Site
from trading.clock import Clock
from trading.contract import Reader
from trading.errors import Fatal


class WebTransport:
    """The chat page and the dashboard on `host`:`port` (0 takes any free port).

    `token` opens the page; `banner` heads every screen ("PAPER · SIMULATED MARKET"); `commands` are the hints of the
    input box. Messages live in memory, and outlive the program where there is a `diary`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        desk: Reader,
        clock: Clock,
        banner: str,
        charts: EquityPicture,
        commands: Commands = (),
        diary: Diary | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._token = token
        self._desk = desk
        self._clock = clock
        self._banner = banner
        self._charts = charts
        self._commands = commands
        self._feed = Feed(diary=diary)
        self._started = asyncio.Event()
        self._address = ""
        self._failure: Fatal | None = None

    @property
    def platform(self) -> str:
        return "web"

    def channels(self) -> Sequence[Channel]:
        return (PAGE,)

    async def ready(self) -> str:
        """Wait until the page answers; its address ("http://127.0.0.1:5000"). Raises Fatal when it cannot be served."""
        await self._started.wait()
        if self._failure is not None:
            raise self._failure
        return self._address

    async def link(self) -> str:
        """The address that opens the page for its owner, once it answers."""
        return f"{await self.ready()}/?token={self._token}"

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None:
        """Serve until cancelled. Raises Fatal when the address cannot be had."""
        listener = self._listen()
        port = listener.getsockname()[1]
        conversation = Conversation(self._feed, on_message, on_press, self._desk, self._clock)
        site = Site(self._feed, conversation, self._desk, self._charts, self._banner, self._commands)
        server = _Server(_config(Gate(site.app(), self._token, self._host, port)), self._started)
        self._address = _address(self._host, port)
        try:
            await _serve(server, listener)
        finally:
            self._started.clear()
            await conversation.close()

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        posted = self._feed.post(Author.PURSER, reply, self._desk.now())
        return MessageRef(channel, posted.id)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        try:
            self._feed.edit(message.id, reply)
        except KeyError:
            raise Undeliverable(f"message {message.id} has left the page") from None

    def _listen(self) -> socket.socket:
        try:
            listener = _listener(self._host, self._port)
        except OSError as error:
            self._failure = Fatal(_why_not(error, self._host, self._port))
            self._started.set()
            raise self._failure from error
        self._failure = None
        self._started.clear()
        return listener


class _Server(uvicorn.Server):
    """A uvicorn that leaves the signals to us and tells when it is up."""

    def __init__(self, config: uvicorn.Config, up: asyncio.Event) -> None:
        super().__init__(config)
        self._up = up

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()


async def _serve(server: _Server, listener: socket.socket) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
    finally:
        listener.close()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,  # Its lines would hold the token.
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ws_max_size=1024,  # The page only listens there.
        timeout_graceful_shutdown=2,
    )


def _listener(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in WILDCARDS else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program; stop it, or set DASHBOARD_PORT to a free port."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system; set DASHBOARD_PORT to one above 1023."
    why = error.strerror or error
    return f"The page cannot be served on {host}: {why}; set DASHBOARD_HOST to an address of this machine."
