"""A rebalance decided by a language model: ask once, repair once, else hold. It never raises and never guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trading.brain.model import CompletingModel, Completion
from trading.brain.parser import parse_plan
from trading.brain.prompt import Message, RebalancePrompt
from trading.brain.schema import AnswerSchema, plan_schema
from trading.domain.plan import Hold, PlanOutcome
from trading.errors import PurserError


@dataclass(frozen=True, slots=True)
class PlannedBy:
    """The outcome, the model's answers as they came (oldest first), and the tokens they took."""

    outcome: PlanOutcome
    raw: tuple[str, ...]
    input_tokens: int = 0
    output_tokens: int = 0


class ModelPlanner:
    """Plans with `model` and the prompts in `prompts_folder` (raises Fatal when they cannot be read)."""

    def __init__(self, model: CompletingModel, prompts_folder: Path) -> None:
        self._model = model
        self._prompt = RebalancePrompt.load(prompts_folder)

    @property
    def name(self) -> str:
        return self._model.name

    async def plan(self, snapshot: str, allowed: Sequence[str], held: Sequence[str]) -> PlannedBy:
        """Target weights for `snapshot` (canonical JSON), or a Hold that says whether it was chosen.

        `allowed` are the symbols that may be bought; each of `held` gets a decision. Only cancellation gets out.
        """
        conversation = _Conversation(self._model, plan_schema(_symbols(allowed, held)), [])
        try:
            outcome = await self._decide(conversation, snapshot, allowed, held)
        except PurserError as error:
            outcome = self._held(str(error))
        except Exception as error:
            outcome = self._held(f"of an unexpected fault ({type(error).__name__})")
        answers = conversation.answers
        return PlannedBy(
            outcome=outcome,
            raw=tuple(answer.text for answer in answers),
            input_tokens=sum(answer.input_tokens for answer in answers),
            output_tokens=sum(answer.output_tokens for answer in answers),
        )

    async def _decide(
        self, conversation: _Conversation, snapshot: str, allowed: Sequence[str], held: Sequence[str]
    ) -> PlanOutcome:
        asked = self._prompt.ask(snapshot, _symbols(allowed, held), held)
        first = self._read(await conversation.say(asked), allowed, held)
        if not isinstance(first, list):
            return first
        repair = self._prompt.ask_again(asked, conversation.answers[-1].text, first)
        second = self._read(await conversation.say(repair), allowed, held)
        if not isinstance(second, list):
            return second
        return self._held(f"{self.name} gave no usable answer, twice; the last time: {'; '.join(second[:3])}")

    def _read(self, answer: Completion, allowed: Sequence[str], held: Sequence[str]) -> PlanOutcome | list[str]:
        return [answer.problem] if answer.problem else parse_plan(answer.text, allowed, held, self.name)

    def _held(self, why: str) -> Hold:
        return Hold(self.name, f"held because {why}", chosen=False)


@dataclass(frozen=True, slots=True)
class _Conversation:
    """Asks and keeps every answer, so that the record is whole even where a later ask fails."""

    model: CompletingModel
    schema: AnswerSchema
    answers: list[Completion]

    async def say(self, messages: Sequence[Message]) -> Completion:
        answer = await self.model.complete(messages, self.schema)
        self.answers.append(answer)
        return answer


def _symbols(allowed: Sequence[str], held: Sequence[str]) -> list[str]:
    """What an answer may name: the allowed first, then what is held besides."""
    return list(dict.fromkeys([*allowed, *held]))
