"""JSON as it is written, or not at all: no repeated keys, no NaN, no text around it, numbers exact."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 100_000
"""Characters; an answer has a few thousand."""
MOST_DIGITS = 30
_TOO_LARGE = "a number is too large to be read"


def load_object(text: str) -> dict[str, Any]:
    """The one JSON object that `text` is; numbers as Decimals. Raises ValueError with one sentence otherwise."""
    if len(text) > LONGEST:
        raise ValueError(f"the answer has {len(text)} characters; at most {LONGEST} are read")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"the answer is not one JSON object alone: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise ValueError("the answer is nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError(f"the answer is a JSON {_kind(value)}, not an object")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!a} is there twice in one object")
        found[key] = value
    return found


def _number(digits: str) -> Decimal:
    try:
        value = Decimal(digits)
    except InvalidOperation as error:
        raise ValueError(_TOO_LARGE) from error
    # Turning 1e999999999 into an integer, or 1e-999999999 into text, would take all memory there is.
    if value.adjusted() > MOST_DIGITS:
        raise ValueError(_TOO_LARGE)
    if int(value.as_tuple().exponent) < -MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS} decimals")
    return value


def _refuse_constant(name: str) -> Decimal:
    raise ValueError(f"{name} is not a number that can be used")


def _kind(value: object) -> str:
    kinds = {list: "list", str: "string", Decimal: "number", bool: "boolean", type(None): "null"}
    return kinds[type(value)]
