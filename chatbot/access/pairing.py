"""One-time codes that let people in: eight characters, kept hashed, good once and for an hour.

Guessing is hopeless by arithmetic (31 to the 8th codes) and by count: five wrong ones a person and twenty in all an
hour, after that nobody is answered. A fresh code starts the common count anew, so that nobody can lock an owner out.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from chatbot.access.people import Documents
from chatbot.message import Role
from trading.clock import Clock

LIFE = timedelta(hours=1)
WRONG_EACH = 5
WRONG_IN_ALL = 20
MOST_CODES = 20
"""Codes that wait at the same time; the oldest gives way."""

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without what looks alike: I, L, O, 0 and 1."""

_LENGTH = 8
_HALF = _LENGTH // 2
_WITH_DASH = rf"\b[{ALPHABET}]{{{_HALF}}}-[{ALPHABET}]{{{_HALF}}}\b"
_WITHOUT = rf"\b(?=[{ALPHABET}]*[2-9])[{ALPHABET}]{{{_LENGTH}}}\b"
_CODE = re.compile(f"{_WITH_DASH}|{_WITHOUT}", re.IGNORECASE)
_MASK = "****"
_PAIR = re.compile(r"^((?:do:)?/pair(?:@\w+)?)\s+(?!(?:viewer|trader|owner|me)\b).*", re.IGNORECASE | re.DOTALL)
_KEY = "pairing"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a code is good for: a role, or another account of the person `links`, on one platform or on any.

    `issuer` is the person who asked for it, `by` that person's name. `first` marks the codes printed at the start.
    """

    issuer: str
    by: str
    role: Role = Role.NOBODY
    links: str = ""
    platform: str = ""
    first: bool = False


class _Waiting(BaseModel):
    """A code that was not used yet, as it is kept."""

    model_config = ConfigDict(frozen=True)
    digest: str
    salt: str
    until: AwareDatetime
    offer: Offer


_ALL = TypeAdapter(list[_Waiting])


class Pairing:
    """Gives codes out and takes them back. `clock` is the people's clock."""

    def __init__(self, store: Documents, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._wrong: dict[str, deque[float]] = {}
        self._wrong_in_all: deque[float] = deque(maxlen=WRONG_IN_ALL)

    async def issue(self, offer: Offer) -> str:
        """A fresh code for `offer`, such as "ABCD-2345"; nobody can read it again."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
        salt = secrets.token_hex(16)
        digest = await _digest(code, salt)
        async with self._one_at_a_time:
            now = self._clock.now()
            waiting = [*await self._waiting(), _Waiting(digest=digest, salt=salt, until=now + LIFE, offer=offer)]
            await self._keep(waiting[-MOST_CODES:])
        self._wrong_in_all.clear()
        return f"{code[:_HALF]}-{code[_HALF:]}"

    async def forget_first(self) -> None:
        """The codes that an earlier start printed are good no more."""
        async with self._one_at_a_time:
            await self._keep([code for code in await self._waiting() if not code.offer.first])

    async def find(self, code: str, platform: str) -> Offer | None:
        """What `code` is good for on `platform`, if anything. It can still be used."""
        async with self._one_at_a_time:
            found = await self._matching(code, platform)
        return None if found is None else found.offer

    async def take(self, code: str, platform: str) -> Offer | None:
        """As `find`, and use it up: of several at once, one gets it."""
        async with self._one_at_a_time:
            found = await self._matching(code, platform)
            if found is not None:
                await self._keep([other for other in await self._waiting() if other != found])
        return None if found is None else found.offer

    def note_wrong(self, key: str) -> int:
        """Count a wrong code of the account `key`; how many tries are left."""
        now = self._clock.monotonic()
        for account in [account for account, times in self._wrong.items() if _recent(times, now) == 0]:
            del self._wrong[account]
        self._wrong.setdefault(key, deque(maxlen=WRONG_EACH)).append(now)
        self._wrong_in_all.append(now)
        return min(WRONG_EACH - _recent(self._wrong[key], now), WRONG_IN_ALL - _recent(self._wrong_in_all, now))

    def is_silent(self, key: str) -> bool:
        """Whether this account, or everybody together, has guessed too often within the hour."""
        now = self._clock.monotonic()
        mine = _recent(self._wrong.get(key, ()), now)
        return mine >= WRONG_EACH or _recent(self._wrong_in_all, now) >= WRONG_IN_ALL

    async def _matching(self, code: str, platform: str) -> _Waiting | None:
        """Every waiting code is compared, and each comparison takes the same time."""
        plain = re.sub(r"[\s-]", "", code).upper()
        if len(plain) != _LENGTH or not set(plain) <= set(ALPHABET):
            return None
        found = None
        for waiting in await self._waiting():
            is_it = hmac.compare_digest(await _digest(plain, waiting.salt), waiting.digest)
            if is_it and waiting.offer.platform in ("", platform):
                found = waiting
        return found

    async def _waiting(self) -> list[_Waiting]:
        """The codes that are still good. What cannot be read was never given out."""
        now = self._clock.now()
        try:
            kept = _ALL.validate_json(await self._store.get(_KEY) or "[]")
        except ValidationError:
            kept = []
        # The clock may have been set back meanwhile; no code lives longer for that.
        return [code for code in kept if now < code.until <= now + LIFE]

    async def _keep(self, codes: Sequence[_Waiting]) -> None:
        await self._store.put(_KEY, _ALL.dump_json(list(codes)).decode())


def carries_code(text: str) -> bool:
    """Whether `text` is /pair with what may be a code, right or wrong, and not with a role."""
    return text.startswith("/") and _PAIR.match(text) is not None


def masked(text: str) -> str:
    """`text` without anything that is or may be a pairing code: what follows /pair, and what has a code's shape."""
    return _CODE.sub(_MASK, _PAIR.sub(rf"\1 {_MASK}", text))


async def _digest(code: str, salt: str) -> str:
    """Slow on purpose, and off the loop: whoever reads the store must not find a code within its hour."""
    digest = await asyncio.to_thread(hashlib.scrypt, code.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1)
    return digest.hex()


def _recent(times: Iterable[float], now: float) -> int:
    """How many of `times`, in monotonic seconds, lie within the last hour."""
    return sum(now - at < LIFE.total_seconds() for at in times)
