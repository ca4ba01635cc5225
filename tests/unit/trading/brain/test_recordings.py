"""Recorded answers: what was asked once is answered again without asking, and what was not is never made up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from trading.brain.charge import charged, current_charge
from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.prompt import Message
from trading.brain.recordings import RecordedModel, RecordingModel, Recordings, question_key
from trading.domain.usage import Purpose
from trading.errors import NeedsOperator, PurserError, Retryable, SettingsError

PLAN = AnswerSchema("plan", {"type": "object"})
OTHER = AnswerSchema("other", {"type": "object"})


class Scripted:
    """Answers what it was told to, in order, and counts."""

    name = "gpt-4o"

    def __init__(self, *answers: str | PurserError) -> None:
        self.answers = deque(answers)
        self.asked = 0

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        self.asked += 1
        answer = self.answers.popleft()
        if isinstance(answer, PurserError):
            raise answer
        return Completion(answer, 900, 100, "gpt-4o-2024-08-06", "cut off" if answer == "half" else "")


def said(text: str) -> list[Message]:
    return [Message("system", "rules"), Message("user", text)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers" / "month.jsonl"


async def test_what_was_answered_is_answered_again_without_tokens(file: Path) -> None:
    model = RecordingModel(Scripted("up", "half"), Recordings(file))
    assert (await model.complete(said("monday"), PLAN)).input_tokens == 900
    await model.complete(said("tuesday"), PLAN)
    again = RecordedModel("gpt-4o", Recordings(file))
    assert await again.complete(said("tuesday"), PLAN) == Completion("half", 0, 0, "gpt-4o-2024-08-06", "cut off")
    assert await again.complete(said("monday"), PLAN) == Completion("up", 0, 0, "gpt-4o-2024-08-06")


@pytest.mark.parametrize(
    ("name", "text", "schema"), [("gpt-4o", "tuesday", PLAN), ("o3", "monday", PLAN), ("gpt-4o", "monday", OTHER)]
)
async def test_another_question_model_or_shape_has_no_answer(
    file: Path, name: str, text: str, schema: AnswerSchema
) -> None:
    await RecordingModel(Scripted("up"), Recordings(file)).complete(said("monday"), PLAN)
    with pytest.raises(NeedsOperator, match="no answer is recorded for this question"):
        await RecordedModel(name, Recordings(file)).complete(said(text), schema)


async def test_a_question_asked_twice_has_two_answers_in_their_order(file: Path) -> None:
    model = RecordingModel(Scripted("first", "second"), Recordings(file))
    await asyncio.gather(*(model.complete(said("monday"), PLAN) for _ in range(2)))
    again = RecordedModel("gpt-4o", Recordings(file))
    assert [(await again.complete(said("monday"), PLAN)).text for _ in range(2)] == ["first", "second"]
    with pytest.raises(NeedsOperator):
        await again.complete(said("monday"), PLAN)


async def test_whose_failure_it_was_and_who_answered_instead_is_known_again(file: Path) -> None:
    class WithFallback(Scripted):
        async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
            current_charge().requests += 2
            return replace(await super().complete(messages, schema), model="o4-mini")

    with charged(Purpose.REBALANCE, "cycle"):
        await RecordingModel(WithFallback("up"), Recordings(file)).complete(said("monday"), PLAN)
    with charged(Purpose.REBALANCE, "cycle") as errand:
        again = await RecordedModel("gpt-4o", Recordings(file)).complete(said("monday"), PLAN)
    assert (errand.requests, again.model) == (2, "o4-mini")


async def test_what_was_never_recorded_is_no_failure_of_the_model(file: Path) -> None:
    with charged(Purpose.REBALANCE, "cycle") as errand, pytest.raises(NeedsOperator):
        await RecordedModel("gpt-4o", Recordings(file)).complete(said("monday"), PLAN)
    assert errand.requests == 0


@pytest.mark.parametrize("error", [Retryable("it was late"), NeedsOperator("the key was refused")])
async def test_a_failure_is_recorded_and_comes_again(file: Path, error: PurserError) -> None:
    with pytest.raises(type(error)):
        await RecordingModel(Scripted(error), Recordings(file)).complete(said("monday"), PLAN)
    with pytest.raises(type(error), match=str(error)):
        await RecordedModel("gpt-4o", Recordings(file)).complete(said("monday"), PLAN)


async def test_the_newest_recording_of_a_question_counts(file: Path) -> None:
    for answer in ("old", "new"):
        await RecordingModel(Scripted(answer), Recordings(file)).complete(said("monday"), PLAN)
    assert (await RecordedModel("gpt-4o", Recordings(file)).complete(said("monday"), PLAN)).text == "new"


async def test_text_that_no_file_could_hold_comes_back_as_it_was(file: Path) -> None:
    wild = 'half \ud83d of one, a "quote", a line\nbreak and \u2028'
    await RecordingModel(Scripted(wild), Recordings(file)).complete(said(wild), PLAN)
    assert (await RecordedModel("gpt-4o", Recordings(file)).complete(said(wild), PLAN)).text == wild


async def test_a_line_that_a_crash_left_without_its_end_is_none(file: Path) -> None:
    await RecordingModel(Scripted("up"), Recordings(file)).complete(said("monday"), PLAN)
    with file.open("a") as out:
        out.write('{"question": "ab')
    await RecordingModel(Scripted("down"), Recordings(file)).complete(said("tuesday"), PLAN)
    again = RecordedModel("gpt-4o", Recordings(file))
    assert [(await again.complete(said(day), PLAN)).text for day in ("monday", "tuesday")] == ["up", "down"]


@pytest.mark.parametrize("content", [b"no json\n", b"[]\n", b'{"question": "a"}\n', b"\xff\xfe\n", b'{"other": 1}\n'])
def test_a_file_of_something_else_is_refused_by_name(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"MODEL_ANSWERS is .*month\.jsonl, which holds a line that is no recorded"):
        Recordings(file)


def test_every_part_of_a_question_counts() -> None:
    keys = {
        question_key("gpt-4o", said("a"), PLAN),
        question_key("o3", said("a"), PLAN),
        question_key("gpt-4o", said("b"), PLAN),
        question_key("gpt-4o", said("a"), OTHER),
        question_key("gpt-4o", [Message("user", "a")], PLAN),
        question_key("gpt-4o", [Message("assistant", "rules"), Message("user", "a")], PLAN),
    }
    assert len(keys) == 6
