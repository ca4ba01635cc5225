"""Several questions in one message, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Several:
    """`queries` are two or three that only read, in the order in which they were asked."""

    queries: tuple[object, ...]
