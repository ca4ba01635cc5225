"""A second model that is asked where the first cannot be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from trading.brain.budget import BudgetUsed
from trading.brain.charge import current_charge
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import CompletingModel, Completion, ConversingModel
from trading.brain.prompt import Message
from trading.contract import ModelTurn, ToolSpec, Utterance
from trading.errors import NeedsOperator, Retryable

Answer = TypeVar("Answer")


class AskedModel(CompletingModel, ConversingModel, Protocol):
    """A model for plans and for questions."""


class FallbackModel:
    """Asks `first`; where it fails, `second`, for the rest of that errand. A bad answer is not a failure, and neither
    is a used budget, which is one for both."""

    def __init__(self, first: AskedModel, second: AskedModel) -> None:
        self._first = first
        self._second = second

    @property
    def name(self) -> str:
        return self._first.name

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Raises Retryable or NeedsOperator when both fail."""
        return await self._either(lambda model: model.complete(messages, schema))

    async def turn(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        """Raises Retryable or NeedsOperator when both fail."""
        return await self._either(lambda model: model.turn(said, tools))

    async def _either(self, ask: Callable[[AskedModel], Awaitable[Answer]]) -> Answer:
        given_up = current_charge().given_up
        if self._first.name in given_up:
            return await ask(self._second)
        try:
            return await ask(self._first)
        except BudgetUsed:
            raise
        except (Retryable, NeedsOperator) as error:
            given_up.add(self._first.name)
            return await self._instead(ask, str(error))

    async def _instead(self, ask: Callable[[AskedModel], Awaitable[Answer]], why: str) -> Answer:
        try:
            return await ask(self._second)
        except (Retryable, NeedsOperator) as error:
            raise type(error)(f"{why}; in its place {self._second.name}: {error}") from None
