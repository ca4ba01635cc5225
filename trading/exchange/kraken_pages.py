"""Reading a history of Kraken's to its end: 50 entries a page, newest first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from trading.errors import Retryable

PAGE = 50

AskPage = Callable[[int], Awaitable[Mapping[str, Any]]]
"""The result at an offset. Raises Retryable."""


async def all_pages(ask: AskPage, inside: str, name: str) -> Mapping[str, Any]:
    """Every entry under the key `inside`, by id. Raises Retryable where the end was not reached.

    New entries push the others to later offsets while we read, so pages may repeat entries but lose none.
    """
    found: dict[str, Any] = {}
    offset = 0
    expected: int | None = None
    while True:
        result = await ask(offset)
        entries = result.get(inside)
        if not isinstance(entries, Mapping):
            raise Retryable(f"{name} gave an answer that cannot be read; asking again later.")
        found.update(entries)
        offset += len(entries)
        total = _count(result)
        expected = total if expected is None else expected
        if not entries or (offset >= total if total is not None else len(entries) < PAGE):
            break
    if expected is not None and len(found) < expected:
        raise Retryable(f"{name} gave {len(found)} of {expected} entries; asking again later.")
    return found


def _count(result: Mapping[str, Any]) -> int | None:
    count = result.get("count")
    return int(count) if isinstance(count, int | str) and str(count).isdigit() else None
