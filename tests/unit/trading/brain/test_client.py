"""The real openai client against a strict loopback server: what works, and what each failure turns into."""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer, Scripted
from tests.unit.trading.brain.asking import ASK, SCHEMA, HurriedClock
from trading.brain.client import OpenAIModel, Terms
from trading.brain.ladder import Ways
from trading.brain.meter import Reservation, Unmetered, Used
from trading.contract import ToolSpec, Utterance
from trading.errors import NeedsOperator, PurserError, Retryable

QUERY = ToolSpec("status", "The portfolio", {"type": "object", "properties": {}})


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
def clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
async def model(server: ModelServer, clock: HurriedClock) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(KEY, server.url, "gpt-4o", terms=Terms(clock=clock))
    yield model
    await model.close()


def rung(body: Mapping[str, Any]) -> str:
    """How a request asks for its shape."""
    return "tool" if "tool_choice" in body else str(body.get("response_format", {"type": "text"})["type"])


async def test_an_answer_comes_with_its_tokens_and_its_model(server: ModelServer, model: OpenAIModel) -> None:
    server.script(model_server.text('{"a": 1}'))
    completion = await model.complete(ASK, SCHEMA)
    assert (completion.text, completion.problem) == ('{"a": 1}', "")
    assert (completion.input_tokens, completion.output_tokens, completion.model) == (900, 100, "gpt-4o")
    assert server.complaints == []
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is True
    assert server.requests[0]["max_tokens"] == 8_000


@pytest.mark.parametrize(
    ("formats", "tools", "asked"),
    [
        ({"json_object", "text"}, True, ["json_schema", "tool", "tool"]),
        ({"json_object", "text"}, False, ["json_schema", "tool", "json_object", "json_object"]),
        ({"text"}, False, ["json_schema", "tool", "json_object", "text", "text"]),
    ],
)
async def test_a_server_without_schemas_is_asked_one_rung_lower_and_that_is_remembered(
    formats: set[str], tools: bool, asked: list[str]
) -> None:
    async with ModelServer(formats=frozenset(formats), tools=tools) as server:
        model = OpenAIModel(KEY, server.url, "gpt-4o")
        answers = [model_server.tool_call(SCHEMA.name, text) if tools else model_server.text(text) for text in "ab"]
        server.script(*answers)
        assert (await model.complete(ASK, SCHEMA)).text == "a"
        assert (await model.complete(ASK, SCHEMA)).text == "b"
        await model.close()
        assert [rung(body) for body in server.requests] == asked
        told = server.requests[-1]["messages"][-1]["content"]
        assert tools or '"additionalProperties": false' in told


async def test_a_function_that_is_not_called_is_no_answer() -> None:
    async with ModelServer(formats=frozenset({"text"})) as server:
        model = OpenAIModel(KEY, server.url, "gpt-4o")
        server.script(model_server.text("I would rather talk."))
        completion = await model.complete(ASK, SCHEMA)
        assert completion.problem == "the answer did not call the function it was to call"
        assert completion.text == "I would rather talk."
        await model.close()


@pytest.mark.parametrize(
    ("name", "caps", "tried"),
    [
        ("gpt-4o", {"max_tokens"}, ["max_tokens"]),
        ("gpt-4o", {"max_completion_tokens"}, ["max_tokens", "max_completion_tokens"]),
        ("gpt-4o", set(), ["max_tokens", "max_completion_tokens", ""]),
        ("o4-mini", {"max_tokens", "max_completion_tokens"}, ["max_completion_tokens"]),
        ("vendor/o3", {"max_completion_tokens"}, ["max_completion_tokens"]),
    ],
)
async def test_the_length_limit_is_called_what_the_server_calls_it(name: str, caps: set[str], tried: list[str]) -> None:
    async with ModelServer(caps=frozenset(caps)) as server:
        model = OpenAIModel(KEY, server.url, name)
        server.script(model_server.text("first"), model_server.text("second"))
        await model.complete(ASK, SCHEMA)
        await model.complete(ASK, SCHEMA)
        await model.close()
        given = [next((cap for cap in sorted(model_server.CAPS) if cap in body), "") for body in server.requests]
        assert given == [*tried, tried[-1]]
        assert {rung(body) for body in server.requests} == {"json_schema"}


