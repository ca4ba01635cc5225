"""Which kind of notice goes to which chat alone, as people and settings write it."""

from __future__ import annotations

from collections.abc import Iterable

from chatbot.message import Channel
from chatbot.notices.kinds import NoticeKind


def channel_of(key: str) -> Channel:
    """The channel named "telegram:-100123/7". Raises ValueError."""
    platform, _, place = key.strip().partition(":")
    if not platform or not place:
        raise ValueError(f'"{key[:40]}" is not a channel; write platform:id, such as telegram:-100123/7.')
    return Channel(platform, place)


def read_routes(pairs: Iterable[str]) -> dict[NoticeKind, tuple[Channel, ...]]:
    """Routes as settings write them: "report=telegram:-100123/7". Raises ValueError with a sentence."""
    routes: dict[NoticeKind, tuple[Channel, ...]] = {}
    for pair in pairs:
        word, _, key = pair.partition("=")
        if word.strip().lower() not in list(NoticeKind):
            raise ValueError(f'"{word.strip()[:20]}" is no kind of notice; the kinds are {", ".join(NoticeKind)}.')
        kind = NoticeKind(word.strip().lower())
        routes[kind] = (*routes.get(kind, ()), channel_of(key))
    return routes
