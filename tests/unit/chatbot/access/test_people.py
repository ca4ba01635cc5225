"""The list of people: kept before it counts, read once, and the same after a restart."""

from __future__ import annotations

import asyncio

import pytest

from chatbot.access.people import LOCAL, People
from chatbot.access.people_document import Account
from chatbot.message import Actor, Channel, Role
from tests.unit.chatbot import facts
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.errors import Fatal

ANNA = Actor("telegram", "42", "anna")
ANNA_TOO = Actor("discord", "7", "anna_d")
BEN = Actor("telegram", "43", "ben")
HOME = Channel("telegram", "42")


async def reread(store: MemoryChatStore) -> People:
    people = People(store)
    await people.load()
    return people


async def test_a_restart_changes_nothing() -> None:
    store = MemoryChatStore()
    people = await reread(store)
    await people.give(ANNA, Role.TRADER, "@owner", facts.NOW)
    await people.link(ANNA_TOO, people.person(ANNA), None, "@anna", facts.NOW)
    await people.serve(HOME)
    again = await reread(store)
    assert again.everybody() == people.everybody() and again.served() == (HOME,)
    assert again.person(ANNA) == again.person(ANNA_TOO) == "telegram:42"


async def test_who_was_known_by_the_settings_stays_the_same_person() -> None:
    people = People()
    before = people.person(ANNA)
    await people.link(ANNA_TOO, before, Account(ANNA.key, ANNA.name, facts.NOW, ""), "@anna", facts.NOW)
    assert people.person(ANNA) == people.person(ANNA_TOO) == before


async def test_a_role_is_of_the_person_with_all_accounts() -> None:
    people = People()
    await people.give(ANNA, Role.TRADER, "@owner", facts.NOW)
    await people.link(ANNA_TOO, people.person(ANNA), None, "@anna", facts.NOW)
    await people.give(ANNA_TOO, Role.VIEWER, "@owner", facts.NOW)
    person = people.of(ANNA.key)
    assert person is not None and person.role is Role.VIEWER and len(person.accounts) == 2


async def test_an_account_that_parts_is_nobody_here_and_a_new_person_later() -> None:
    people = People()
    await people.give(ANNA, Role.TRADER, "@owner", facts.NOW)
    await people.link(ANNA_TOO, people.person(ANNA), None, "@anna", facts.NOW)
    await people.part(ANNA.key)
    assert people.of(ANNA.key) is None and people.of(ANNA_TOO.key) is not None
    await people.give(ANNA, Role.VIEWER, "@owner", facts.NOW)
    assert people.person(ANNA) != people.person(ANNA_TOO)


async def test_somebody_without_accounts_is_forgotten() -> None:
    people = People()
    await people.give(BEN, Role.TRADER, "@owner", facts.NOW)
    await people.part(BEN.key)
    assert people.everybody() == ()


async def test_an_account_of_the_page_is_the_person_at_the_page() -> None:
    people = People()
    await people.link(BEN, LOCAL, None, "@owner", facts.NOW)
    assert people.person(BEN) == LOCAL


async def test_changes_at_the_same_time_all_count() -> None:
    store = MemoryChatStore()
    people = await reread(store)

    async def slow(key: str, value: str) -> None:
        await asyncio.sleep(0)
        store.values[key] = value

    store.put = slow  # type: ignore[method-assign]
    everybody = [Actor("telegram", str(number), "") for number in range(9)]
    await asyncio.gather(*(people.give(actor, Role.VIEWER, "@owner", facts.NOW) for actor in everybody))
    assert len(people.everybody()) == len((await reread(store)).everybody()) == 9


async def test_nothing_counts_that_could_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryChatStore()
    people = await reread(store)

    async def full(*_: str) -> None:
        raise Fatal("The disk is full.")

    monkeypatch.setattr(store, "put", full)
    with pytest.raises(Fatal):
        await people.give(ANNA, Role.OWNER, "@owner", facts.NOW)
    assert people.everybody() == () and people.of(ANNA.key) is None


async def test_a_damaged_list_lets_nobody_in_by_guess() -> None:
    store = MemoryChatStore()
    store.values["people"] = '{"people": [{"id": "x", "role": 9, "accounts": []}]}'
    with pytest.raises(Fatal, match="damaged"):
        await reread(store)


async def test_a_group_that_moved_is_served_under_its_new_id() -> None:
    people = People()
    await people.serve(Channel("telegram", "-5"))
    await people.move(Channel("telegram", "-5"), Channel("telegram", "-1005"))
    assert people.served() == (Channel("telegram", "-1005"),)


async def test_who_listens_hears_of_a_new_chat() -> None:
    people, bell = People(), asyncio.Event()
    people.listen(bell)
    await people.serve(HOME)
    assert bell.is_set()
