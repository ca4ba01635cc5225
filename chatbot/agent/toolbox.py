"""What a model may do in one conversation: look things up, or propose a command before it has read anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from chatbot.agent import proposals, tools
from chatbot.agent.answers.answering import answer
from chatbot.agent.answers.results import EquityCharts
from chatbot.agent.grounding.extraction import figures
from chatbot.agent.grounding.figures import Figure, Figures
from chatbot.agent.grounding.lines import figures_in_lines
from chatbot.agent.grounding.lookups import Lookups
from chatbot.agent.queries import Query, WishToAct
from chatbot.agent.tools import Misused
from chatbot.message import Reply
from trading.contract import Reader, ToolCall, ToolSpec

_MOST_FIGURES = 120
_MOST_TEXT = 1_500
_MOST_CALLS = 8
"""Of tools, in one conversation."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A query that was looked up, and the answer that code gave to it."""

    query: Query
    reply: Reply


@dataclass(slots=True)
class Toolbox:
    """Carries out a model's calls on `reader`; `question` is what the person wrote."""

    reader: Reader
    charts: EquityCharts
    question: str
    figures: Figures = field(default_factory=Figures)
    answered: list[Answered] = field(default_factory=list)
    wish: WishToAct | None = None
    _calls: int = 0

    def specs(self) -> Sequence[ToolSpec]:
        """What may be called now. A wish comes from the person: once the books' texts are read, none is taken."""
        return tools.specs() if self.answered else (*tools.specs(), proposals.SPEC)

    async def use(self, call: ToolCall) -> str:
        """The result for the model, as JSON; a misuse comes back as a sentence, never as an exception."""
        self._calls += 1
        try:
            if self._calls > _MOST_CALLS:
                raise Misused("that was the last call; answer now")
            return await self._used(call)
        except Misused as misused:
            return json.dumps({"error": str(misused)})

    async def _used(self, call: ToolCall) -> str:
        symbols = {instrument.base for instrument in self.reader.symbols()}
        if call.name == proposals.NAME:
            if self.answered:
                raise Misused("a command can only be proposed before anything is looked up")
            self.wish = proposals.read_proposal(call, self.question, symbols)
            return json.dumps({"shown": "a button that asks for the preview"})
        return await self._looked_up(tools.read_call(call, symbols))

    async def _looked_up(self, query: Query) -> str:
        lookups = Lookups()
        reply = await answer(query, lookups.through(self.reader), self.charts)
        self.answered.append(Answered(query, reply))
        named = [figure for lookup in lookups.made for figure in figures(lookup, self.reader)]
        numbered = self.figures.add((named or figures_in_lines(reply))[:_MOST_FIGURES])
        return _result(numbered, reply)


def _result(found: Sequence[Figure], reply: Reply) -> str:
    listed = {figure.id: {"name": figure.name, "value": figure.shown} for figure in found}
    return json.dumps({"figures": listed, "data": _quoted(reply.text)}, ensure_ascii=False, separators=(",", ":"))


def _quoted(text: str) -> str:
    """Words from the books, some of them written by people and models, between marks they cannot contain."""
    data = text[:_MOST_TEXT]
    mark = f"DATA-{hashlib.sha256(data.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return f"<<<{mark}\n{data}\n{mark}>>>"
