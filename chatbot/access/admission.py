"""Letting people in and out, by codes and by word of an owner."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chatbot.access.pairing import Offer, Pairing
from chatbot.access.people import LOCAL
from chatbot.access.people_document import Account
from chatbot.access.roles import CHATS, Access
from chatbot.access.roster import Roster
from chatbot.message import Actor, Channel, Role
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock

_BY_SERVER = ""
"""The issuer of a code who is an owner by a Discord role: whether that is still so, only Discord knows."""


class Pairless(StrEnum):
    """Why a code let nobody in."""

    WRONG = "wrong"
    SILENT = "silent"
    NOT_NEEDED = "not needed"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class Paired:
    """A code let somebody in, with `role`. `serves`: this chat is served from now on. `linked`: two accounts joined."""

    role: Role
    serves: bool
    linked: bool


class Unchanged(StrEnum):
    """Why a role stayed as it was."""

    LAST_OWNER = "last owner"
    SETTINGS = "settings"
    SAME = "same"
    RAISED = "raised"


class Admission:
    """The people of one bot. `clock` is the people's clock."""

    def __init__(self, access: Access, store: ChatStore, clock: Clock) -> None:
        self.access = access
        self._store = store
        self._clock = clock
        self.roster = Roster(access, store)
        self._pairing = Pairing(store, clock)
        # Tries are counted, and the last owner is found, before the next one is looked at.
        self._one_at_a_time = asyncio.Lock()

    async def first_codes(self, platforms: Iterable[str]) -> dict[str, str]:
        """A code for each of `platforms` that has no owner yet; those of an earlier start count no more."""
        await self.access.people.load()
        await self._pairing.forget_first()
        return {
            platform: await self._pairing.issue(Offer(LOCAL, "the terminal", Role.OWNER, "", platform, first=True))
            for platform in platforms
            if platform in CHATS and not self.access.owners(platform)
        }

    async def invite(self, actor: Actor, role: Role) -> str:
        """A code that gives `role` to whoever sends it."""
        is_known = actor.platform not in CHATS or self.access.standing_of(actor.key) is not None
        issuer = self.access.people.person(actor) if is_known else _BY_SERVER
        return await self._pairing.issue(Offer(issuer, actor.label, role))

    async def invite_self(self, actor: Actor) -> str | None:
        """A code that makes another account one of `actor`'s; None where nothing is known of this very person."""
        person = self.access.people.person(actor)
        if person != LOCAL and self.access.standing_of(actor.key) is None:
            return None
        return await self._pairing.issue(Offer(person, actor.label, links=person))

    async def redeem(self, actor: Actor, channel: Channel, code: str) -> Paired | Pairless:
        """Let `actor` in by `code`, once."""
        async with self._one_at_a_time:
            if self._pairing.is_silent(actor.key) or self._is_shut_out(actor):
                return Pairless.SILENT
            return await self._redeem(actor, channel, code)

    async def _redeem(self, actor: Actor, channel: Channel, code: str) -> Paired | Pairless:
        offer = await self._pairing.find(code, actor.platform)
        if offer is None or not self._stands(offer):
            self._pairing.note_wrong(actor.key)
            return Pairless.WRONG
        refusal = self._not_needed(actor, offer)
        if refusal is not None:
            return refusal
        if await self._pairing.take(code, actor.platform) is None:
            return Pairless.WRONG
        return await self._let_in(actor, channel, offer)

    async def set_role(self, by: Actor, subject: Actor, role: Role) -> Unchanged | None:
        """Give `subject` the role; NOBODY shuts them out. Why not, where it stays as it is."""
        async with self._one_at_a_time:
            unchanged = self._why_not(by, subject, role)
            if unchanged is None:
                await self._set_role(by, subject, role)
            return unchanged

    def _why_not(self, by: Actor, subject: Actor, role: Role) -> Unchanged | None:
        people, before = self.access.people, self.access.standing_of(subject.key)
        if before is not None and before.role is role:
            return Unchanged.SAME
        if people.person(by) == people.person(subject) and role > self.access.person_role(people.person(by)):
            return Unchanged.RAISED
        if self.access.granted.get(subject.key, Role.NOBODY) > role:
            return Unchanged.SETTINGS
        return Unchanged.LAST_OWNER if role is not Role.OWNER and self._is_last_owner(subject) else None

    async def _set_role(self, by: Actor, subject: Actor, role: Role) -> None:
        people = self.access.people
        if self._stems_from_another(subject, role):
            # Only this account changes: the others keep what the settings or this machine grant them.
            await people.part(subject.key)
        await people.give(subject, role, by.label, self._clock.now())
        await self._store.forget_stranger(subject.key)

    async def _let_in(self, actor: Actor, channel: Channel, offer: Offer) -> Paired:
        people, now = self.access.people, self._clock.now()
        serves = not self.access.serves_any(actor.platform)
        if offer.links:
            issuer = self._account_of(offer.issuer, offer.by)
            await people.link(actor, offer.links, issuer, offer.by, now)
        else:
            await people.give(actor, offer.role, offer.by, now)
        role = self.access.person_role(people.person(actor))
        serves = serves and role is Role.OWNER
        if serves:
            await people.serve(channel)
        await self._store.forget_stranger(actor.key)
        return Paired(role, serves, bool(offer.links))

    def _account_of(self, person: str, name: str) -> Account | None:
        """The one account of a person who is known by the settings alone."""
        if person == LOCAL or self.access.people.of(person) is not None:
            return None
        return Account(person, name.removeprefix("@"), self._clock.now(), "")

    def _stands(self, offer: Offer) -> bool:
        """A code is worth what its issuer may give at this moment: it does not outlive a role that was taken away."""
        if offer.issuer == _BY_SERVER:
            return True
        issuer = self.access.person_role(offer.issuer)
        return issuer > Role.NOBODY if offer.links else issuer is Role.OWNER

    def _is_shut_out(self, actor: Actor) -> bool:
        """Whom an owner shut out, an owner lets in again; a code that went around does not."""
        standing = self.access.standing_of(actor.key)
        return standing is not None and standing.role is Role.NOBODY

    def _not_needed(self, actor: Actor, offer: Offer) -> Pairless | None:
        standing = self.access.standing_of(actor.key)
        now = Role.NOBODY if standing is None else standing.role
        if not offer.links:
            return Pairless.NOT_NEEDED if now >= offer.role else None
        if self.access.people.person(actor) == offer.links:
            return Pairless.NOT_NEEDED
        return Pairless.HIGHER if now > self.access.person_role(offer.links) else None

    def _is_last_owner(self, subject: Actor) -> bool:
        owners = {owner for platform in CHATS for owner in self.access.owners(platform)}
        person = self.access.people.of(subject.key)
        theirs = {subject.key} if person is None else {account.key for account in person.accounts}
        return subject.key in owners and owners <= theirs

    def _stems_from_another(self, subject: Actor, role: Role) -> bool:
        person = self.access.people.of(subject.key)
        if person is None:
            return False
        others = [self.access.granted[a.key] for a in person.accounts if a.key in self.access.granted]
        return person.id == LOCAL or max(others, default=Role.NOBODY) > role
