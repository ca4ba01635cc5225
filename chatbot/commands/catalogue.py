"""Every command there is, in the order of the menus."""

from __future__ import annotations

from chatbot.commands import account, control, help, report, trade
from chatbot.commands.registry import Registry


def catalogue() -> Registry:
    """The registry of all commands."""
    return Registry((*account.COMMANDS, *report.COMMANDS, *trade.COMMANDS, *control.COMMANDS, *help.COMMANDS))
