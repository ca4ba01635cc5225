"""Wishes to act, as data. Nothing is done by any of them: a command previews, or a button asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class WishToAct:
    """A wish to trade or to switch: the commands that would do it, or none and a sentence on what is missing.

    The first command is what was wished; further ones are other ways to read it.
    """

    command: str
    missing: str = ""
    others: tuple[str, ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(command for command in (self.command, *self.others) if command)


@dataclass(frozen=True, slots=True)
class SetStops:
    """A stop or a target for every position: `kind` is "stop" or "target", `level` as the command reads it."""

    kind: str
    level: str


class Lacks(StrEnum):
    """What a wish leaves open."""

    COIN = "coin"
    HELD_COIN = "held coin"
    SHARE = "share"
    LEVEL = "level"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Unclear:
    """A wish that leaves something open; `command` has "{}" where each choice goes.

    Of a currency that may not be ours, `name` is its code.
    """

    lacks: Lacks
    command: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a read-only command shows whole: "/alerts", "/chart BTC"."""

    command: str


def command_of(query: object) -> str | None:
    """The one command line that a query comes to; None where it comes to none, to several, or leaves anything open."""
    match query:
        case LookUp():
            return query.command
        case WishToAct(missing="", others=()) if query.command:
            return query.command
    return None
