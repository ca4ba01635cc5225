"""Pairing codes: eight characters, once, for an hour, hashed, and hopeless to guess."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.access.pairing import (
    ALPHABET,
    LIFE,
    MOST_CODES,
    WRONG_EACH,
    WRONG_IN_ALL,
    Offer,
    Pairing,
    carries_code,
    masked,
)
from chatbot.message import Role
from tests.unit.chatbot import facts
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.clock import SimulatedClock

TRADER = Offer("local", "@owner", Role.TRADER)
FIRST = Offer("local", "the terminal", Role.OWNER, platform="telegram", first=True)
codes = st.text(ALPHABET, min_size=8, max_size=8).map(lambda text: f"{text[:4]}-{text[4:]}")


@pytest.fixture
def store() -> MemoryChatStore:
    return MemoryChatStore()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(facts.NOW)


@pytest.fixture
def pairing(store: MemoryChatStore, clock: SimulatedClock) -> Pairing:
    return Pairing(store, clock)


async def test_a_code_is_easy_to_copy_and_never_the_same(pairing: Pairing) -> None:
    given_out = {await pairing.issue(TRADER) for _ in range(5)}
    assert len(given_out) == 5
    assert all(re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code) for code in given_out)
    assert not set("ILO01") & set(ALPHABET)


async def test_a_code_works_once(pairing: Pairing) -> None:
    code = await pairing.issue(TRADER)
    assert await pairing.take(code, "telegram") == TRADER
    assert await pairing.take(code, "telegram") is None


async def test_of_many_who_send_a_code_at_once_one_comes_in(pairing: Pairing) -> None:
    code = await pairing.issue(TRADER)
    taken = await asyncio.gather(*(pairing.take(code, "telegram") for _ in range(20)))
    assert taken.count(TRADER) == 1


@pytest.mark.parametrize("writing", ["{}", "{} ", " {}"])
async def test_it_is_read_as_people_type_it(pairing: Pairing, writing: str) -> None:
    code = await pairing.issue(TRADER)
    assert await pairing.find(writing.format(code.lower()), "discord") == TRADER
    assert await pairing.find(code.replace("-", ""), "discord") == TRADER
    assert await pairing.find(code.replace("-", " "), "discord") == TRADER


async def test_it_works_for_an_hour(pairing: Pairing, clock: SimulatedClock) -> None:
    code = await pairing.issue(TRADER)
    clock.advance(LIFE.total_seconds() - 1)
    assert await pairing.find(code, "telegram") == TRADER
    clock.advance(1)
    assert await pairing.find(code, "telegram") is None


async def test_a_clock_that_is_set_back_does_not_lengthen_its_life(store: MemoryChatStore) -> None:
    code = await Pairing(store, SimulatedClock(facts.NOW)).issue(TRADER)
    earlier = Pairing(store, SimulatedClock(facts.NOW - timedelta(minutes=1)))
    assert await earlier.find(code, "telegram") is None


async def test_a_code_printed_for_one_platform_is_nothing_on_another(pairing: Pairing) -> None:
    code = await pairing.issue(FIRST)
    assert await pairing.take(code, "discord") is None
    assert await pairing.take(code, "telegram") == FIRST


async def test_a_restart_keeps_invitations_and_ends_the_codes_printed_before(
    store: MemoryChatStore, clock: SimulatedClock
) -> None:
    before = Pairing(store, clock)
    first, invitation = await before.issue(FIRST), await before.issue(TRADER)
    after = Pairing(store, clock)
    await after.forget_first()
    assert await after.find(first, "telegram") is None
    assert await after.find(invitation, "telegram") == TRADER


async def test_the_store_does_not_tell_a_code(pairing: Pairing, store: MemoryChatStore) -> None:
    code = await pairing.issue(TRADER)
    kept = "".join(store.values.values()).upper()
    assert code not in kept and code.replace("-", "") not in kept


async def test_no_more_codes_wait_than_anybody_needs(pairing: Pairing) -> None:
    oldest = await pairing.issue(TRADER)
    for _ in range(MOST_CODES):
        newest = await pairing.issue(TRADER)
    assert await pairing.find(oldest, "telegram") is None
    assert await pairing.find(newest, "telegram") == TRADER


def test_a_person_may_err_five_times_an_hour(pairing: Pairing, clock: SimulatedClock) -> None:
    for _ in range(WRONG_EACH):
        assert not pairing.is_silent("telegram:5")
        pairing.note_wrong("telegram:5")
    assert pairing.is_silent("telegram:5") and not pairing.is_silent("telegram:6")
    clock.advance(LIFE.total_seconds())
    assert not pairing.is_silent("telegram:5")


async def test_all_together_may_err_twenty_times_until_a_fresh_code_is_made(pairing: Pairing) -> None:
    for person in range(WRONG_IN_ALL):
        assert not pairing.is_silent("telegram:1000")
        pairing.note_wrong(f"telegram:{person}")
    assert pairing.is_silent("telegram:1000")
    await pairing.issue(TRADER)
    assert not pairing.is_silent("telegram:1000")


async def test_damaged_codes_are_no_codes(pairing: Pairing, store: MemoryChatStore) -> None:
    store.values["pairing"] = "[{]"
    assert await pairing.find("ABCD-2345", "telegram") is None
    assert await pairing.find(await pairing.issue(TRADER), "telegram") == TRADER


@given(codes, st.sampled_from(["/pair {}", "/pair@bot {}", "/PAIR  {}", "{}", "my code is {}", "do:/pair {}"]))
def test_no_code_is_left_in_what_is_written_down(code: str, text: str) -> None:
    assert code not in masked(text.format(code)) and code.lower() not in masked(text.format(code.lower()))


@pytest.mark.parametrize("said", ["/buy 50 btc", "/pair me", "/pair trader", "did we win in January", "stop-loss"])
def test_what_is_no_code_stays_readable(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize(
    ("said", "carries"),
    [
        ("/pair ABCD-2345", True),
        ("/pair nonsense", True),
        ("/pair", False),
        ("/pair trader", False),
        ("/pair me", False),
        ("/status", False),
        ("pair ABCD-2345", False),
    ],
)
def test_what_a_stranger_may_say(said: str, carries: bool) -> None:
    assert carries_code(said) is carries
