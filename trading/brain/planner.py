"""A rebalance decided by a language model: ask once, repair once, else hold. It never raises and never guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trading.brain.json_schema import AnswerSchema
from trading.brain.model import CompletingModel, Completion
from trading.brain.parser import parse_plan
from trading.brain.plan_schema import plan_schema
from trading.brain.prompt import Message, RebalancePrompt
from trading.brain.request import PlanRequest
from trading.domain.plan import Clamp, Hold, PlanOutcome, Quorum
from trading.errors import PurserError


@dataclass(frozen=True, slots=True)
class PlannedBy:
    """The outcome, the model's answers as they came (oldest first), and the tokens they took.

    `prompt` is what was sent, as (role, content): the whole conversation, a repair included. Where several answers
    were asked for, `clamps` are what they do not agree on, and `notes` tell of their vote under `quorum`.
    """

    outcome: PlanOutcome
    raw: tuple[str, ...]
    input_tokens: int = 0
    output_tokens: int = 0
    prompt: tuple[tuple[str, str], ...] = ()
    clamps: tuple[Clamp, ...] = ()
    notes: tuple[str, ...] = ()
    quorum: Quorum | None = None


class ModelPlanner:
    """Plans with `model` and the prompts in `prompts_folder` (raises Fatal when they cannot be read)."""

    def __init__(self, model: CompletingModel, prompts_folder: Path) -> None:
        self._model = model
        self._prompt = RebalancePrompt.load(prompts_folder)

    @property
    def name(self) -> str:
        return self._model.name

    async def plan(self, request: PlanRequest) -> PlannedBy:
        """Target weights for `request`, or a Hold that says whether it was chosen. Only cancellation gets out."""
        conversation = _Conversation(self._model, plan_schema(request), [], [])
        try:
            outcome = await self._decide(conversation, request)
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
            prompt=tuple((message.role, message.content) for message in conversation.sent),
        )

    async def _decide(self, conversation: _Conversation, request: PlanRequest) -> PlanOutcome:
        asked = self._prompt.ask(request)
        first = self._read(await conversation.say(asked), request)
        if not isinstance(first, list):
            return first
        repair = self._prompt.ask_again(asked, conversation.answers[-1].text, first)
        second = self._read(await conversation.say(repair), request)
        if not isinstance(second, list):
            return second
        last = conversation.answers[-1].model
        why = f"held because {last} gave no usable answer, twice; the last time: {'; '.join(second[:3])}"
        return Hold(last, why, chosen=False)

    def _read(self, answer: Completion, request: PlanRequest) -> PlanOutcome | list[str]:
        return [answer.problem] if answer.problem else parse_plan(answer.text, request, answer.model)

    def _held(self, why: str) -> Hold:
        return Hold(self.name, f"held because {why}", chosen=False)


@dataclass(slots=True)
class _Conversation:
    """Asks and keeps what was sent and every answer, so that the record is whole even where a later ask fails."""

    model: CompletingModel
    schema: AnswerSchema
    answers: list[Completion]
    sent: Sequence[Message]

    async def say(self, messages: Sequence[Message]) -> Completion:
        # A repair begins with all that was said before it.
        self.sent = messages
        answer = await self.model.complete(messages, self.schema)
        self.answers.append(answer)
        return answer
