"""What is printed of a decision's record: all of it for reading or as JSON, or one of its long texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from trading.contract import World
from trading.contract.books.cycles import CycleStory
from trading.domain.plan import Cycle
from trading.research.cycle_text import as_text
from trading.research.visible import visible
from trading.store.codec import JsonCodec

STORIES: JsonCodec[CycleStory] = JsonCodec(CycleStory)
"""A decision with everything that belongs to it, exact; the same facts are the same text."""


class Part(StrEnum):
    """What there is to print."""

    RECORD = "record"
    JSON = "json"
    PROMPT = "prompt"
    RAW = "raw"
    SNAPSHOT = "snapshot"
    REPLAY = "replay"
    """Made again and compared, which is no part of the record itself."""


def page(told: CycleStory, world: World, part: Part) -> str:
    """`part` of the record."""
    return _PRINTED[part](told, world)


def _prompt(cycle: Cycle) -> str:
    """Every message that was sent, oldest first."""
    parts = [f"--- {role}\n{visible(content)}" for role, content in cycle.prompt]
    return "\n\n".join(parts) or f"No model was asked: {cycle.decided_by} decided."


def _raw(cycle: Cycle) -> str:
    parts = [f"--- answer {number}\n{visible(text)}" for number, text in enumerate(cycle.raw, 1)]
    return "\n\n".join(parts) or "No model answered."


_PRINTED: Mapping[Part, Callable[[CycleStory, World], str]] = {
    Part.RECORD: as_text,
    Part.JSON: lambda told, world: STORIES.dump(told),
    Part.PROMPT: lambda told, world: _prompt(told.cycle),
    Part.RAW: lambda told, world: _raw(told.cycle),
    Part.SNAPSHOT: lambda told, world: told.cycle.snapshot,
}
