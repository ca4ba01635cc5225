"""A conversation with tools, as OpenAI's chat completions have it on the wire."""

from __future__ import annotations

from typing import Any

from openai.types.chat import ChatCompletion

from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance


def function(tool: ToolSpec) -> dict[str, Any]:
    """A tool that the model may call."""
    described = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": described}


def spoken(utterance: Utterance) -> dict[str, Any]:
    """One turn as a message."""
    message: dict[str, Any] = {"role": utterance.role, "content": utterance.content}
    if utterance.calls:
        message["tool_calls"] = [_call(call) for call in utterance.calls]
    if utterance.call_id:
        message["tool_call_id"] = utterance.call_id
    return message


def heard(answer: ChatCompletion) -> ModelTurn:
    """The answer's words and calls; calls of anything but functions are left out."""
    message = answer.choices[0].message
    calls = (call for call in message.tool_calls or () if call.type == "function" and call.function)
    return ModelTurn(
        str(message.content or message.refusal or ""),
        tuple(ToolCall(str(call.id), str(call.function.name), str(call.function.arguments or "")) for call in calls),
    )


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
