"""How a server is asked for an answer of a given shape: the strictest way that it takes, and the memory of it.

Compatible servers differ in two things: how they can be told a shape, and how the length limit of an answer is
called. Each has an order in which it is tried; a refused request goes one step down.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from trading.clock import Clock
from trading.store.port import Store

ANSWER_TOKENS = 8_000
"""The longest answer of a shape; a plan for a hundred coins has some 7,000."""
THINKING_TOKENS = 8_000
"""More for models whose hidden thinking counts as output."""
SHORTEST_ANSWER = 1_000
"""Below this no plan fits: a server that takes no longer answer dislikes something else."""
FORGOTTEN_AFTER = timedelta(days=7)
"""Servers learn: from time to time the strictest way is tried again."""


class Rung(StrEnum):
    """Ways to be told a shape, strictest first."""

    SCHEMA = "json_schema"
    TOOL = "tool"
    JSON = "json_object"
    TEXT = "text"


class Cap(StrEnum):
    """What the length limit of an answer is called in a request."""

    COMPLETION = "max_completion_tokens"
    PLAIN = "max_tokens"
    NONE = "none"


_RUNGS = tuple(Rung)
_TOO_LONG = re.compile(r"max(_completion)?_tokens.*(too large|at most|maximum)", re.IGNORECASE | re.DOTALL)
"""A complaint about how long an answer may be, not about what the limit is called."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: a rung, and the names of the length limit that are left to try, the one in force first.

    `longest` is how many tokens the limit may be.
    """

    rung: Rung
    caps: tuple[Cap, ...]
    longest: int = ANSWER_TOKENS

    @property
    def cap(self) -> Cap:
        return self.caps[0]

    def after(self, complaint: str) -> Way | None:
        """The next way to try when the server refused this one with `complaint`; None when none is left."""
        if self.cap is not Cap.NONE and _TOO_LONG.search(complaint) and self.longest // 2 >= SHORTEST_ANSWER:
            return replace(self, longest=self.longest // 2)
        if self.cap is not Cap.NONE and self.cap in complaint:
            return replace(self, caps=self.caps[1:])
        if self.rung is not Rung.TEXT:
            return replace(self, rung=_RUNGS[_RUNGS.index(self.rung) + 1])
        # It names nothing that it dislikes: the last thing left to leave out is the limit.
        return None if self.cap is Cap.NONE else replace(self, caps=(Cap.NONE,))


def first_way(model: str, base_url: str | None) -> Way:
    """Where to begin. OpenAI, and models that think first, know the newer name; other servers mostly the older one."""
    newer = base_url is None or "api.openai.com" in base_url or thinks_first(model)
    known = (Cap.COMPLETION, Cap.PLAIN) if newer else (Cap.PLAIN, Cap.COMPLETION)
    return Way(Rung.SCHEMA, (*known, Cap.NONE))


def longest_answer(model: str, most: int = ANSWER_TOKENS) -> int:
    """Tokens that an answer of `model` may have: `most`, and its thinking."""
    return most + (THINKING_TOKENS if thinks_first(model) else 0)


def thinks_first(model: str) -> bool:
    """Whether `model` is of a family whose hidden thinking counts as output."""
    return model.lower().rpartition("/")[2].startswith(("o1", "o3", "o4", "gpt-5", "gpt-6"))


class Ways:
    """What worked, by model, as long as this object lives."""

    def __init__(self) -> None:
        self._known: dict[str, Way] = {}

    async def recall(self, model: str) -> Way | None:
        """The way that worked for `model`; None when none is known."""
        return self._known.get(model)

    async def keep(self, model: str, way: Way) -> None:
        """Remember that `way` worked for `model`."""
        self._known[model] = way


class KeptWays(Ways):
    """The same over restarts, for the server at `base_url`; forgotten after a week."""

    def __init__(self, store: Store, clock: Clock, base_url: str | None) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        # An address may hold a password, and the key of a row is read by everyone.
        self._server = hashlib.sha256((base_url or "").encode()).hexdigest()[:12]
        self._kept_at: dict[str, datetime] = {}

    async def recall(self, model: str) -> Way | None:
        if model not in self._kept_at:
            await self._read(model)
        kept_at = self._kept_at.get(model)
        if kept_at is None or self._clock.now() - kept_at > FORGOTTEN_AFTER:
            return None
        return await super().recall(model)

    async def keep(self, model: str, way: Way) -> None:
        if await self.recall(model) == way:
            return
        await super().keep(model, way)
        self._kept_at[model] = now = self._clock.now()
        async with self._store.transaction() as tx:
            kept = {"rung": way.rung, "caps": way.caps, "longest": way.longest, "at": now.isoformat()}
            await tx.put_meta(self._key(model), json.dumps(kept))

    async def _read(self, model: str) -> None:
        async with self._store.reading() as read:
            kept = await read.meta(self._key(model))
        if kept:
            values = json.loads(kept)
            await super().keep(model, Way(Rung(values["rung"]), tuple(map(Cap, values["caps"])), values["longest"]))
            self._kept_at[model] = datetime.fromisoformat(values["at"])

    def _key(self, model: str) -> str:
        return f"model_way:{self._server}:{model}"
