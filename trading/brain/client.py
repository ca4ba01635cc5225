"""The one place that talks to a language model: OpenAI's chat completions, at OpenAI or a compatible server.

Structured output is asked for in the strictest way the server takes (:mod:`trading.brain.ladder`), and what worked is
remembered. Every request is counted before and after it is made, and has a length limit and a time limit. Whatever
goes wrong becomes one of our errors with one sentence; neither the key nor the server's own words are in it. Importing
this module imports openai, which takes half a second: import it only where a model is configured.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import openai
from openai.types.chat import ChatCompletion

from trading.brain.faults import (
    RequestTooLong,
    complaint_of,
    seconds_before_retry,
    translated,
    was_refused,
)
from trading.brain.json_schema import AnswerSchema
from trading.brain.ladder import ANSWER_TOKENS, Cap, Rung, Way, Ways, first_way, longest_answer
from trading.brain.meter import Meter, Reservation, Unmetered, Used
from trading.brain.model import Completion
from trading.brain.prompt import Message
from trading.brain.reading import completion, is_answer, tokens
from trading.brain.tokens import estimate
from trading.brain.turns import function, heard, spoken
from trading.clock import Clock, SystemClock
from trading.contract import ModelTurn, ToolSpec, Utterance
from trading.errors import Retryable

TURN_TOKENS = 2_000
"""The longest turn of a conversation; an answer in chat has a few hundred."""
_OK = "ok"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a model is asked: in the way that `ways` remembers, counted by `meter`, on the people's `clock`, for an
    answer of at most `answer_tokens`."""

    ways: Ways = field(default_factory=Ways)
    meter: Meter = field(default_factory=Unmetered)
    clock: Clock = field(default_factory=SystemClock)
    answer_tokens: int = ANSWER_TOKENS


class OpenAIModel:
    """One model at one server. `base_url` None is OpenAI itself; `timeout` is seconds for a whole answer."""

    def __init__(
        self, api_key: str, base_url: str | None, model: str, timeout: float = 60, terms: Terms | None = None
    ) -> None:
        self._model = model
        self._timeout = timeout
        self._terms = terms or Terms()
        self._first = first_way(model, base_url)
        self._client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0)

    @property
    def name(self) -> str:
        return self._model

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        await self._client.close()

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        """Ask for an answer of `schema`, one step lower each time the server does not take the way of asking."""
        async with self._deadline() as until:
            way, answer = await self._climb(
                await self._known_way(),
                lambda way: _shaped(way.rung, messages, schema),
                self._terms.answer_tokens,
                until,
            )
            await self._terms.ways.keep(self._model, way)
            return completion(answer, way.rung, self._model)

    async def turn(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        """What the model says or calls next; without `tools` it can only say."""
        request: dict[str, Any] = {"messages": [spoken(utterance) for utterance in said]}
        if tools:
            request["tools"] = [function(tool) for tool in tools]
        async with self._deadline() as until:
            # No shape is asked for, so only the name of the limit is left to try.
            way = replace(await self._known_way(), rung=Rung.TEXT)
            _, answer = await self._climb(way, lambda way: request, TURN_TOKENS, until)
            return heard(answer)

    async def _known_way(self) -> Way:
        return await self._terms.ways.recall(self._model) or self._first

    async def _climb(
        self, way: Way, asking: Callable[[Way], dict[str, Any]], most: int, until: float
    ) -> tuple[Way, ChatCompletion]:
        """The answer to what `asking` makes, of at most `most` tokens, and the way in which it was got."""
        while True:
            try:
                return way, await self._insist(way, asking(way), min(most, way.longest), until)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                lower = way.after(complaint_of(error))
                if lower is None or isinstance(translated(error, self._model), RequestTooLong):
                    raise
                way = lower

    async def _insist(self, way: Way, request: dict[str, Any], most: int, until: float) -> ChatCompletion:
        """Once more after 429 or 5xx, when there is time for what the server asks to wait."""
        try:
            return await self._metered(way, request, most)
        except (openai.RateLimitError, openai.InternalServerError) as error:
            pause = seconds_before_retry(error, self._terms.clock.now())
            if pause is None or self._terms.clock.monotonic() + pause >= until:
                raise
        await self._terms.clock.sleep(pause)
        return await self._metered(way, request, most)

    async def _metered(self, way: Way, request: dict[str, Any], most: int) -> ChatCompletion:
        most = longest_answer(self._model, most)
        taken = estimate([Message("user", json.dumps(request))])
        limit: dict[str, Any] = {} if way.cap is Cap.NONE else {way.cap.value: most}
        reservation = await self._terms.meter.reserve(self._model, taken, most)
        started = self._terms.clock.monotonic()
        used = Used(None, 0, "the answer did not come")
        try:
            answer: object = await self._client.chat.completions.create(model=self._model, **{**request, **limit})
            used = _used(answer)
        except Exception as error:
            used = Used((0, 0) if was_refused(error) else None, 0, str(translated(error, self._model)))
            raise
        finally:
            # Also when the time is over, and the program stops: what may have been spent is written down.
            await asyncio.shield(self._settle(reservation, used, started))
        if not isinstance(answer, ChatCompletion) or not is_answer(answer):
            raise Retryable(f"{self._model} sent something that is not an answer; check OPENAI_BASE_URL if it stays so")
        return answer

    async def _settle(self, reservation: Reservation, used: Used, started: float) -> None:
        seconds = self._terms.clock.monotonic() - started
        await self._terms.meter.settle(reservation, Used(used.tokens, seconds, used.outcome))

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[float]:
        """Our own time limit, because the client's is per read; and our own errors. Yields when it is over."""
        try:
            async with asyncio.timeout(self._timeout):
                yield self._terms.clock.monotonic() + self._timeout
        except (TimeoutError, openai.APITimeoutError):
            raise Retryable(f"{self._model} did not answer within {self._timeout:g} s") from None
        except Exception as error:
            # "from None": the client's error carries the request, and the request carries the key.
            raise translated(error, self._model) from None


def _used(answer: object) -> Used:
    if not isinstance(answer, ChatCompletion) or not is_answer(answer):
        return Used(None, 0, "what came was not an answer")
    reason = answer.choices[0].finish_reason
    cut = f"the answer ended early ({reason})" if reason in ("length", "content_filter") else ""
    refused = "the model refused to answer" if answer.choices[0].message.refusal else ""
    return Used(tokens(answer), 0, refused or cut or _OK)


def _shaped(rung: Rung, messages: Sequence[Message], schema: AnswerSchema) -> dict[str, Any]:
    """The request that asks for `schema` on `rung`; on the two lowest the schema goes into the text."""
    match rung:
        case Rung.SCHEMA:
            wanted = {"name": schema.name, "strict": True, "schema": schema.schema}
            return {"messages": _plain(messages), "response_format": {"type": "json_schema", "json_schema": wanted}}
        case Rung.TOOL:
            described = {"name": schema.name, "description": "Gives the answer.", "parameters": schema.schema}
            forced = {"type": "function", "function": {"name": schema.name}}
            return {
                "messages": _plain(messages),
                "tools": [{"type": "function", "function": described}],
                "tool_choice": forced,
            }
    told = Message("system", f"Answer with one JSON object of this JSON schema: {json.dumps(schema.schema)}")
    request: dict[str, Any] = {"messages": _plain([*messages, told])}
    return request | ({"response_format": {"type": "json_object"}} if rung is Rung.JSON else {})


def _plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]
