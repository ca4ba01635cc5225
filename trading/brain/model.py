"""What the brain needs from a language model; :mod:`trading.brain.client` is the real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from trading.brain.prompt import Message
from trading.brain.schema import AnswerSchema
from trading.contract import ModelTurn, ToolSpec, Utterance


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer, and the configured name of the model that gave it.

    `problem` is one sentence about why its text cannot be used, or empty.
    """

    text: str
    input_tokens: int
    output_tokens: int
    model: str
    problem: str = ""


class CompletingModel(Protocol):
    """A model that answers in a given shape."""

    @property
    def name(self) -> str: ...

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Ask once. Raises Retryable or NeedsOperator."""
        ...


class ConversingModel(Protocol):
    """A model that carries on a conversation and may call tools in it."""

    @property
    def name(self) -> str: ...

    async def turn(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        """What it says or calls next; without `tools` it can only say. Raises Retryable or NeedsOperator."""
        ...
