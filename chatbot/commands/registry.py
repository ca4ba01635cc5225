"""Commands, each declared once: the menus, the help, the hints and the parsing all come from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz, process

from chatbot.access.admission import Admission
from chatbot.commands.arguments import Arguments, Parameter
from chatbot.message import Actor, Channel, Progress, Reply, Role
from chatbot.notices.preferences import Preferences
from chatbot.present.charts import Charts
from trading.clock import Clock
from trading.contract import Desk

_CLOSE_ENOUGH = 60


class Answers(Protocol):
    """Whoever answers free text."""

    async def answer(self, channel_key: str, text: str) -> Reply:
        """An answer from the books, or one sentence that says what can be asked."""
        ...

    def wished(self, text: str) -> str | None:
        """The one command line that `text` says in other words ("/buy $50 BTC"); None where it says none."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A command as asked: by whom, where, with which arguments, and what its handler may use."""

    actor: Actor
    channel: Channel
    role: Role
    args: Arguments
    desk: Desk
    charts: Charts
    clock: Clock
    agent: Answers
    registry: Registry
    admission: Admission
    preferences: Preferences
    progress: Progress | None = None
    """Shows how far a long command is, where the platform can; see `Incoming`."""


Handler = Callable[[Request], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """One declaration. `summary` fits a menu (100 characters); `example` is what a person would type."""

    name: str
    summary: str
    example: str
    role: Role
    handler: Handler
    parameters: tuple[Parameter, ...] = ()
    read_only: bool = True
    typed: bool = False
    """What follows its name counts only when a person wrote it: no button carries it."""
    previews: bool = False
    """Ends in a preview that a person must press, or in a refusal: a wish in free words may run it."""


class Registry:
    """The commands, in the order in which help shows them."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self._commands: dict[str, Command] = {}
        for command in commands:
            if command.name in self._commands:
                raise ValueError(f"the command /{command.name} is declared twice; keep one declaration")
            self._commands[command.name] = command

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def get(self, name: str) -> Command | None:
        """The command called `name`, any case, without the slash."""
        return self._commands.get(name.lower())

    def nearest(self, name: str, role: Role) -> Command | None:
        """The command most like a mistyped `name`, among those `role` may use; None where none is like it."""
        names = [command.name for command in self if command.role <= role]
        found = process.extractOne(name.lower(), names, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
        return self._commands[found[0]] if found else None

    def menu(self) -> tuple[tuple[str, str], ...]:
        """Name and summary of every command."""
        return tuple((command.name, command.summary) for command in self)
