"""The same queries as tools for a language model, made from the query classes; pydantic checks the arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, cast, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from chatbot.agent import queries as q
from chatbot.agent.grammar.coins import COIN_NAMES
from chatbot.agent.queries import Query
from trading.contract import ToolCall, ToolSpec

_NOT_TOOLS = (q.Decline, q.Advice, q.WishToAct, q.SetStops, q.Unclear, q.Several, q.Help, q.HowTo, q.LookUp, q.Explain)
"""What code alone says: refusals, wishes, help."""
_LONGEST = 40
_MOST_ARGUMENTS = 2_000
_MEANINGS = {
    "window": 'a span of time in English, such as "today", "last week", "this month", "since march", "all"',
    "symbol": 'a coin that is traded here, such as "BTC"',
    "timeframe": '"15m", "1h", "4h" or "1d"',
}


class Misused(Exception):
    """A call that cannot be carried out; the sentence is for the model."""


@cache
def specs() -> Sequence[ToolSpec]:
    """What a model may look up; every one of them only reads."""
    return tuple(ToolSpec(name, _about(kind), _arguments(kind).model_json_schema()) for name, kind in _tools().items())


def read_call(call: ToolCall, symbols: Collection[str]) -> Query:
    """The query that `call` asks; `symbols` are the bases we trade. Raises Misused."""
    kind = _tools().get(call.name)
    if kind is None:
        raise Misused(f"there is no tool {call.name[:_LONGEST]!a}; use one of {', '.join(_tools())}")
    given = _plain(arguments_of(call))
    symbol = given.get("symbol")
    if symbol is not None and symbol not in symbols:
        raise Misused(f"{str(symbol)[:_LONGEST]!a} is not traded here; traded are {', '.join(sorted(symbols))}")
    try:
        read = _arguments(kind).model_validate(given)
    except ValidationError as error:
        raise Misused(_wrong(error)) from None
    return cast(Query, kind(**{name: getattr(read, name) for name in type(read).model_fields}))


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The call's arguments as they were given. Raises Misused where they are no JSON object."""
    try:
        given = json.loads(call.arguments[:_MOST_ARGUMENTS] or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Misused("the arguments are not one JSON object")
    return given


@cache
def _tools() -> Mapping[str, type]:
    kinds = [kind for kind in get_args(Query) if kind not in _NOT_TOOLS]
    return {_name(kind): kind for kind in kinds}


def _name(kind: type) -> str:
    """ "ProfitBySymbol" as "profit_by_symbol", "TradesAsked" as "trades"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__.removesuffix("Asked")).lower()


def _about(kind: type) -> str:
    """The query's own words; a dataclass without any describes itself by its signature, which helps nobody."""
    words = kind.__doc__ or ""
    named = _name(kind).replace("_", " ").capitalize()
    return f"{named}." if words.startswith(f"{kind.__name__}(") else f"{named}: {' '.join(words.split())}"


@cache
def _arguments(kind: type) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        fields[name] = (Annotated[hint, Field(description=_MEANINGS.get(name))], _default(kind, name))
    strict = ConfigDict(extra="forbid", str_max_length=_LONGEST, title=_name(kind))
    return cast(type[BaseModel], create_model(kind.__name__, __config__=strict, **fields))


def _default(kind: type, name: str) -> object:
    field = getattr(kind, "__dataclass_fields__")[name]  # noqa: B009
    return ... if field.default.__class__.__name__ == "_MISSING_TYPE" else field.default


def _wrong(error: ValidationError) -> str:
    """The first thing that does not fit, without what was given: that may be anything."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part)[:_LONGEST] for part in first["loc"]) or "the arguments"
    return f"{place}: {first['msg'][:120]}"


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Bases for whatever name of a coin was given; empty strings and nulls mean that nothing was."""
    given = {key: value for key, value in arguments.items() if value not in ("", None)}
    symbol = given.get("symbol")
    if isinstance(symbol, str):
        base = symbol.strip().lower().split("/")[0]
        given["symbol"] = COIN_NAMES.get(base, base.upper())
    return given
