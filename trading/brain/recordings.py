"""A model's recorded answers: kept while it is asked, and given again later without a network and for nothing.

An answer is found by what was asked: the model's name, every message, and the name of the shape asked for. The same
question asked twice (samples of one model) has a first and a second answer. A failure is an answer too: what was held
for it the first time is held for it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from trading.brain.charge import current_charge
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import CompletingModel, Completion
from trading.brain.prompt import Message
from trading.errors import NeedsOperator, PurserError, Retryable, SettingsError
from trading.store.append_file import append, repair, whole_lines

NOT_RECORDED = "no answer is recorded for this question; record it with MODEL_ANSWERS_MODE=record"

_FAILURES: Mapping[str, type[PurserError]] = {"retryable": Retryable, "needs_operator": NeedsOperator}


class Recorded(BaseModel):
    """One line of the file: which question it answers, the how-manieth time, and what came."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    turn: int
    model: str
    text: str = ""
    problem: str = ""
    failure: Literal["", "retryable", "needs_operator"] = ""
    """What the asking ended in where there was no answer; `problem` is then its sentence."""
    requests: int = 0
    """How many were sent for it; a failure to which none was sent is not the model's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the how-manieth time it is asked in this run."""

    question: str
    turn: int


def question_key(model: str, messages: Sequence[Message], schema: AnswerSchema) -> str:
    """The sha256 (hex) of everything that an answer depends on."""
    whole = {"model": model, "messages": [[m.role, m.content] for m in messages], "schema": schema.name}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Recordings:
    """The answers in a file of JSON lines; what is added is on the disk before anything is done with it.

    Several models may share one. Raises SettingsError for a file that cannot be read as one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._whole = False
        self._one_at_a_time = asyncio.Lock()
        self._turns: Counter[str] = Counter()
        self._answers = {Asked(line.question, line.turn): line for line in _lines(path)}

    def asked(self, question: str) -> Asked:
        """The question as it is asked now. Count it before its answer is waited for: samples are asked side by side."""
        self._turns[question] += 1
        return Asked(question, self._turns[question])

    def find(self, asked: Asked) -> Recorded | None:
        return self._answers.get(asked)

    async def keep(self, line: Recorded) -> None:
        """The newest answer to a question counts. Raises OSError where the disk does not take it."""
        # Python's json rather than pydantic's: a model may send half a character, which UTF-8 does not take.
        text = json.dumps(line.model_dump(exclude_defaults=True)) + "\n"
        async with self._one_at_a_time:
            await asyncio.to_thread(self._append, text)
        self._answers[Asked(line.question, line.turn)] = line

    def _append(self, text: str) -> None:
        if not self._whole:
            repair(self._path, "")
            self._whole = True
        append(self._path, text)


class RecordingModel:
    """Asks `model`, and keeps whatever comes of it."""

    def __init__(self, model: CompletingModel, recordings: Recordings) -> None:
        self._model = model
        self._recordings = recordings

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Ask once. Raises what the model raises."""
        asked = self._recordings.asked(question_key(self.name, messages, schema))
        errand, before = current_charge(), current_charge().requests
        try:
            answer = await self._model.complete(messages, schema)
        except PurserError as error:
            await self._recordings.keep(_failure(asked, self.name, error, errand.requests - before))
            raise
        await self._recordings.keep(_answer(asked, answer, errand.requests - before))
        return answer


class RecordedModel:
    """Answers as the model called `name` did when it was recorded; no tokens are used and nothing is asked."""

    def __init__(self, name: str, recordings: Recordings) -> None:
        self.name = name
        self._recordings = recordings

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """The recorded answer. Raises what was recorded, or NeedsOperator where nothing was."""
        line = self._recordings.find(self._recordings.asked(question_key(self.name, messages, schema)))
        if line is None:
            raise NeedsOperator(NOT_RECORDED)
        # Whose failure it was is known again: one for which nothing was sent is not the model's.
        current_charge().requests += line.requests
        if line.failure:
            raise _FAILURES[line.failure](line.problem)
        return Completion(line.text, 0, 0, line.model, line.problem)


def _answer(asked: Asked, answer: Completion, requests: int) -> Recorded:
    return Recorded(
        question=asked.question,
        turn=asked.turn,
        model=answer.model,
        text=answer.text,
        problem=answer.problem,
        requests=requests,
    )


def _failure(asked: Asked, model: str, error: PurserError, requests: int) -> Recorded:
    kind: Literal["retryable", "needs_operator"] = "retryable" if isinstance(error, Retryable) else "needs_operator"
    return Recorded(
        question=asked.question,
        turn=asked.turn,
        model=model,
        problem=str(error),
        failure=kind,
        requests=requests,
    )


def _lines(path: Path) -> list[Recorded]:
    """The whole lines of the file; one that a crash left without its end is none."""
    if not path.exists():
        return []
    try:
        content = path.read_bytes()
        texts = content[: whole_lines(content)].decode().splitlines()
        return [Recorded.model_validate(json.loads(text)) for text in texts if text.strip()]
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
    except ValueError:
        why = "holds a line that is no recorded answer"
    raise SettingsError(f"MODEL_ANSWERS is {path}, which {why}; name another file, or record into a new one.")
