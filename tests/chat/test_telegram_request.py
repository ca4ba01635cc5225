"""The HTTP client under python-telegram-bot, against servers that misbehave."""

from __future__ import annotations

import asyncio
import base64
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from typing import Any, cast
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData

from chatbot.transports.telegram_errors import never_left
from chatbot.transports.telegram_request import Request

TOKEN = "123456:a-secret-of-the-bot"
OK = b'{"ok": true, "result": true}'
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    yield


class Server:
    """Speaks as much HTTP as it is told to, on the loopback, and keeps what it was asked."""

    def __init__(self, answer: Answer | None = None) -> None:
        self._answer = answer or self.say(OK)
        self._server: asyncio.Server | None = None
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.asked, self.left = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, method: str = "getMe") -> str:
        return f"http://127.0.0.1:{self.port}/bot{TOKEN}/{method}"

    def say(self, body: bytes, status: str = "200 OK", *headers: str) -> Answer:
        """An answer that does all that HTTP asks for."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)

        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._hear(reader):
                await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.left.set()
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lengths = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length:")]
        self.heads.append(head)
        self.asked.set()
        self.bodies.append(await reader.readexactly(int(lengths[0])) if lengths else b"")
        return True


@asynccontextmanager
async def client(read_timeout: float = 10.0, pool_size: int = 4) -> AsyncIterator[Request]:
    request = Request(read_timeout, pool_size)
    async with request:
        yield request


async def failure(work: Awaitable[Any]) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await work
    shown = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in shown
    return caught.value


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ok": tr')
    writer.close()


async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n\r\n")
    writer.close()


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def test_requests_share_a_kept_connection() -> None:
    async with Server() as server, client() as request:
        for _ in range(3):
            assert await request.do_request(server.url(), "POST") == (200, OK)
        assert server.connections == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "429 Too Many Requests", "502 Bad Gateway"])
async def test_a_refusal_comes_with_its_status_and_its_body(status: str) -> None:
    async with Server() as server, client() as request:
        server._answer = server.say(b"<html>no</html>", status)
        assert await request.do_request(server.url(), "POST") == (int(status[:3]), b"<html>no</html>")


async def test_a_redirect_is_not_followed() -> None:
    async with Server() as server, client() as request:
        server._answer = server.say(b"", "302 Found", f"Location: {server.url('elsewhere')}")
        assert (await request.do_request(server.url(), "POST"))[0] == 302
        assert len(server.heads) == 1


@pytest.mark.parametrize("answer", [hang_up, cut, babble])
async def test_what_breaks_after_the_request_has_left_may_have_been_delivered(answer: Answer) -> None:
    async with Server(answer) as server, client() as request:
        assert not never_left(await failure(request.do_request(server.url(), "POST")))
        assert len(server.heads) == 1


async def test_a_server_that_is_silent_may_have_taken_the_request() -> None:
    async with Server(silence) as server, client(read_timeout=0.05) as request:
        error = await failure(request.do_request(server.url(), "POST"))
        assert isinstance(error, TimedOut)
        assert not never_left(error)


async def test_a_server_that_does_not_listen_was_told_nothing() -> None:
    async with Server() as server:
        url = server.url()
    async with client() as request:
        assert never_left(await failure(request.do_request(url, "POST")))


async def test_an_address_that_is_none_was_told_nothing() -> None:
    async with client() as request:
        for url in (f"ftp://127.0.0.1/bot{TOKEN}/getMe", f"http:///bot{TOKEN}/getMe"):
            assert never_left(await failure(request.do_request(url, "POST")))


async def test_who_finds_no_free_connection_in_time_has_sent_nothing() -> None:
    async with Server(silence) as server, client(pool_size=1) as request:
        first = asyncio.ensure_future(request.do_request(server.url("first"), "POST"))
        await asyncio.wait_for(server.asked.wait(), 5)
        waiting = request.do_request(server.url("second"), "POST", pool_timeout=0.02, connect_timeout=0.02)
        error = await failure(waiting)
        assert isinstance(error, TimedOut)
        assert never_left(error)
        assert len(server.heads) == 1
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_before_and_after_its_life_nothing_is_sent() -> None:
    async with Server() as server:
        request = Request(1.0)
        assert never_left(await failure(request.do_request(server.url(), "POST")))
        async with request:
            await request.do_request(server.url(), "POST")
        await request.shutdown()
        assert never_left(await failure(request.do_request(server.url(), "POST")))
        assert len(server.heads) == 1


async def test_the_end_of_its_life_closes_its_connections() -> None:
    async with Server() as server:
        async with client() as request:
            await request.do_request(server.url(), "POST")
            assert not server.left.is_set()
        await asyncio.wait_for(server.left.wait(), 5)


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_a_form_arrives_as_it_was_meant(fields: dict[str, str]) -> None:
    from chatbot.transports.telegram_request import _body

    class Data:
        contains_files = False
        json_parameters = fields

    body, _ = _body(cast(RequestData, Data))
    assert isinstance(body, bytes)
    assert dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)) == fields


async def test_the_library_sends_its_parameters_as_a_form() -> None:
    async with Server() as server, client() as request, client() as polls:
        bot = Bot(TOKEN, f"http://127.0.0.1:{server.port}/bot", request=request, get_updates_request=polls)
        await bot.set_chat_title(-100, "Fünf & 5 + 50 % = ⏳\nnext")
        assert dict(parse_qsl(server.bodies[0].decode())) == {"chat_id": "-100", "title": "Fünf & 5 + 50 % = ⏳\nnext"}
        assert "Content-Type: application/x-www-form-urlencoded" in server.heads[0]


async def test_files_travel_beside_their_parameters() -> None:
    png = bytes(range(256)) * 50
    async with Server() as server, client() as request, client() as polls:
        bot = Bot(TOKEN, f"http://127.0.0.1:{server.port}/bot", request=request, get_updates_request=polls)
        await bot.set_chat_photo(-100, InputFile(png, filename="chart.png"))
        parts = {part.get_param("name", header="content-disposition"): part for part in read_parts(server)}
        assert parts["chat_id"].get_payload(decode=True) == b"-100"
        assert parts["photo"].get_filename() == "chart.png"
        assert parts["photo"].get_content_type() == "image/png"
        assert parts["photo"].get_payload(decode=True) == png


async def test_a_picture_inside_another_object_finds_its_part() -> None:
    async with Server() as server, client() as request, client() as polls:
        bot = Bot(TOKEN, f"http://127.0.0.1:{server.port}/bot", request=request, get_updates_request=polls)
        await bot.edit_message_media(InputMediaPhoto(b"png", filename="é.png"), -100, 7)
        parts = {part.get_param("name", header="content-disposition"): part for part in read_parts(server)}
        media = cast(bytes, parts["media"].get_payload(decode=True)).decode()
        (attached,) = (name for name in parts if f"attach://{name}" in media)
        assert parts[attached].get_payload(decode=True) == b"png"


async def test_the_environments_proxy_is_used_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as proxy, client() as request:
        monkeypatch.setenv("http_proxy", f"http://me:pass@127.0.0.1:{proxy.port}")
        assert (await request.do_request("http://telegram.invalid/bot1/getMe", "POST"))[1] == OK
        assert proxy.heads[0].startswith("POST http://telegram.invalid/bot1/getMe ")
        assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:pass').decode()}" in proxy.heads[0]


async def test_an_https_proxy_that_refuses_was_told_nothing_but_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as proxy, client() as request:
        proxy._answer = proxy.say(b"", "407 Proxy Authentication Required")
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        assert never_left(await failure(request.do_request(f"https://telegram.invalid/bot{TOKEN}/getMe", "POST")))
        assert proxy.heads[0].startswith("CONNECT telegram.invalid:443 ")
        assert TOKEN not in "".join(proxy.heads)


async def test_a_host_that_is_excepted_goes_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server() as server, Server() as proxy, client() as request:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await request.do_request(server.url(), "POST")
        assert (len(server.heads), len(proxy.heads)) == (1, 0)


def read_parts(server: Server) -> list[Any]:
    """The parts of the one upload that `server` took."""
    (head,) = (line for line in server.heads[0].splitlines() if line.lower().startswith("content-type:"))
    return list(message_from_bytes(f"{head}\r\n\r\n".encode() + server.bodies[0]).walk())[1:]
