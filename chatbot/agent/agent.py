"""Answers to free text: the grammar where it is sure, else a model that looks things up, else what can be asked."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.answers.answering import answer
from chatbot.agent.answers.results import EquityCharts
from chatbot.agent.asked.wished import command_of
from chatbot.agent.conversation import Conversation
from chatbot.agent.grammar.heard import hear
from chatbot.agent.grammar.messages import parse
from chatbot.agent.grounding.glosses import is_english
from chatbot.agent.grounding.grounding import Grounding
from chatbot.agent.queries import Decline, Query, Topic
from chatbot.agent.telling import told
from chatbot.agent.tool_loop import ToolLoop
from chatbot.agent.toolbox import Toolbox
from chatbot.agent.turns import Turns
from chatbot.message import Reply
from chatbot.present.layout import prose
from trading.contract import LanguageModel, Reader
from trading.errors import NeedsOperator, Retryable

_LONGEST = 600
"""Characters of a question; what is longer is not one."""
_OPEN = (Topic.OFF_TOPIC, Topic.UNSURE)
"""What the grammar could not read: a model may."""


class Agent:
    """Reads only. A wish to act becomes a button that asks for a preview."""

    def __init__(self, reader: Reader, charts: EquityCharts, model: LanguageModel | None = None) -> None:
        self._reader = reader
        self._charts = charts
        self._loop = ToolLoop(model) if model is not None else None
        self._conversation = Conversation()
        self._turns = Turns()
        self._last: tuple[str, frozenset[str]] | None = None
        self._read: Query | None = None

    async def answer(self, channel_key: str, text: str) -> Reply:
        """The answer to `text`; `channel_key` keeps the subject of follow-ups apart."""
        question = text[:_LONGEST]
        query = self._query(channel_key, question)
        if self._loop is None or _is_sure(query, question):
            return await self._offline(channel_key, query)
        return await self._with_model(channel_key, question, query, self._loop)

    def wished(self, text: str) -> str | None:
        """The one command that `text` says in other words, by the grammar alone; None where it leaves anything open."""
        return command_of(self._parsed(text[:_LONGEST], self._bases()))

    def _query(self, channel_key: str, text: str) -> Query:
        bases = self._bases()
        followed = self._conversation.follow_up(channel_key, text, bases)
        found = followed or self._parsed(self._conversation.named(channel_key, text) or text, bases)
        return found if found is not None else Decline(Topic.OFF_TOPIC)

    def _bases(self) -> frozenset[str]:
        return frozenset(instrument.base for instrument in self._reader.symbols())

    def _parsed(self, text: str, bases: frozenset[str]) -> Query | None:
        """What the grammar makes of `text`: the same message is asked about several times on its way to an answer."""
        if self._last != (text, bases):
            self._last, self._read = (text, bases), parse(text, bases, self._reader.world.market)
        return self._read

    async def _offline(self, channel_key: str, query: Query) -> Reply:
        self._conversation.remember(channel_key, query)
        reply = await answer(query, self._reader, self._charts)
        self._conversation.note_coin(channel_key, _one_coin(reply, self._bases()))
        return reply

    async def _with_model(self, channel_key: str, question: str, query: Query, loop: ToolLoop) -> Reply:
        """A model's answer as far as the books bear it out; without one, what the grammar made of the question."""
        toolbox = Toolbox(self._reader, self._charts, question)
        try:
            words = await loop.run(question, self._turns.earlier(channel_key), toolbox)
        except (Retryable, NeedsOperator, TimeoutError) as error:
            return await self._without(channel_key, query, toolbox, _why(error))
        if toolbox.wish is not None:
            return await self._offline(channel_key, toolbox.wish)
        found = [answered.query for answered in toolbox.answered]
        self._turns.remember(channel_key, question, found)
        for looked_up in found[-1:]:
            self._conversation.remember(channel_key, looked_up)
        grounded = Grounding(toolbox.figures, self._reader, looked_up=bool(found)).check(words)
        return told(grounded, toolbox.answered, loop.name) or await self._offline(channel_key, query)

    async def _without(self, channel_key: str, query: Query, toolbox: Toolbox, why: str) -> Reply:
        """What was looked up before the model was lost, or the grammar's answer; and why there is no more."""
        if toolbox.answered:
            reply = toolbox.answered[-1].reply
        else:
            reply = await self._offline(channel_key, query)
        return replace(reply, text=prose(reply.text, why))


def _one_coin(reply: Reply, bases: frozenset[str]) -> str | None:
    """The coin that the answer's first line names, where it names one."""
    named = hear(reply.text.split("\n", 1)[0], bases).mentions.symbols
    return named[0] if len(named) == 1 else None


def _is_sure(query: Query, question: str) -> bool:
    """The grammar knows English only; what it finds in another language it found by chance."""
    return is_english(question) and not (isinstance(query, Decline) and query.topic in _OPEN)


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "The model did not answer in time."
    return f"The model gave no answer: {error}."
