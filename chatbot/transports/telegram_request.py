"""HTTP for python-telegram-bot on aiohttp, at a fraction of the CPU that the library's own client takes.

No error made here names an address: the token is part of every one.
"""

from __future__ import annotations

from typing import Any, TypeAlias
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from chatbot.transports.telegram_errors import NeverLeft

CONNECT_SECONDS = 10.0
WRITE_SECONDS = 20.0
UPLOAD_SECONDS = 60.0
POOL_SIZE = 64

_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
"""What aiohttp raises before the first byte of a request has been sent."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Seconds: TypeAlias = float | None


class Request(BaseRequest):
    """Requests over kept connections, `pool_size` at once at most. `read_timeout` is in seconds.

    Raises NetworkError, or its kind TimedOut, with `NeverLeft` as the cause where nothing was sent. A proxy is the
    environment's, and has to speak HTTP.
    """

    def __init__(self, read_timeout: float, pool_size: int = POOL_SIZE) -> None:
        self._read_timeout = read_timeout
        self._pool_size = pool_size
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], URL | None] = {}

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._pool_size),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The answer's status and its whole body. Timeouts are in seconds; None waits for ever."""
        uploads = request_data is not None and request_data.contains_files
        patience = _patience(
            connect=_chosen(connect_timeout, CONNECT_SECONDS),
            pool=_chosen(pool_timeout, CONNECT_SECONDS),
            write=_chosen(write_timeout, UPLOAD_SECONDS if uploads else WRITE_SECONDS),
            read=_chosen(read_timeout, self._read_timeout),
        )
        try:
            return await self._exchange(URL(url), method, request_data, patience)
        except _NEVER_LEFT as error:
            raise _failure(error) from NeverLeft(type(error).__name__)
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(error) from None

    async def _exchange(
        self, url: URL, method: str, request_data: RequestData | None, patience: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("Telegram is not connected") from NeverLeft("not initialized")
        body, headers = _body(request_data)
        async with self._session.request(
            method, url, data=body, headers=headers, timeout=patience, proxy=self._proxy(url), allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()

    def _proxy(self, url: URL) -> URL | None:
        """The environment's proxy for `url`; looking it up takes longer than the request, so it is looked up once."""
        server = url.scheme, url.host or ""
        if server not in self._proxies:
            self._proxies[server] = _proxy_of_environment(*server)
        return self._proxies[server]


def _proxy_of_environment(scheme: str, host: str) -> URL | None:
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    return URL(address) if address and not proxy_bypass(host) else None


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str] | None]:
    """A form, and the headers that say which kind; files make it one of several parts."""
    if request_data is None:
        return None, None
    parameters = request_data.json_parameters
    if not request_data.contains_files:
        # The same form as urllib's, from compiled code: a card takes a tenth of a millisecond less.
        return URL.build(query=parameters).raw_query_string.encode(), _FORM
    form = aiohttp.FormData(list(parameters.items()), quote_fields=False)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None


def _chosen(given: Any, default: float) -> Seconds:
    """What the caller asked for, which may be None; the default where it did not ask."""
    return default if given is BaseRequest.DEFAULT_NONE else given


def _patience(connect: Seconds, pool: Seconds, write: Seconds, read: Seconds) -> aiohttp.ClientTimeout:
    """aiohttp has no limit for writing: the whole may take as long as its parts."""
    parts = [part for part in (connect, pool, write, read) if part is not None]
    return aiohttp.ClientTimeout(
        total=sum(parts) if len(parts) == 4 else None,
        connect=None if pool is None or connect is None else pool + connect,
        sock_connect=connect,
        sock_read=read,
    )


def _failure(error: Exception) -> NetworkError:
    if isinstance(error, TimeoutError):
        return TimedOut()
    reason = error.strerror if isinstance(error, OSError) else None
    return NetworkError(f"{type(error).__name__}: {reason}" if reason else type(error).__name__)
