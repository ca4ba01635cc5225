"""Every command there is, in the order of the menus."""

from __future__ import annotations

from chatbot.commands import (
    account,
    books,
    control,
    controls,
    cycles,
    help,
    notices,
    people,
    report,
    running,
    safety,
    trade,
)
from chatbot.commands.registry import Registry


def catalogue() -> Registry:
    """The registry of all commands."""
    groups = (account, books, report, cycles, trade, control, controls, running, safety, people, notices, help)
    return Registry(command for group in groups for command in group.COMMANDS)