async def test_a_model_that_thinks_first_gets_room_for_it(server: ModelServer) -> None:
    model = OpenAIModel(KEY, server.url, "o4-mini")
    server.script(model_server.text("{}"))
    await model.complete(ASK, SCHEMA)
    await model.close()
    assert server.requests[0]["max_completion_tokens"] == 16_000


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, {"prompt_tokens": 9}]
)
async def test_a_server_that_counts_no_tokens_has_not_counted(
    server: ModelServer, usage: dict[str, int], clock: HurriedClock
) -> None:
    settled: list[tuple[int, int] | None] = []

    class Noting(Unmetered):
        async def settle(self, reservation: Reservation, used: Used) -> None:
            settled.append(used.tokens)

    scripted = model_server.text("{}")
    server.script(replace(scripted, body=json.dumps({**json.loads(scripted.body), "usage": usage})))
    model = OpenAIModel(KEY, server.url, "gpt-4o", terms=Terms(meter=Noting(), clock=clock))
    await model.complete(ASK, SCHEMA)
    await model.close()
    assert settled == [None]


async def test_two_clients_that_share_their_memory_climb_down_once() -> None:
    ways = Ways()
    async with ModelServer(formats=frozenset({"text"}), tools=False) as server:
        for text in ("first", "second"):
            model = OpenAIModel(KEY, server.url, "gpt-4o", terms=Terms(ways))
            server.script(model_server.text(text))
            await model.complete(ASK, SCHEMA)
            await model.close()
        assert [rung(body) for body in server.requests] == ["json_schema", "tool", "json_object", "text", "text"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (model_server.cut('{"regime": "up", "deci'), "the answer was cut off at the length limit"),
        (model_server.text("", "length"), "the answer was cut off at the length limit"),
        (model_server.text("{", "content_filter"), "the answer was cut off by the server's content filter"),
        (model_server.refusal("No."), "the model refused to answer"),
        (model_server.text(""), "the answer was empty"),
    ],
)
async def test_an_unusable_answer_says_why(
    server: ModelServer, model: OpenAIModel, answer: Scripted, problem: str
) -> None:
    server.script(answer)
    assert (await model.complete(ASK, SCHEMA)).problem.startswith(problem)


FAILURES: list[tuple[Scripted, type[PurserError], str]] = [
    (
        model_server.failure(401, f"Incorrect key {KEY}"),
        NeedsOperator,
        "the model server refused the key; check OPENAI_",
    ),
    (model_server.failure(403), NeedsOperator, "the key may not use gpt-4o"),
    (model_server.failure(404), NeedsOperator, "the server has no gpt-4o; check OPENAI_MODEL and OPENAI_BASE_URL"),
    (model_server.failure(429), Retryable, "gpt-4o is over its rate limit (429)"),
    (model_server.failure(429, code="insufficient_quota"), NeedsOperator, "the model account has no credit left"),
    (
        model_server.failure(400, code="context_length_exceeded"),
        NeedsOperator,
        "the question is longer than gpt-4o can read; set fewer SYMBOLS",
    ),
    (model_server.failure(500, f"boom {KEY}"), Retryable, "the model server failed (500)"),
    (model_server.failure(529), Retryable, "the model server failed (529)"),
    (model_server.page(), Retryable, "gpt-4o sent something that is not an answer"),
    (model_server.no_choices(), Retryable, "gpt-4o sent something that is not an answer"),
    (model_server.broken(), Retryable, "gpt-4o sent a broken answer"),
    (Scripted(body=""), Retryable, "gpt-4o"),
    (Scripted(body="[]"), Retryable, "gpt-4o"),
    (Scripted(body='{"choices": 3}'), Retryable, "gpt-4o"),
    (Scripted(body='{"choices": [null]}'), Retryable, "gpt-4o"),
    (Scripted(body='{"choices": [{"message": null}]}'), Retryable, "gpt-4o sent something that is not an answer"),
]


@pytest.mark.parametrize(("answer", "kind", "sentence"), FAILURES)
async def test_each_failure_says_what_to_do_and_never_the_key(
    server: ModelServer, model: OpenAIModel, answer: Scripted, kind: type[PurserError], sentence: str
) -> None:
    server.script(answer, answer)
    with pytest.raises(kind) as raised:
        await model.complete(ASK, SCHEMA)
    assert str(raised.value).startswith(sentence)
    assert KEY not in "".join(traceback.format_exception(raised.value))


