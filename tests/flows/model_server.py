"""A strict loopback stand-in for an OpenAI-compatible model server.

It refuses what the real one refuses (a missing key, unknown roles, a schema that strict mode does not take) and
keeps every complaint. Answers come from a script; where that is empty it computes a sensible one from the request,
so that the bot can be tried against it:

    python -m tests.flows.model_server --port 8099
    OPENAI_API_KEY=demo OPENAI_BASE_URL=http://127.0.0.1:8099/v1 python main.py demo
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.flows.sensible_plan import equal_weights

KEY = "sk-loopback-key-0123456789"
ALL_FORMATS = frozenset({"json_schema", "json_object", "text"})
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
CAPS = frozenset({"max_tokens", "max_completion_tokens"})
THINKS = re.compile(r"o\d|gpt-5")
SCHEMA_KEYS = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "description", "minimum", "maximum"}
)
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
DRIP_SECONDS = 0.02


@dataclass(frozen=True)
class Scripted:
    """One answer: a status and a body, or silence."""

    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    silent: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    drips: bool = False
    """One letter now and then, for ever: no read is ever late."""


def text(content: str, finish_reason: str = "stop") -> Scripted:
    """An assistant's message."""
    return _message({"role": "assistant", "content": content, "refusal": None}, finish_reason)


def plan(answer: Mapping[str, Any]) -> Scripted:
    """An assistant's message that is JSON."""
    return text(json.dumps(answer))


def cut(content: str) -> Scripted:
    """A message that ended at the length limit."""
    return text(content, "length")


def refusal(words: str = "I cannot help with that.") -> Scripted:
    return _message({"role": "assistant", "content": None, "refusal": words}, "stop")


