"""What a platform with typed commands needs to know of ours: a neutral declaration, free of any library."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_NAME = re.compile(r"[a-z0-9_]{1,32}")

Suggest = Callable[[str], Sequence[str]]
"""What was typed so far -> values to offer, best first. It must not wait for anything."""


@dataclass(frozen=True, slots=True)
class SlashParameter:
    """One option of a command; its value is always text.

    `choices` is a closed list, `autocomplete` an open one; a parameter has at most one of them.
    """

    name: str
    summary: str
    required: bool = False
    choices: tuple[str, ...] = ()
    autocomplete: Suggest | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or not self.name.isidentifier():
            raise ValueError(f"parameter {self.name!r}: use at most 32 lower-case letters, digits and underscores")
        if self.choices and self.autocomplete is not None:
            raise ValueError(f"parameter {self.name!r}: give choices or autocomplete, not both")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command as the platform registers it. Required parameters come before optional ones."""

    name: str
    summary: str
    parameters: tuple[SlashParameter, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"/{self.name}: use at most 32 lower-case letters, digits and underscores")
        required = [parameter.required for parameter in self.parameters]
        if required != sorted(required, reverse=True):
            raise ValueError(f"/{self.name}: put required parameters before optional ones")