async def test_a_request_refused_in_every_way_needs_a_person(server: ModelServer, model: OpenAIModel) -> None:
    server.script(*[model_server.failure(400)] * 5)
    with pytest.raises(NeedsOperator, match="refused the request to gpt-4o"):
        await model.complete(ASK, SCHEMA)
    assert len(server.requests) == 5
    server.script(model_server.text("later"))
    await model.complete(ASK, SCHEMA)
    assert rung(server.requests[-1]) == "json_schema"


async def test_a_wrong_key_is_the_operators(server: ModelServer) -> None:
    model = OpenAIModel("sk-wrong", server.url, "gpt-4o")
    with pytest.raises(NeedsOperator, match="check OPENAI_API_KEY"):
        await model.complete(ASK, SCHEMA)
    await model.close()


@pytest.mark.parametrize("slow", [model_server.silence(), model_server.drip()])
async def test_a_server_that_does_not_come_to_an_end_is_given_up_on(server: ModelServer, slow: Scripted) -> None:
    model = OpenAIModel(KEY, server.url, "gpt-4o", timeout=0.2)
    server.script(slow)
    async with asyncio.timeout(5):
        with pytest.raises(Retryable, match=r"gpt-4o did not answer within 0\.2 s"):
            await model.complete(ASK, SCHEMA)
    await model.close()


async def test_an_absent_server_is_retryable() -> None:
    async with ModelServer() as server:
        gone = server.url
    model = OpenAIModel(KEY, gone, "gpt-4o")
    with pytest.raises(Retryable, match="the model server cannot be reached"):
        await model.complete(ASK, SCHEMA)
    await model.close()


class TestTheOneRetry:
    @pytest.mark.parametrize(
        ("answer", "pause"),
        [
            (model_server.failure(500), 1.0),
            (model_server.later(429, "7"), 7.0),
            (model_server.later(503, "0.5"), 0.5),
            (model_server.later(429, "-3"), 0.0),
            (model_server.later(429, "soon"), 1.0),
            (model_server.later(429, "Sat, 01 Mar 2025 14:00:20 GMT"), 20.0),
        ],
    )
    async def test_comes_when_the_server_says(
        self, server: ModelServer, model: OpenAIModel, clock: HurriedClock, answer: Scripted, pause: float
    ) -> None:
        server.script(answer, model_server.text("better"))
        assert (await model.complete(ASK, SCHEMA)).text == "better"
        assert clock.slept == [pause]

    async def test_is_the_only_one(self, server: ModelServer, model: OpenAIModel) -> None:
        server.script(*[model_server.failure(500)] * 3)
        with pytest.raises(Retryable):
            await model.complete(ASK, SCHEMA)
        assert len(server.requests) == 2

    @pytest.mark.parametrize("wait", ["60", "86400", "inf", "nan"])
    async def test_is_left_out_where_it_would_come_too_late(
        self, server: ModelServer, model: OpenAIModel, clock: HurriedClock, wait: str
    ) -> None:
        server.script(model_server.later(429, wait))
        with pytest.raises(Retryable, match="over its rate limit"):
            await model.complete(ASK, SCHEMA)
        assert clock.slept == []
        assert len(server.requests) == 1

    async def test_is_left_out_where_there_is_no_credit(self, server: ModelServer, model: OpenAIModel) -> None:
        server.script(model_server.failure(429, code="insufficient_quota"))
        with pytest.raises(NeedsOperator, match="no credit left"):
            await model.complete(ASK, SCHEMA)
        assert len(server.requests) == 1


async def test_a_turn_of_a_conversation_tries_the_names_of_the_length_limit_too() -> None:
    async with ModelServer(caps=frozenset({"max_completion_tokens"})) as server:
        model = OpenAIModel(KEY, server.url, "gpt-4o")
        server.script(model_server.tool_call("status"))
        turn = await model.turn([Utterance("user", "How are we?")], [QUERY])
        assert [call.name for call in turn.calls] == ["status"]
        assert server.requests[-1]["max_completion_tokens"] == 2_000
        await model.close()
