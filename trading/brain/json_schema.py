"""JSON schemas for strict structured output: every key required, no unknown keys, lists of objects.

Lengths are told in words only, because strict mode takes no keywords for them; the answer is checked for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

JsonSchema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """A JSON schema with the name that structured output wants."""

    name: str
    schema: JsonSchema


def an_object(**properties: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def a_list(items: JsonSchema, description: str) -> JsonSchema:
    return {"type": "array", "items": items, "description": description}


def one_of(words: Sequence[str], description: str = "") -> JsonSchema:
    return {"type": "string", "enum": list(words), **({"description": description} if description else {})}


def a_fraction(description: str) -> JsonSchema:
    return {"type": "number", "minimum": 0, "maximum": 1, "description": f"{description}, from 0 to 1"}


def a_price(description: str) -> JsonSchema:
    return {"type": "number", "description": f"{description}, in the quote currency"}


def a_price_or_null(description: str) -> JsonSchema:
    return {"type": ["number", "null"], "description": f"{description}, in the quote currency; null for none"}


def days(description: str, most: int) -> JsonSchema:
    return {"type": "integer", "minimum": 1, "maximum": most, "description": f"{description}, in days"}


def some_text(description: str, length: int) -> JsonSchema:
    return {"type": "string", "description": f"{description}, at most {length} characters"}
