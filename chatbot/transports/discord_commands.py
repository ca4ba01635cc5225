"""Our command declarations as Discord application commands, registered only when they differ from what Discord has."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import discord
from discord import app_commands

from chatbot.transports.slash import SlashCommand, SlashParameter, Suggest

SUMMARY_LIMIT = 100
CHOICE_LIMIT = 25
COMMAND_LIMIT = 100

Invoke = Callable[["discord.Interaction[Any]", SlashCommand, dict[str, str]], None]
"""Called with the interaction, the command and the options given; it must return at once."""

logger = logging.getLogger(__name__)


class Tree(app_commands.CommandTree["discord.Client"]):
    """Tells people whose menu still shows a command that is gone."""

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        logger.warning("Discord command not run: %s", error)
        if isinstance(error, app_commands.CommandNotFound) and not interaction.response.is_done():
            await interaction.response.send_message(
                "❌ This command no longer exists. Type / to see the current ones.", ephemeral=True
            )


def command_tree(
    client: discord.Client,
    commands: Sequence[SlashCommand],
    invoke: Invoke,
    guild: discord.Object | None,
    direct_messages: bool,
) -> Tree:
    """The tree of `commands`, in one guild or, where none is given, in all and perhaps in direct messages."""
    contexts = app_commands.AppCommandContext(guild=True, dm_channel=direct_messages, private_channel=False)
    tree = Tree(client, allowed_contexts=contexts if guild is None else discord.utils.MISSING)
    for command in commands[:COMMAND_LIMIT]:
        tree.add_command(_application_command(command, invoke), guild=guild)
    if len(commands) > COMMAND_LIMIT:
        left_out = ", ".join(command.name for command in commands[COMMAND_LIMIT:])
        logger.warning("Discord takes %d commands; mention the bot to use: %s.", COMMAND_LIMIT, left_out)
    return tree


async def register(tree: Tree, guild: discord.Object | None) -> None:
    """Make Discord's list equal to ours; with a guild, leftovers among the global commands go too."""
    for where in (None, guild) if guild is not None else (None,):
        known = await tree.fetch_commands(guild=where)
        wanted = tree.get_commands(guild=where, type=discord.AppCommandType.chat_input)
        contexts = tree.allowed_contexts if where is None else None
        if sorted(map(_known, known)) != sorted(_wanted(command, contexts) for command in wanted):
            await tree.sync(guild=where)
            logger.info("Registered %d Discord commands.", len(wanted))


def _application_command(command: SlashCommand, invoke: Invoke) -> app_commands.Command[Any, Any, None]:
    async def call(interaction: discord.Interaction[Any], **options: str | None) -> None:
        invoke(interaction, command, {name: value for name, value in options.items() if value is not None})

    # The library reads parameters off a signature: ours are only known at run time, so we write one.
    call.__signature__ = inspect.Signature([_INTERACTION, *map(_signature, command.parameters)])  # type: ignore[attr-defined]
    callback: Any = call
    for dress in _dresses(command.parameters):
        callback = dress(callback)
    return app_commands.Command(name=command.name, description=_summary(command.summary), callback=callback)


_INTERACTION = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction)


def _signature(parameter: SlashParameter) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    if parameter.required:
        return inspect.Parameter(parameter.name, kind, annotation=str)
    return inspect.Parameter(parameter.name, kind, default=None, annotation=str | None)


def _dresses(parameters: Sequence[SlashParameter]) -> list[Callable[[Any], Any]]:
    """The library's decorators for descriptions, choices and autocompletion."""
    if not parameters:
        return []
    closed = [parameter for parameter in parameters if 0 < len(parameter.choices) <= CHOICE_LIMIT]
    choices = {parameter.name: _choices(parameter.choices) for parameter in closed}
    offers = {parameter.name: _offer(parameter) for parameter in parameters if parameter not in closed}
    suggestions: dict[str, Any] = {name: _suggestions(suggest) for name, suggest in offers.items() if suggest}
    return [
        app_commands.describe(**{parameter.name: _summary(parameter.summary) for parameter in parameters}),
        app_commands.choices(**choices),
        app_commands.autocomplete(**suggestions),
    ]


def _offer(parameter: SlashParameter) -> Suggest | None:
    """A list too long for a closed one is offered while typing."""
    if not parameter.choices:
        return parameter.autocomplete
    return lambda typed: [choice for choice in parameter.choices if typed.strip().lower() in choice.lower()]


def _suggestions(
    suggest: Suggest,
) -> Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return _choices(suggest(typed))

    return offer


def _choices(values: Sequence[str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=value[:100], value=value[:100]) for value in values[:CHOICE_LIMIT] if value]


def _summary(text: str) -> str:
    """Discord wants 1 to 100 characters."""
    return text if 0 < len(text) <= SUMMARY_LIMIT else f"{text[: SUMMARY_LIMIT - 1]}…"


_Fingerprint = tuple[str, ...]


def _wanted(command: Any, contexts: app_commands.AppCommandContext | None) -> _Fingerprint:
    parameters = (
        (p.name, p.description, p.required, p.autocomplete, [(c.name, c.value) for c in p.choices])
        for p in command.parameters
    )
    return (command.name, command.description, _places(contexts.to_array() if contexts else ()), *map(repr, parameters))


def _known(command: app_commands.AppCommand) -> _Fingerprint:
    parameters = (
        (o.name, o.description, o.required, o.autocomplete, [(c.name, c.value) for c in o.choices])
        for o in command.options
        if isinstance(o, app_commands.Argument)
    )
    contexts = command.allowed_contexts if command.guild_id is None else None
    return (command.name, command.description, str(contexts.value if contexts else 0), *map(repr, parameters))


def _places(contexts: Sequence[int]) -> str:
    """Where a global command is offered, read as the library reads Discord's answer, which loses the first kind."""
    return str(discord.flags.AppCommandContext._from_value(contexts).value)
