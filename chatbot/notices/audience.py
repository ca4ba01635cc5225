"""Which channels get notices: the transports' own, those that an owner paired, and those that a kind is routed to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from chatbot.message import Channel, Transport
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level, Preferences


def own_channels(transports: Sequence[Transport], paired: Callable[[], Sequence[Channel]]) -> Sequence[Channel]:
    """The channels that get notices without being routed to, under the ids by which they were set."""
    own = [channel for transport in transports for channel in transport.channels()]
    return list(dict.fromkeys([*own, *paired()]))


class Audience(Collection[str]):
    """The channels that follow the journal, as of now.

    As a collection: the keys of the channels on which cards are posted by themselves.
    """

    def __init__(self, transports: Sequence[Transport], preferences: Preferences) -> None:
        self._transports = {transport.platform: transport for transport in transports}
        self._preferences = preferences

    def channels(self) -> Mapping[Channel, Transport]:
        """Every channel to follow the journal for, with its transport."""
        every = dict.fromkeys([*self._preferences.own(), *self._preferences.routed()])
        return {c: self._transports[c.platform] for c in every if c.platform in self._transports}

    def transport(self, channel: Channel) -> Transport | None:
        """Whoever speaks in `channel`, followed or not."""
        return self._transports.get(channel.platform)

    def __contains__(self, key: object) -> bool:
        return any(key == posted for posted in self)

    def __iter__(self) -> Iterator[str]:
        level = self._preferences.level
        return (c.key for c in self.channels() if level(c, NoticeKind.APPROVAL) is not Level.OFF)

    def __len__(self) -> int:
        return sum(1 for _ in self)
