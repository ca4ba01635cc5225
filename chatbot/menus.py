"""Our command declarations as platforms with typed commands want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Registry
from chatbot.commands.subjects import SUBJECTS
from chatbot.commands.symbols import ALIASES
from chatbot.commands.zones import nearest_zones
from chatbot.transports.slash import SlashCommand, SlashParameter, Suggest
from trading.domain.market import Instrument

_SPANS = ("today", "yesterday", "this week", "last week", "this month", "last month", "last 30 days", "all")
_SIZES = ("10%", "25%", "50%", "all")
_SUMMARY_LIMIT = 100


def slash_commands(registry: Registry, instruments: Sequence[Instrument]) -> tuple[SlashCommand, ...]:
    """Every command with its typed options; coins, spans of time, sizes and the like are offered while typing."""
    helped = (*(command.name for command in registry), *(subject.name for subject in SUBJECTS))
    offers = _Offers(tuple(instrument.base for instrument in instruments), helped)
    return tuple(_slash_command(command, offers) for command in registry)


def _slash_command(command: Command, offers: _Offers) -> SlashCommand:
    # Discord wants what must be given first; how we read it does not depend on the order.
    ordered = sorted(command.parameters, key=lambda parameter: not parameter.required)
    return SlashCommand(command.name, command.summary, tuple(_parameter(each, offers) for each in ordered))


def _parameter(parameter: Parameter, offers: _Offers) -> SlashParameter:
    summary = parameter.summary[:_SUMMARY_LIMIT]
    if parameter.kind is Kind.CHOICE:
        return SlashParameter(parameter.name, summary, parameter.required, choices=parameter.choices)
    return SlashParameter(parameter.name, summary, parameter.required, autocomplete=offers.of(parameter))


@dataclass(frozen=True, slots=True)
class _Offers:
    """What can be offered: the coins traded, by their bases, and what there is help on, by name."""

    bases: tuple[str, ...]
    commands: tuple[str, ...]

    def of(self, parameter: Parameter) -> Suggest | None:
        """What is offered for `parameter` while it is typed; None where only the person can know."""
        match parameter.kind:
            case Kind.SYMBOL:
                return self._coins
            case Kind.WINDOW:
                return _containing(parameter.choices or _SPANS)
            case Kind.AMOUNT:
                return _sizes
            case Kind.ZONE:
                return lambda typed: [*_containing(parameter.choices)(typed), *(nearest_zones(typed) if typed else ())]
            case Kind.TEXT if parameter.name == "command":
                return _containing(self.commands)
            case _:
                return _containing(parameter.choices) if parameter.choices else None

    def _coins(self, typed: str) -> list[str]:
        """By base, or by the name that people give it."""
        low = typed.strip().lower()
        named = {base for name, base in ALIASES.items() if low and name.startswith(low)}
        return [base for base in self.bases if base.lower().startswith(low) or base in named]


def _containing(words: Sequence[str]) -> Suggest:
    """Those of `words` that begin with what is typed, then those that contain it."""

    def suggest(typed: str) -> list[str]:
        low = typed.strip().lower()
        found = [word for word in words if low in word.lower()]
        return sorted(found, key=lambda word: not word.lower().startswith(low))

    return suggest


def _sizes(typed: str) -> Sequence[str]:
    """The usual shares; a bare number as a sum and as a share."""
    number = typed.strip().lstrip("$").rstrip("%")
    if not number.isascii() or not number.isdecimal():
        return _containing(_SIZES)(typed) if typed.strip() else list(_SIZES)
    share = [f"{number}%"] if 0 < int(number[:4]) <= 100 else []
    return share if typed.strip().endswith("%") else [f"${number}", *share]
