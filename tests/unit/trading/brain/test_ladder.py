"""Ways of asking: which comes next, what is remembered over restarts, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.trading.brain.asking import NOW
from trading.brain.ladder import FORGOTTEN_AFTER, Cap, KeptWays, Rung, Way, first_way
from trading.clock import SimulatedClock
from trading.store.memory import MemoryStore

SERVER = "http://127.0.0.1:8099/v1"
LOW = Way(Rung.JSON, (Cap.COMPLETION, Cap.NONE))


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOW)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_a_refused_request_goes_down_one_rung_at_a_time_and_then_does_without_a_limit() -> None:
    way: Way | None = first_way("gpt-4o", None)
    seen = []
    while way is not None:
        seen.append((way.rung.value, way.cap.value))
        way = way.after("something is wrong")
    rungs = ["json_schema", "tool", "json_object", "text"]
    assert seen == [*((name, "max_completion_tokens") for name in rungs), ("text", "none")]


def test_a_complaint_about_the_limit_changes_the_limit_and_nothing_else() -> None:
    way = first_way("gpt-4o", None).after("unknown parameter: max_completion_tokens")
    assert way == Way(Rung.SCHEMA, (Cap.PLAIN, Cap.NONE))


@pytest.mark.parametrize(
    "complaint",
    [
        "max_tokens max_tokens is too large: 8000. This model supports at most 4096 completion tokens.",
        "'max_completion_tokens' is too large: 8000.",
        "max_tokens: 8000 > 4096, which is the maximum allowed number of output tokens",
    ],
)
def test_a_model_of_short_answers_is_asked_for_a_shorter_one_on_the_same_rung(complaint: str) -> None:
    first = first_way("gpt-4-turbo", SERVER)
    shorter = first.after(complaint)
    assert shorter == Way(first.rung, first.caps, 4_000)
    way: Way | None = first
    for _ in range(20):
        way = way and way.after(complaint)
    assert way is None, "it comes to an end"


@pytest.mark.parametrize(
    ("model", "address", "cap"),
    [
        ("gpt-4o", None, Cap.COMPLETION),
        ("gpt-4o", "https://api.openai.com/v1", Cap.COMPLETION),
        ("llama-3", SERVER, Cap.PLAIN),
        ("o3", SERVER, Cap.COMPLETION),
        ("openai/gpt-5-mini", SERVER, Cap.COMPLETION),
        ("olmo-2", SERVER, Cap.PLAIN),
    ],
)
def test_the_first_name_of_the_limit_is_the_likelier_one(model: str, address: str | None, cap: Cap) -> None:
    assert first_way(model, address).cap is cap


async def test_what_worked_is_known_after_a_restart(store: MemoryStore, clock: SimulatedClock) -> None:
    short = replace(LOW, longest=2_000)
    await KeptWays(store, clock, SERVER).keep("llama-3", short)
    assert await KeptWays(store, clock, SERVER).recall("llama-3") == short


async def test_what_worked_is_forgotten_after_a_week(store: MemoryStore, clock: SimulatedClock) -> None:
    ways = KeptWays(store, clock, SERVER)
    await ways.keep("llama-3", LOW)
    clock.advance_to(NOW + FORGOTTEN_AFTER)
    assert await ways.recall("llama-3") == LOW
    clock.advance_to(NOW + FORGOTTEN_AFTER + timedelta(seconds=1))
    assert await ways.recall("llama-3") is None
    assert await KeptWays(store, clock, SERVER).recall("llama-3") is None


async def test_another_model_and_another_server_begin_at_the_top(store: MemoryStore, clock: SimulatedClock) -> None:
    await KeptWays(store, clock, SERVER).keep("llama-3", LOW)
    assert await KeptWays(store, clock, SERVER).recall("llama-4") is None
    assert await KeptWays(store, clock, "http://127.0.0.1:9/v1").recall("llama-3") is None


async def test_the_servers_address_is_not_written_down(store: MemoryStore, clock: SimulatedClock) -> None:
    before = store.commits
    ways = KeptWays(store, clock, "http://me:s3cret@host/v1?key=abc")
    await ways.keep("llama-3", LOW)
    await ways.keep("llama-3", LOW)
    assert store.commits == before + 1, "what is known already is not written again"
    async with store.reading() as read:
        assert await read.meta("model_way:s3cret:llama-3") is None
    assert "s3cret" not in repr(vars(store)) and "host" not in repr(vars(ways)["_server"])
