"""A reader that remembers what was looked up through it, so that an answer's figures can be named."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from trading.contract import Reader


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question to the desk and what it found."""

    name: str
    arguments: tuple[Any, ...]
    found: object


@dataclass(slots=True)
class Lookups:
    """What was looked up, in order."""

    made: list[Lookup] = field(default_factory=list)

    def through(self, reader: Reader) -> Reader:
        """`reader`, with everything that it finds remembered here."""
        return cast(Reader, _Remembering(reader, self.made))


class _Remembering:
    """Passes everything on; results that had to be waited for are kept."""

    def __init__(self, inner: object, made: list[Lookup]) -> None:
        self._inner = inner
        self._made = made

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name == "books":
            return _Remembering(found, self._made)
        return self._remembered(name, found) if inspect.iscoroutinefunction(found) else found

    def _remembered(self, name: str, ask: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def asked(*arguments: Any, **named: Any) -> object:
            found = await ask(*arguments, **named)
            self._made.append(Lookup(name, (*arguments, *named.values()), found))
            return found

        return asked
