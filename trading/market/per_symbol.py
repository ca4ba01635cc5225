"""Hands quotes on, one at a time per symbol: an exit that is under way in one never delays another's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from trading.domain.market import Quote

OnQuote = Callable[[str, Quote], Awaitable[None]]


class PerSymbol:
    """`put` returns at once. While a symbol's quote is being worked on, only its newest one is kept.

    `group` gets a task for each symbol that is worked on; a fault in one is the group's.
    """

    def __init__(self, on_quote: OnQuote, group: asyncio.TaskGroup) -> None:
        self._on_quote = on_quote
        self._group = group
        self._newest: dict[str, Quote] = {}
        self._busy: set[str] = set()

    async def put(self, symbol: str, quote: Quote) -> None:
        """Have `quote` worked on as soon as the one before it is done."""
        self._newest[symbol] = quote
        if symbol not in self._busy:
            self._busy.add(symbol)
            self._group.create_task(self._work(symbol))

    async def _work(self, symbol: str) -> None:
        try:
            while (quote := self._newest.pop(symbol, None)) is not None:
                await self._on_quote(symbol, quote)
        finally:
            self._busy.discard(symbol)