def tool_call(name: str, arguments: str = "{}") -> Scripted:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return _message({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")


def no_choices() -> Scripted:
    return Scripted(body=json.dumps(_envelope([])))


def failure(status: int, message: str = "scripted failure", code: str | None = None) -> Scripted:
    """An error in the API's shape."""
    return Scripted(status, json.dumps({"error": {"message": message, "type": "error", "param": None, "code": code}}))


def page() -> Scripted:
    """A proxy's HTML with status 200."""
    return Scripted(body="<html><body>Welcome</body></html>", content_type="text/html")


def broken() -> Scripted:
    """A body that ends in the middle."""
    return Scripted(body=json.dumps(_envelope([]))[:-20])


def drip() -> Scripted:
    """An answer that keeps coming and never ends."""
    return Scripted(drips=True)


def later(status: int, retry_after: str) -> Scripted:
    """A failure that says when to come again."""
    return Scripted(status, failure(status).body, headers={"Retry-After": retry_after})


def uncounted(answer: Scripted) -> Scripted:
    """The same answer from a server that does not count tokens."""
    body = json.loads(answer.body)
    del body["usage"]
    return Scripted(body=json.dumps(body))


def silence() -> Scripted:
    """No answer until the server closes."""
    return Scripted(silent=True)


def _message(message: Mapping[str, Any], finish_reason: str) -> Scripted:
    choice = {"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}
    return Scripted(body=json.dumps(_envelope([choice])))


def _envelope(choices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "loopback-1",
        "choices": list(choices),
        "usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000},
    }


class ModelServer:
    """`async with ModelServer() as server`: `server.url` is the base URL, `server.requests` the bodies received.

    `formats` are the response formats it takes, `caps` the names of the length limit, `tools` whether it knows any;
    `key` None takes any key. `complaints` lists what was wrong with
    requests, in words.
    """

    def __init__(
        self,
        key: str | None = KEY,
        formats: frozenset[str] = ALL_FORMATS,
        port: int = 0,
        caps: frozenset[str] = CAPS,
        tools: bool = True,
    ) -> None:
        self._key = key
        self._formats = formats
        self._caps = caps
        self._tools = tools
        self._port = port
        self._answers: deque[Scripted] = deque()
        self._closing = asyncio.Event()
        self.url = ""
        self.requests: list[dict[str, Any]] = []
        self.complaints: list[str] = []

    def script(self, *answers: Scripted) -> None:
        """Answer the next requests with these, in order."""
        self._answers.extend(answers)

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(application, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if not self._authorised(request):
            return _respond(_bad_key())
        return web.json_response({"object": "list", "data": [{"id": "loopback-1", "object": "model"}]})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if not self._authorised(request):
            return _respond(_bad_key())
        body = await request.json()
        self.requests.append(body)
        if complaint := complaint_about(body, self._formats, self._caps, self._tools):
            self.complaints.append(complaint)
            return _respond(failure(400, complaint))
        answer = self._answers.popleft() if self._answers else sensible_answer(body)
        if answer.drips:
            return await self._drip(request)
        if answer.silent:
            await self._closing.wait()
        return _respond(answer)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while not self._closing.is_set():
            with suppress(ConnectionError):
                await response.write(b" ")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), DRIP_SECONDS)
        return response

    def _authorised(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        return given == f"Bearer {self._key}" if self._key else given.startswith("Bearer ")


def _respond(answer: Scripted) -> web.Response:
    return web.Response(
        status=answer.status, text=answer.body, content_type=answer.content_type, headers=dict(answer.headers)
    )


def _bad_key() -> Scripted:
    return failure(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")


def complaint_about(
    body: Mapping[str, Any], formats: frozenset[str], caps: frozenset[str] = CAPS, tools: bool = True
) -> str:
    """What a strict server would refuse in this request, or an empty string."""
    checks = (
        _about_model(body),
        _about_length(body, caps),
        _about_messages(body),
        _about_format(body, formats),
        _about_tools(body, tools),
    )
    return next((complaint for complaint in checks if complaint), "")


def _about_model(body: Mapping[str, Any]) -> str:
    unknown = set(body) - {"model", "messages", "response_format", "tools", "tool_choice", *CAPS}
    if unknown:
        return f"unknown parameters {sorted(unknown)}"
    return "" if isinstance(body.get("model"), str) and body["model"] else "model is missing"


def _about_length(body: Mapping[str, Any], caps: frozenset[str]) -> str:
    """Which name of the length limit it takes; a model that thinks first takes only the newer one."""
    given = [name for name in CAPS if name in body]
    taken = caps - {"max_tokens"} if THINKS.match(str(body.get("model"))) else caps
    if len(given) > 1 or any(type(body[name]) is not int or body[name] < 1 for name in given):
        return "one length limit at most, a whole number above 0"
    refused = [name for name in given if name not in taken]
    return f"Unsupported parameter: '{refused[0]}' is not supported with this model." if refused else ""


def _about_messages(body: Mapping[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages must be a list with at least one message"
    for message in messages:
        if complaint := _about_message(message):
            return complaint
    return "" if any(message["role"] == "user" for message in messages) else "no user message"


def _about_message(message: Mapping[str, Any]) -> str:
    calls, role = message.get("tool_calls", ()), message.get("role")
    if set(message) - {"role", "content", "tool_calls", "tool_call_id"} or role not in ROLES:
        return f"a message needs a known role and content, not {message}"
    if not isinstance(message.get("content"), str) or not (message["content"] or calls):
        return "a message's content must be text"
    if ("tool_call_id" in message) is not (role == "tool") or (calls and role != "assistant"):
        return "only a tool's message has a tool_call_id, only an assistant's has tool_calls"
    return ""


def _about_format(body: Mapping[str, Any], formats: frozenset[str]) -> str:
    wanted = body.get("response_format", {"type": "text"})
    kind = wanted.get("type")
    if kind not in formats:
        return f"response_format {kind!r} is not supported"
    if kind == "json_object":
        told = any("json" in message["content"].lower() for message in body["messages"])
        return "" if told else "json_object needs the word JSON in the messages"
    if kind != "json_schema":
        return ""
    described = wanted.get("json_schema", {})
    if described.get("strict") is not True or not NAME.fullmatch(described.get("name", "")):
        return "json_schema needs a name and strict true"
    return _about_schema(described.get("schema", {}), "schema")


def _about_schema(schema: Mapping[str, Any], place: str) -> str:
    """What strict mode refuses in a schema."""
    unknown = set(schema) - SCHEMA_KEYS
    if unknown or "type" not in schema:
        return f"{place}: has no type, or keys that strict mode does not take: {sorted(unknown)}"
    if schema["type"] == "array":
        return _about_schema(schema.get("items", {}), f"{place}[]")
    if schema["type"] != "object":
        return ""
    properties = schema.get("properties", {})
    if schema.get("additionalProperties") is not False or sorted(schema.get("required", ())) != sorted(properties):
        return f"{place}: additionalProperties must be false and every property required"
    parts = (_about_schema(part, f"{place}.{name}") for name, part in properties.items())
    return next((complaint for complaint in parts if complaint), "")


def _about_tools(body: Mapping[str, Any], taken: bool) -> str:
    if body.get("tools") and not taken:
        return "tools are not supported"
    names = [tool.get("function", {}).get("name") for tool in body.get("tools", ())]
    choice = body.get("tool_choice")
    if choice is not None and (not names or choice != {"type": "function", "function": {"name": names[0]}}):
        return f"tool_choice must name one of the tools, not {choice}"
    for tool in body.get("tools", ()):
        function = tool.get("function", {})
        if tool.get("type") != "function" or not NAME.fullmatch(function.get("name", "")):
            return f"a tool needs type function and a plain name, not {tool}"
        if function.get("parameters", {}).get("type") != "object":
            return f"the parameters of {function['name']} must be an object schema"
    return ""


def sensible_answer(body: Mapping[str, Any]) -> Scripted:
    """Equal weights for a rebalance, the tool whose words fit best for a question, else a sentence."""
    question = next(message["content"] for message in body["messages"] if message["role"] == "user")
    answer = equal_weights(question)
    if body.get("tool_choice"):
        return tool_call(body["tool_choice"]["function"]["name"], json.dumps(answer))
    if body["messages"][-1]["role"] == "tool":
        return text("These are the figures.")
    if body.get("tools"):
        return tool_call(_best_tool(body))
    return plan(answer) if answer else text("I have nothing to say to that.")


def _best_tool(body: Mapping[str, Any]) -> str:
    asked = set(re.findall(r"[a-z]+", body["messages"][-1]["content"].lower()))
    functions = [tool["function"] for tool in body["tools"]]
    words: dict[str, set[str]] = {
        f["name"]: set(re.findall(r"[a-z]+", f"{f['name']} {f.get('description', '')}".lower())) for f in functions
    }
    return max(words, key=lambda name: len(words[name] & asked))


async def serve(port: int) -> None:
    """Run until cancelled, taking any key."""
    async with ModelServer(key=None, port=port) as server:
        print(f"model server at {server.url}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A loopback model server that answers with equal weights.")
    parser.add_argument("--port", type=int, default=8099)
    try:
        asyncio.run(serve(parser.parse_args().port))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
