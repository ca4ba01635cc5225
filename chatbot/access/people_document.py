"""How the people are written down: facts, and their JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from chatbot.message import Channel, Role
from trading.errors import Fatal


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a person: its `Actor.key`, its name when it was let in, when that was, and by whom."""

    key: str
    name: str
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with one or more accounts. `role` is None where only what the settings grant to an account counts."""

    id: str
    role: Role | None
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everybody, and the chats that are served because an owner paired there."""

    people: tuple[Person, ...] = ()
    served: tuple[Channel, ...] = ()


class _Account(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str
    name: str
    since: AwareDatetime
    by: str


class _Person(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    role: Role | None
    accounts: list[_Account]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    people: list[_Person] = []
    served: list[tuple[str, str]] = []


def document_to_json(document: Document) -> str:
    """`document` as it is kept."""
    people = [
        _Person(
            id=person.id,
            role=person.role,
            accounts=[_Account(key=a.key, name=a.name, since=a.since, by=a.by) for a in person.accounts],
        )
        for person in document.people
    ]
    served = [(channel.platform, channel.id) for channel in document.served]
    return _Document(people=people, served=served).model_dump_json()


def document_from_json(text: str) -> Document:
    """What `document_to_json` wrote. Raises Fatal for anything else: roles are not guessed."""
    try:
        read = _Document.model_validate_json(text)
    except ValidationError:
        raise Fatal("The list of people in chat.db is damaged; restore a backup, or remove the file.") from None
    people = (
        Person(person.id, person.role, tuple(Account(a.key, a.name, a.since, a.by) for a in person.accounts))
        for person in read.people
    )
    return Document(tuple(people), tuple(Channel(platform, id_) for platform, id_ in read.served))
