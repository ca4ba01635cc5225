"""Answers to free text: the grammar first, then a model's choice among the same queries, then what can be asked."""

from __future__ import annotations

from chatbot.agent import tools
from chatbot.agent.answers import answer
from chatbot.agent.conversation import Conversation
from chatbot.agent.grammar import parse
from chatbot.agent.queries import Decline, Query, Topic
from chatbot.agent.results import EquityCharts
from chatbot.message import Reply
from trading.contract import LanguageModel, Reader

_LONGEST = 600
"""Characters of a question; what is longer is not one."""


class Agent:
    """Reads only. A wish to act becomes a button that asks for a preview."""

    def __init__(self, reader: Reader, charts: EquityCharts, model: LanguageModel | None = None) -> None:
        self._reader = reader
        self._charts = charts
        self._model = model
        self._conversation = Conversation()

    async def answer(self, channel_key: str, text: str) -> Reply:
        """The answer to `text`; `channel_key` keeps the subject of follow-ups apart."""
        query = await self._query(channel_key, text[:_LONGEST])
        self._conversation.remember(channel_key, query)
        return await answer(query, self._reader, self._charts)

    async def _query(self, channel_key: str, text: str) -> Query:
        bases = {instrument.base for instrument in self._reader.symbols()}
        followed = self._conversation.follow_up(channel_key, text, bases)
        found = followed or parse(text, bases, self._reader.world.market)
        return found if found is not None else await self._chosen(text, bases)

    async def _chosen(self, text: str, bases: set[str]) -> Query:
        """A model's choice; without a model, or when it chooses nothing, an off-topic question."""
        choice = await self._model.choose(text, tools.specs()) if self._model is not None else None
        return Decline(Topic.OFF_TOPIC) if choice is None else tools.read_choice(choice, bases)
