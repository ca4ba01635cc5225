"""Our command declarations as platforms with typed commands want them."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Registry
from chatbot.transports.slash import SlashCommand, SlashParameter, Suggest
from trading.domain.market import Instrument

_SPANS = ("today", "yesterday", "this week", "last week", "this month", "last month", "last 30 days", "all")
_SIZES = ("10%", "25%", "50%", "all")


def slash_commands(registry: Registry, instruments: Sequence[Instrument]) -> tuple[SlashCommand, ...]:
    """Every command with its typed options; coins, spans of time and sizes are offered while typing."""
    bases = tuple(instrument.base for instrument in instruments)
    return tuple(
        SlashCommand(command.name, command.summary, tuple(_parameter(p, bases) for p in command.parameters))
        for command in registry
    )


def _parameter(parameter: Parameter, bases: Sequence[str]) -> SlashParameter:
    offered = {Kind.SYMBOL: bases, Kind.WINDOW: _SPANS, Kind.AMOUNT: _SIZES}.get(parameter.kind)
    return SlashParameter(
        parameter.name,
        parameter.summary[:100],
        parameter.required,
        choices=parameter.choices,
        autocomplete=_beginning(offered) if offered else None,
    )


def _beginning(offered: Sequence[str]) -> Suggest:
    return lambda typed: [word for word in offered if word.lower().startswith(typed.strip().lower())]
