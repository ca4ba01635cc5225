"""Who is known here, by which name, and who knocked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from chatbot.access.people_document import Account
from chatbot.access.roles import CHATS, Access
from chatbot.message import Actor, Role
from chatbot.store.chat_store import AuditEntry, ChatStore, Stranger

_LOOKED_THROUGH = 500
"""Entries of the audit trail in which a name is looked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account that somebody or the settings let in or shut out: its name as last seen, what holds for it and why.

    `account` says since when and by whom; None where only the settings know it. `last` is what it last asked.
    """

    key: str
    name: str
    role: Role
    why: str
    account: Account | None
    last: AuditEntry | None


class Roster:
    """Lists of people, from what is kept and from the audit trail."""

    def __init__(self, access: Access, store: ChatStore) -> None:
        self._access = access
        self._store = store
        self._knocks = 0

    def note_knock(self) -> None:
        """Somebody new was turned away."""
        self._knocks += 1

    def untold_knocks(self) -> int:
        """How many new people were turned away since this was last asked, or they were listed."""
        knocks, self._knocks = self._knocks, 0
        return knocks

    async def known(self) -> Sequence[Known]:
        """Every account that somebody or the settings let in or shut out, the highest role first."""
        accounts = {account.key: account for person in self._access.people.everybody() for account in person.accounts}
        keys = dict.fromkeys([*self._access.granted, *accounts])
        found = [await self._known(key, accounts.get(key)) for key in keys]
        return sorted(found, key=lambda one: (-one.role, one.key))

    async def strangers(self) -> Sequence[Stranger]:
        """Who was turned away and is still unknown, the newest first."""
        self._knocks = 0
        knocked = await self._store.strangers()
        return [stranger for stranger in knocked if self._access.standing_of(stranger.actor.key) is None]

    async def named(self, words: str) -> Sequence[Actor]:
        """Whom "telegram:42", "42" or "@anna" may mean: people known, strangers, and whoever spoke of late."""
        wanted = words.strip().removeprefix("@").casefold()
        seen = {actor.key: actor async for actor in self._everybody()}
        # Figures are an id: anybody may call themselves by another one's.
        is_id = wanted.isdecimal()
        found = [a for a in seen.values() if wanted in (a.key, a.id if is_id else a.name.casefold())]
        platform, _, user = wanted.partition(":")
        if not found and platform in CHATS and user.isdecimal():
            return [Actor(platform, user, "")]
        return found

    async def history(self, limit: int, key: str | None = None) -> Sequence[AuditEntry]:
        """The newest entries of the audit trail, oldest first; of one account where `key` is given."""
        return await self._store.audit(limit, key)

    async def _known(self, key: str, account: Account | None) -> Known:
        standing = self._access.standing_of(key)
        entries = await self._store.audit(1, key)
        last = entries[0] if entries else None
        name = last.actor.name if last is not None else account.name if account is not None else ""
        role, why = (Role.NOBODY, "") if standing is None else (standing.role, standing.why)
        return Known(key, name, role, why, account, last)

    async def _everybody(self) -> AsyncIterator[Actor]:
        for entry in await self._store.audit(_LOOKED_THROUGH):
            if not entry.actor.suspect and entry.actor.platform in CHATS:
                yield entry.actor
        for stranger in await self._store.strangers():
            if not stranger.actor.suspect:
                yield stranger.actor
        for known in await self.known():
            platform, _, user = known.key.partition(":")
            yield Actor(platform, user, known.name)
