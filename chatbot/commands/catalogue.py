"""Every command there is, in the order of the menus."""

from __future__ import annotations

from chatbot.commands import account, control, help, report, safety, trade
from chatbot.commands.registry import Registry


def catalogue() -> Registry:
    """The registry of all commands."""
    groups = (account, report, trade, control, safety, help)
    return Registry(command for group in groups for command in group.COMMANDS)
