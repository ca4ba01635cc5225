"""Questions put to a language model: it picks one of the read-only queries and its arguments, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from trading.brain.model import ToolCall, ToolPicker
from trading.brain.prompt import Message, read_prompt
from trading.brain.strict_json import load_object
from trading.contract import ToolChoice, ToolSpec

TIMEOUT_SECONDS = 20.0
LONGEST_QUESTION = 2_000


class ModelQuestions:
    """Implements `trading.contract.LanguageModel`. Raises Fatal when the prompt cannot be read."""

    def __init__(self, model: ToolPicker, prompts_folder: Path, timeout: float = TIMEOUT_SECONDS) -> None:
        self._model = model
        self._rules = read_prompt(prompts_folder / "questions.md")
        self._timeout = timeout

    @property
    def name(self) -> str:
        return self._model.name

    async def choose(self, question: str, tools: Sequence[ToolSpec]) -> ToolChoice | None:
        """The query that answers `question`; None when there is none, and on any failure or after the timeout."""
        if not tools:
            return None
        messages = [Message("system", self._rules), Message("user", question[:LONGEST_QUESTION])]
        try:
            async with asyncio.timeout(self._timeout):
                call = await self._model.pick_tool(messages, tools)
            return checked_choice(call, tools) if call else None
        except Exception:
            # The offline grammar answers instead; a question must never take the chat down.
            return None


def checked_choice(call: ToolCall, tools: Sequence[ToolSpec]) -> ToolChoice | None:
    """The call as a choice, or None when the tool is unknown or its arguments do not fit its schema."""
    spec = next((tool for tool in tools if tool.name == call.name), None)
    if spec is None:
        return None
    try:
        arguments = load_object(call.arguments or "{}")
    except ValueError:
        return None
    return ToolChoice(spec.name, _plain(arguments)) if _fits(arguments, spec.parameters) else None


def _fits(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    properties = schema.get("properties", {})
    known = all(key in properties and _value_fits(value, properties[key]) for key, value in arguments.items())
    return known and all(key in arguments for key in schema.get("required", ()))


def _value_fits(value: object, schema: Mapping[str, Any]) -> bool:
    wanted = schema.get("type")
    kinds = [wanted] if isinstance(wanted, str) else wanted
    if kinds and not any(_is_kind(value, kind) for kind in kinds):
        return False
    return "enum" not in schema or value in schema["enum"]


def _is_kind(value: object, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, Decimal)
        case "integer":
            return isinstance(value, Decimal) and value == value.to_integral_value()
        case "null":
            return value is None
        case _:
            return False


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Whole numbers as int, as callers expect them; other numbers stay Decimal."""
    return {
        key: int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
        for key, value in arguments.items()
    }
