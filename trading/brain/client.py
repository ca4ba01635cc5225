"""The one place that talks to a language model: OpenAI's chat completions, at OpenAI or a compatible server.

Structured output is asked for in the strictest way the server takes (a JSON schema, else "some JSON", else
plain text) and what worked is remembered. Whatever goes wrong becomes one of our errors with one sentence;
neither the key nor the server's own words are in it. Importing this module imports openai, which takes half a
second: import it only where a model is configured.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import Any

import openai
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from trading.brain.model import Completion, ToolCall
from trading.brain.prompt import Message
from trading.brain.schema import AnswerSchema
from trading.contract import ToolSpec
from trading.errors import NeedsOperator, PurserError, Retryable


class _Rung(IntEnum):
    """Ways to ask for structured output, strictest first."""

    SCHEMA = 0
    JSON = 1
    TEXT = 2


class OpenAIModel:
    """One model at one server. `base_url` None is OpenAI itself; `timeout` is seconds for a whole answer."""

    def __init__(self, api_key: str, base_url: str | None, model: str, timeout: float = 60) -> None:
        self._model = model
        self._timeout = timeout
        self._rung = _Rung.SCHEMA
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0)

    @property
    def name(self) -> str:
        return self._model

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        await self._client.close()

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Ask once for an answer of `schema`, one rung lower each time the server does not take the way of asking."""
        async with self._deadline():
            for rung in _Rung:
                if rung < self._rung:
                    continue
                try:
                    answer = await self._create(**_structured(rung, messages, schema))
                except (openai.BadRequestError, openai.UnprocessableEntityError):
                    if rung is _Rung.TEXT:
                        raise
                    continue
                self._rung = rung
                return _completion(answer)
        raise AssertionError("the last rung returns or raises")

    async def pick_tool(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> ToolCall | None:
        """Let the model pick one of `tools`; None where it picks none."""
        async with self._deadline():
            answer = await self._create(messages=_plain(messages), tools=[_function(tool) for tool in tools])
            return _first_call(answer)

    async def _create(self, **request: Any) -> ChatCompletion:
        answer = await self._client.chat.completions.create(model=self._model, **request)
        # A server that answers 200 with a page instead of JSON makes the client return its text.
        if not isinstance(answer, ChatCompletion) or not answer.choices or not answer.choices[0].message:
            raise Retryable(f"{self._model} sent something that is not an answer; check OPENAI_BASE_URL if it stays so")
        return answer

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """Our own time limit, because the client's is per read; and our own errors."""
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except PurserError:
            raise
        except (TimeoutError, openai.APITimeoutError):
            raise Retryable(f"{self._model} did not answer within {self._timeout:g} s") from None
        except Exception as error:
            # "from None": the client's error carries the request, and the request carries the key.
            raise _translated(error, self._model) from None


_SENTENCES: Mapping[type[Exception], tuple[type[PurserError], str]] = {
    openai.AuthenticationError: (NeedsOperator, "the model server refused the key; check OPENAI_API_KEY"),
    openai.PermissionDeniedError: (NeedsOperator, "the key may not use {model}; check OPENAI_API_KEY and OPENAI_MODEL"),
    openai.NotFoundError: (NeedsOperator, "the server has no {model}; check OPENAI_MODEL and OPENAI_BASE_URL"),
    openai.BadRequestError: (
        NeedsOperator,
        "the server refused the request to {model} (400); it may not suit this use",
    ),
    openai.UnprocessableEntityError: (NeedsOperator, "the server refused the request to {model} (422)"),
    openai.RateLimitError: (Retryable, "{model} is over its rate limit (429)"),
    openai.InternalServerError: (Retryable, "the model server failed ({status}); it may work later"),
    openai.APIConnectionError: (Retryable, "the model server cannot be reached"),
    json.JSONDecodeError: (Retryable, "{model} sent a broken answer"),
}
"""The client's errors in our words; the first that fits counts."""


def _translated(error: Exception, model: str) -> PurserError:
    if isinstance(error, openai.RateLimitError) and error.code == "insufficient_quota":
        return NeedsOperator("the model account has no credit left; top it up or remove OPENAI_API_KEY")
    for kind, (ours, sentence) in _SENTENCES.items():
        if isinstance(error, kind):
            return ours(sentence.format(model=model, status=getattr(error, "status_code", "no status")))
    return Retryable(f"{model} could not be asked ({type(error).__name__})")


def _structured(rung: _Rung, messages: Sequence[Message], schema: AnswerSchema) -> dict[str, Any]:
    """The part of the request that asks for structure; below the first rung the schema goes into the text."""
    if rung is _Rung.SCHEMA:
        wanted = {"name": schema.name, "strict": True, "schema": schema.schema}
        return {"messages": _plain(messages), "response_format": {"type": "json_schema", "json_schema": wanted}}
    told = [
        *messages,
        Message("system", f"Answer with one JSON object of this JSON schema: {json.dumps(schema.schema)}"),
    ]
    if rung is _Rung.JSON:
        return {"messages": _plain(told), "response_format": {"type": "json_object"}}
    return {"messages": _plain(told)}


def _plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _function(tool: ToolSpec) -> dict[str, Any]:
    described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": described}


_PROBLEMS: Mapping[str, str] = {
    "length": "the answer was cut off at the length limit; answer more briefly",
    "content_filter": "the answer was cut off by the server's content filter",
}


def _completion(answer: ChatCompletion) -> Completion:
    choice = answer.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    return Completion(
        text=str(text),
        input_tokens=_count(answer.usage and answer.usage.prompt_tokens),
        output_tokens=_count(answer.usage and answer.usage.completion_tokens),
        model=str(answer.model),
        problem=_problem(choice),
    )


def _problem(choice: Choice) -> str:
    if choice.message.refusal:
        return "the model refused to answer"
    cut = _PROBLEMS.get(choice.finish_reason, "")
    return cut or ("" if choice.message.content else "the answer was empty")


def _count(tokens: object) -> int:
    """Compatible servers leave the usage out, or parts of it."""
    return tokens if isinstance(tokens, int) else 0


def _first_call(answer: ChatCompletion) -> ToolCall | None:
    calls = answer.choices[0].message.tool_calls or ()
    found = (call.function for call in calls if call.type == "function")
    return next((ToolCall(function.name, function.arguments) for function in found), None)
