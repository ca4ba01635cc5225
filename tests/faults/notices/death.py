"""Death between any two calls of the store or the platform."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any


class Killed(BaseException):
    """The program ended here. No code of ours may catch it."""


class Fate:
    """Counts calls; kills before or after one of them: at `at` in turn, or by chance `odds` at most `most` times."""

    def __init__(self, seed: int, odds: float = 0.0, most: int = 0, at: int = 0) -> None:
        self._chance = random.Random(f"fate {seed}")
        self._odds = odds
        self._left = most
        self._at = at
        self.crossed = 0
        self.deaths = 0

    def cross(self) -> None:
        """One more boundary. Raises Killed."""
        self.crossed += 1
        by_chance = self._left > 0 and self._chance.random() < self._odds
        if by_chance or self.crossed == self._at:
            self._left -= 1
            self.deaths += 1
            raise Killed


class Mortal:
    """`thing` with a boundary before and after each of its coroutine methods; what they did stays done."""

    def __init__(self, thing: Any, fate: Fate) -> None:
        self._thing = thing
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._thing, name)
        return self._between(member) if callable(member) and name not in ("channels", "platform") else member

    def _between(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def call(*arguments: Any, **named: Any) -> Any:
            self._fate.cross()
            result = await method(*arguments, **named)
            self._fate.cross()
            return result

        return call
