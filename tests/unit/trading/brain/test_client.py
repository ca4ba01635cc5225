"""The real openai client against a strict loopback server: what works, and what each failure turns into."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator

import pytest

from tests.flows import model_server
from tests.flows.model_server import KEY, ModelServer, Scripted
from tests.unit.trading.brain.answers import ALLOWED
from trading.brain.client import OpenAIModel
from trading.brain.prompt import Message
from trading.brain.schema import plan_schema
from trading.errors import NeedsOperator, PurserError, Retryable

ASK = [Message("system", "You decide."), Message("user", "Decide.")]
SCHEMA = plan_schema(ALLOWED)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer() as server:
        yield server


@pytest.fixture
async def model(server: ModelServer) -> AsyncIterator[OpenAIModel]:
    model = OpenAIModel(KEY, server.url, "gpt-4o")
    yield model
    await model.close()


async def test_an_answer_comes_with_its_tokens_and_its_model(server: ModelServer, model: OpenAIModel) -> None:
    server.script(model_server.text('{"a": 1}'))
    completion = await model.complete(ASK, SCHEMA)
    assert (completion.text, completion.problem) == ('{"a": 1}', "")
    assert (completion.input_tokens, completion.output_tokens, completion.model) == (900, 100, "loopback-1")
    assert server.complaints == []
    assert server.requests[0]["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(
    ("formats", "asked"),
    [
        ({"json_object", "text"}, ["json_schema", "json_object", "json_object"]),
        ({"text"}, ["json_schema", "json_object", "text", "text"]),
    ],
)
async def test_a_server_without_schemas_is_asked_one_rung_lower_and_that_is_remembered(
    formats: set[str], asked: list[str]
) -> None:
    async with ModelServer(formats=frozenset(formats)) as server:
        model = OpenAIModel(KEY, server.url, "gpt-4o")
        server.script(model_server.text("first"), model_server.text("second"))
        assert (await model.complete(ASK, SCHEMA)).text == "first"
        assert (await model.complete(ASK, SCHEMA)).text == "second"
        await model.close()
        assert [body.get("response_format", {"type": "text"})["type"] for body in server.requests] == asked
        assert '"additionalProperties": false' in server.requests[-1]["messages"][-1]["content"]


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
    server.script(answer)
    with pytest.raises(kind) as raised:
        await model.complete(ASK, SCHEMA)
    assert str(raised.value).startswith(sentence)
    assert KEY not in "".join(traceback.format_exception(raised.value))


async def test_a_request_refused_on_every_rung_needs_a_person(server: ModelServer, model: OpenAIModel) -> None:
    server.script(*[model_server.failure(400)] * 3)
    with pytest.raises(NeedsOperator, match="refused the request to gpt-4o"):
        await model.complete(ASK, SCHEMA)
    server.script(model_server.text("later"))
    await model.complete(ASK, SCHEMA)
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


async def test_a_wrong_key_is_the_operators(server: ModelServer) -> None:
    model = OpenAIModel("sk-wrong", server.url, "gpt-4o")
    with pytest.raises(NeedsOperator, match="check OPENAI_API_KEY"):
        await model.complete(ASK, SCHEMA)
    await model.close()


async def test_a_silent_server_is_given_up_on(server: ModelServer) -> None:
    model = OpenAIModel(KEY, server.url, "gpt-4o", timeout=0.2)
    server.script(model_server.silence())
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


async def test_a_failure_is_not_retried_behind_our_back(server: ModelServer, model: OpenAIModel) -> None:
    server.script(model_server.failure(500))
    with pytest.raises(Retryable):
        await model.complete(ASK, SCHEMA)
    assert len(server.requests) == 1
