"""What the brain needs from a language model; :mod:`trading.brain.client` is the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trading.brain.prompt import Message
from trading.brain.schema import AnswerSchema
from trading.contract import ToolSpec


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer and who gave it. `problem` is one sentence about why its text cannot be used, or empty."""

    text: str
    input_tokens: int
    output_tokens: int
    model: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model picked; `arguments` is JSON text as it came, unchecked."""

    name: str
    arguments: str


class CompletingModel(Protocol):
    """A model that answers in a given shape."""

    @property
    def name(self) -> str: ...

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Ask once. Raises Retryable or NeedsOperator."""
        ...


class ToolPicker(Protocol):
    """A model that can pick a tool."""

    @property
    def name(self) -> str: ...

    async def pick_tool(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> ToolCall | None:
        """The first tool it calls, or None where it calls none. Raises Retryable or NeedsOperator."""
        ...
