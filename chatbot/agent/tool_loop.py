"""The loop in which a model looks things up and then answers: bounded in steps and in time; money is its own matter."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from chatbot.agent.toolbox import Toolbox
from trading.contract import LanguageModel, ModelTurn, ToolSpec, Utterance
from trading.errors import PurserError, Retryable

MOST_STEPS = 4
SECONDS = 20.0

log = structlog.get_logger(__name__)


class ToolLoop:
    """Asks `model`. `seconds` are for the whole conversation; time is real here, as the person's waiting is."""

    def __init__(self, model: LanguageModel, steps: int = MOST_STEPS, seconds: float = SECONDS) -> None:
        self._model = model
        self._steps = steps
        self._seconds = seconds

    @property
    def name(self) -> str:
        return self._model.name

    async def run(self, question: str, earlier: Sequence[Utterance], toolbox: Toolbox) -> str:
        """The model's words on `question`, unchecked; what it looked up is in `toolbox`.

        Empty when it only called tools until the last step. Raises TimeoutError, Retryable or NeedsOperator.
        """
        said = [*earlier, Utterance("user", question)]
        async with asyncio.timeout(self._seconds):
            for step in range(1, self._steps + 1):
                # The last step is for words alone, so that what was looked up is not lost.
                offered = toolbox.specs() if step < self._steps else ()
                turn = await self._turn(said, offered)
                if not turn.calls or not offered:
                    return turn.text
                said.append(Utterance("assistant", turn.text, turn.calls))
                said += [Utterance("tool", await toolbox.use(call), call_id=call.id) for call in turn.calls]
                if toolbox.wish is not None:
                    return ""
        return ""

    async def _turn(self, said: Sequence[Utterance], offered: Sequence[ToolSpec]) -> ModelTurn:
        try:
            return await self._model.converse(said, offered)
        except PurserError:
            raise
        except Exception as error:
            # Whatever an answer from outside breaks, it must not take the chat down.
            log.warning("a model's answer broke", model=self._model.name, why=type(error).__name__)
            raise Retryable("its answer could not be read") from None
