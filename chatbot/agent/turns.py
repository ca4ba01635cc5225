"""What was asked of a model last in each channel, so that "and last week?" keeps its subject in any language."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence

from chatbot.agent.queries import Query
from trading.contract import Utterance

_TURNS = 3
_MOST_CHANNELS = 256
_LONGEST = 200


class Turns:
    """Questions and which queries answered them; no text from the books, so that nothing in it can speak later."""

    def __init__(self) -> None:
        self._by_channel: OrderedDict[str, deque[tuple[str, str]]] = OrderedDict()

    def remember(self, channel_key: str, question: str, queries: Sequence[Query]) -> None:
        """Keep the last few; the channels longest silent are forgotten."""
        turns = self._by_channel.setdefault(channel_key, deque(maxlen=_TURNS))
        turns.append((question[:_LONGEST], "; ".join(repr(query)[:_LONGEST] for query in queries)))
        self._by_channel.move_to_end(channel_key)
        while len(self._by_channel) > _MOST_CHANNELS:
            self._by_channel.popitem(last=False)

    def earlier(self, channel_key: str) -> list[Utterance]:
        """The conversation so far, oldest first."""
        said: list[Utterance] = []
        for question, queries in self._by_channel.get(channel_key, ()):
            looked_up = f"(I looked up: {queries})" if queries else "(I looked nothing up.)"
            said += [Utterance("user", question), Utterance("assistant", looked_up)]
        return said
