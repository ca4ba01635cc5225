"""Questions about the program, its words and its commands, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """How we stand."""


@dataclass(frozen=True, slots=True)
class WorldAsked:
    """Whether money is real here, and where it is traded."""


@dataclass(frozen=True, slots=True)
class ScheduleAsked:
    """Whether it trades, when it decides next, and what it decided last."""


@dataclass(frozen=True, slots=True)
class HealthAsked:
    """Whether the program itself is well."""


@dataclass(frozen=True, slots=True)
class EventsAsked:
    """What the journal wrote last."""


@dataclass(frozen=True, slots=True)
class ThesisAsked:
    """What the decider thinks of the market."""


@dataclass(frozen=True, slots=True)
class Explain:
    """What a word means."""

    term: str


@dataclass(frozen=True, slots=True)
class HowTo:
    """How something is done here: the command's name."""

    command: str


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked."""
