"""Who may ask: keys, their permissions, signatures, nonces and websocket tokens.

API-Sign is base64(HMAC-SHA512(secret, path + SHA256(nonce + body))), over the body exactly as it came.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.contract.kraken_market import Refused

TOKEN_LIFE = 900.0
"""Seconds within which a websocket token has to be used."""
_NONCE_LIMIT = 2**64


class Permission(StrEnum):
    """What a key may be allowed to do, in Kraken's words."""

    QUERY_FUNDS = "query-funds"
    ADD_FUNDS = "add-funds"
    WITHDRAW_FUNDS = "withdraw-funds"
    QUERY_OPEN = "query-open-trades"
    QUERY_CLOSED = "query-closed-trades"
    MODIFY = "modify-trades"
    CANCEL = "close-trades"
    QUERY_LEDGER = "query-ledger"
    STREAM = "create-ws-token"


TRADING = frozenset(Permission) - {Permission.WITHDRAW_FUNDS, Permission.ADD_FUNDS}
"""Everything a trading bot needs and nothing that moves money out."""
_NEEDED: Mapping[str, frozenset[Permission]] = {
    "Balance": frozenset({Permission.QUERY_FUNDS}),
    "BalanceEx": frozenset({Permission.QUERY_FUNDS}),
    "TradeBalance": frozenset({Permission.QUERY_FUNDS}),
    "TradeVolume": frozenset({Permission.QUERY_FUNDS}),
    "OpenOrders": frozenset({Permission.QUERY_OPEN}),
    "ClosedOrders": frozenset({Permission.QUERY_CLOSED}),
    "QueryOrders": frozenset({Permission.QUERY_OPEN, Permission.QUERY_CLOSED}),
    "QueryTrades": frozenset({Permission.QUERY_CLOSED}),
    "TradesHistory": frozenset({Permission.QUERY_CLOSED}),
    "Ledgers": frozenset({Permission.QUERY_LEDGER}),
    "AddOrder": frozenset({Permission.MODIFY}),
    "CancelOrder": frozenset({Permission.MODIFY, Permission.CANCEL}),
    "CancelAll": frozenset({Permission.MODIFY, Permission.CANCEL}),
    "GetWebSocketsToken": frozenset({Permission.STREAM}),
}
"""Any one of these opens the endpoint; endpoints that are not listed need none."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. `secret` is base64 as Kraken hands it out; `nonce_window` counts in the nonce's own units."""

    name: str
    secret: str = base64.b64encode(b"a secret for loopback tests only").decode()
    permissions: frozenset[Permission] = TRADING
    nonce_window: int = 0


@dataclass(slots=True)
class _Nonces:
    highest: int = -1
    used: set[int] = field(default_factory=set)


class Gate:
    """Lets requests in that carry a known key, its signature and a fresh nonce. Raises Refused for all others."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = {key.name: key for key in keys}
        self._nonces = {name: _Nonces() for name in self.keys}
        self._tokens: dict[str, tuple[Key, float]] = {}

    def admit(self, headers: Mapping[str, str], path: str, body: str, nonce: str) -> Key:
        """The key behind a request."""
        key = self.keys.get(headers.get("API-Key", ""))
        if key is None:
            raise Refused("EAPI:Invalid key")
        if not hmac.compare_digest(sign(key.secret, path, body, nonce), headers.get("API-Sign", "")):
            raise Refused("EAPI:Invalid signature")
        self._spend(key, nonce)
        return key

    def highest_nonce(self, key: Key) -> int:
        """The highest nonce that was accepted; -1 before the first."""
        return self._nonces[key.name].highest

    def token(self, key: Key, now: float) -> str:
        """A websocket token, good for TOKEN_LIFE seconds."""
        text = base64.b64encode(hashlib.sha256(f"{key.name} {len(self._tokens)}".encode()).digest()).decode()
        self._tokens[text] = (key, now + TOKEN_LIFE)
        return text

    def token_holds(self, token: object, now: float) -> bool:
        """Whether `token` was handed out and has not expired."""
        known = self._tokens.get(token) if isinstance(token, str) else None
        return known is not None and now <= known[1]

    def _spend(self, key: Key, text: str) -> None:
        if not text.isdecimal() or int(text) >= _NONCE_LIMIT:
            raise Refused("EAPI:Invalid nonce")
        nonce, nonces = int(text), self._nonces[key.name]
        if nonce in nonces.used or nonce <= nonces.highest - key.nonce_window:
            raise Refused("EAPI:Invalid nonce")
        nonces.highest = max(nonces.highest, nonce)
        nonces.used = {used for used in nonces.used if used > nonces.highest - key.nonce_window} | {nonce}


def sign(secret: str, path: str, body: str, nonce: str) -> str:
    """The signature Kraken expects for `body` sent to `path`."""
    message = path.encode() + hashlib.sha256((nonce + body).encode()).digest()
    return base64.b64encode(hmac.new(_decoded(secret), message, hashlib.sha512).digest()).decode()


def check_permission(key: Key, endpoint: str) -> None:
    """Raises Refused when `key` may not use `endpoint`."""
    needed = _NEEDED.get(endpoint)
    if needed is not None and not needed & key.permissions:
        raise Refused("EGeneral:Permission denied")


def _decoded(secret: str) -> bytes:
    try:
        return base64.b64decode(secret, validate=True)
    except binascii.Error:
        raise ValueError("a secret is base64, as Kraken shows it once") from None
