"""The people that the chat itself has let in, their accounts, and the chats in which an owner paired.

What the settings grant is not kept here. Kept as one document in the chat's store, read once, held in memory.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chatbot.access.people_document import Account, Document, Person, document_from_json, document_to_json
from chatbot.message import Actor, Channel, Role

LOCAL = "local"
"""The person at the page and at the terminal: whoever has this machine."""

_KEY = "people"


class Documents(Protocol):
    """Where small documents are kept."""

    async def get(self, key: str) -> str | None: ...

    async def put(self, key: str, value: str) -> None: ...


class People:
    """Who was let in. Every change is on the disk before it counts; without `store` it ends with the program."""

    def __init__(self, store: Documents | None = None) -> None:
        self._store = store
        self._now = Document()
        self._by_account: dict[str, Person] = {}
        self._loaded = store is None
        self._one_at_a_time = asyncio.Lock()
        self._bells: list[asyncio.Event] = []

    async def load(self) -> None:
        """Read what is kept, once."""
        if self._loaded or self._store is None:
            return
        text = await self._store.get(_KEY)
        if not self._loaded:
            self._hold(document_from_json(text) if text else Document())
            self._loaded = True

    def person(self, actor: Actor) -> str:
        """The same word for all accounts of one person."""
        if actor.platform in ("web", "terminal"):
            return LOCAL
        known = self._by_account.get(actor.key)
        return actor.key if known is None else known.id

    def of(self, key: str) -> Person | None:
        """The person who has the account `key` ("telegram:42")."""
        return self._by_account.get(key)

    def everybody(self) -> Sequence[Person]:
        """Everybody who was let in or shut out here, in that order."""
        return self._now.people

    def served(self) -> tuple[Channel, ...]:
        """The chats in which an owner paired while none was configured."""
        return self._now.served

    def listen(self, bell: asyncio.Event) -> None:
        """Set `bell` at every change from now on."""
        self._bells.append(bell)

    async def give(self, actor: Actor, role: Role, by: str, at: datetime) -> None:
        """`actor` has `role` from now on, with all accounts of that person; NOBODY shuts them out."""
        async with self._one_at_a_time:
            known = self._by_account.get(actor.key)
            new = Person(self._new_id(actor.key), role, (Account(actor.key, actor.name, at, by),))
            await self._keep(new if known is None else replace(known, role=role))

    async def link(self, actor: Actor, person_id: str, first: Account | None, by: str, at: datetime) -> None:
        """`actor` is an account of the person `person_id`, who so far has only the account `first`, if known at all."""
        async with self._one_at_a_time:
            await self._part(actor.key)
            known = next((person for person in self._now.people if person.id == person_id), None)
            person = known or Person(person_id, None, () if first is None else (first,))
            await self._keep(replace(person, accounts=(*person.accounts, Account(actor.key, actor.name, at, by))))

    async def part(self, key: str) -> None:
        """The account `key` belongs to nobody here any more; a person without accounts is forgotten."""
        async with self._one_at_a_time:
            await self._part(key)

    async def serve(self, channel: Channel) -> None:
        """`channel` is served and gets the notices from now on."""
        async with self._one_at_a_time:
            if channel not in self._now.served:
                await self._write(replace(self._now, served=(*self._now.served, channel)))

    async def move(self, old: Channel, new: Channel) -> None:
        """The chat `old` goes on as `new`."""
        async with self._one_at_a_time:
            served = tuple(dict.fromkeys(new if channel == old else channel for channel in self._now.served))
            if served != self._now.served:
                await self._write(replace(self._now, served=served))

    async def _part(self, key: str) -> None:
        known = self._by_account.get(key)
        if known is not None:
            await self._keep(replace(known, accounts=tuple(a for a in known.accounts if a.key != key)))

    def _new_id(self, key: str) -> str:
        """The account's own key, under which this person was known before; it may have been left to others."""
        taken = {person.id for person in self._now.people}
        return key if key not in taken else f"{key}.{secrets.token_hex(4)}"

    async def _keep(self, person: Person) -> None:
        others = [person if known.id == person.id else known for known in self._now.people]
        everybody = others if person in others else [*others, person]
        await self._write(replace(self._now, people=tuple(known for known in everybody if known.accounts)))

    async def _write(self, document: Document) -> None:
        if self._store is not None:
            await self._store.put(_KEY, document_to_json(document))
        self._hold(document)

    def _hold(self, document: Document) -> None:
        self._now = document
        self._by_account = {account.key: person for person in document.people for account in person.accounts}
        for bell in self._bells:
            bell.set()
