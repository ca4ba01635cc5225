"""Questions put to a language model: the rules of answering, before every conversation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trading.brain.model import ConversingModel
from trading.brain.prompt import read_prompt
from trading.contract import ModelTurn, ToolSpec, Utterance


class ModelQuestions:
    """Implements `trading.contract.LanguageModel` over `model`, which keeps the time limit and the budget.

    Raises Fatal when the prompt cannot be read.
    """

    def __init__(self, model: ConversingModel, prompts_folder: Path) -> None:
        self._model = model
        self._rules = Utterance("system", read_prompt(prompts_folder / "questions.md"))

    @property
    def name(self) -> str:
        return self._model.name

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        """The model's next turn after `said`. Raises Retryable or NeedsOperator."""
        return await self._model.turn([self._rules, *said], tools)
