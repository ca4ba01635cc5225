"""Who may use the page: the owner, with the token or the cookie it was exchanged for, from a page of ours.

Checked before anything else: the Host header (a foreign name that resolves to this machine is DNS rebinding), the token
(header for programs, cookie for the browser), and on everything that changes something the Origin (another site's page
may make the owner's browser send requests, but cannot forge that header).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.transports.web_pages import locked_page

PAGES = ("/", "/dashboard")
OPEN = ("/healthz", "/static/")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
WILDCARDS = frozenset({"0.0.0.0", "::"})
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "object-src 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Gate:
    """The outermost layer of the page. `port` only tells this bot's cookie from another's on the same machine."""

    def __init__(self, app: ASGIApp, token: str, host: str, port: int) -> None:
        if not token:
            raise ValueError("the page needs a token; an empty one would let everybody in")
        self._app = app
        self._token = token
        self._host = host.lower()
        self._cookie = f"purser_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        refusal = self._answer(HTTPConnection(scope))
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, _with_headers(send))

    def _answer(self, asked: HTTPConnection) -> Response | None:
        """What stands in for the page's own answer; None lets the request through."""
        path = asked.scope["path"]
        if not self._knows(asked.headers.get("host", "")):
            return PlainTextResponse("Unknown host name. Set DASHBOARD_HOST to the name you use.\n", 400)
        if path in PAGES and self._is_token(asked.query_params.get("token", "")):
            return self._exchange(path)
        if path.startswith(OPEN):
            return None
        if not self._is_owner(asked):
            return _locked(path)
        if _changes_something(asked.scope) and not _from_our_page(asked):
            return JSONResponse({"error": "This came from another site's page. Use the chat page."}, 403)
        return None

    def _knows(self, host: str) -> bool:
        name = _host_name(host)
        if name is None:
            return False
        if self._host in WILDCARDS and _is_address(name):
            return True  # A bare address cannot be rebound: there is no name to point elsewhere.
        return name in LOOPBACK or name == self._host

    def _exchange(self, path: str) -> Response:
        answer = RedirectResponse(path, 303)
        answer.set_cookie(self._cookie, self._session(), httponly=True, samesite="strict", path="/")
        return answer

    def _session(self) -> str:
        """Derived one way from the token: a leaked cookie is not the token, and it lives as long as the token."""
        return hmac.new(self._token.encode(), b"purser page session", sha256).hexdigest()

    def _is_owner(self, asked: HTTPConnection) -> bool:
        scheme, _, credential = asked.headers.get("authorization", "").partition(" ")
        if scheme:
            return scheme.lower() == "bearer" and self._is_token(credential.strip())
        return _same(asked.cookies.get(self._cookie, ""), self._session())

    def _is_token(self, given: str) -> bool:
        return _same(given, self._token)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _host_name(host: str) -> str | None:
    """The name in a Host header, lower case and without its port; None when it is malformed."""
    if not host or any(c in host for c in "@/\\?# \t"):
        return None
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _changes_something(scope: Scope) -> bool:
    """Posts do; a websocket is counted with them because browsers open it across sites without asking."""
    return scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")


def _from_our_page(asked: HTTPConnection) -> bool:
    origin = asked.headers.get("origin")
    if origin is None:
        # Browsers always say where a post comes from; a program shows the token instead.
        return "authorization" in asked.headers
    scheme, _, place = origin.lower().partition("://")
    return scheme in ("http", "https") and place == asked.headers["host"].lower()


def _locked(path: str) -> Response:
    if path in PAGES:
        return locked_page()
    return JSONResponse({"error": "Not signed in. Send the token as Authorization: Bearer."}, 401)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_with_headers
