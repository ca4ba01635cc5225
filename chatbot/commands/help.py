"""Where to begin, what there is, and questions in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.commands.arguments import CONFIRM, Kind, Parameter, typed_choices
from chatbot.commands.registry import Command, Request
from chatbot.commands.subjects import subject_called, subjects_for
from chatbot.message import Button, Reply, Role
from chatbot.present import marks
from chatbot.present.layout import block, prose, table, wrapped

_COMMAND = Parameter("command", Kind.TEXT, "a command or a subject, or all")
_MORE = wrapped("Every command: /help all. One in detail: /help buy")
_QUESTION = Parameter("question", Kind.TEXT, "your question", required=True)


async def start(request: Request) -> Reply:
    """What this is and where to begin."""
    world = request.desk.world
    money = "real money" if world.mode == "LIVE" else "paper money"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.place(world)} · Ready.",
            f"This keeps and trades a crypto portfolio with {money}, in {world.quote}.",
            "Ask in plain words (how did we do vs BTC?), or use a command: /status, /rebalance, /help.",
        ),
        buttons=(Button("Status", "do:/status"), Button("Performance", "do:/performance"), Button("Help", "do:/help")),
    )


async def help_(request: Request) -> Reply:
    """The subjects; the commands of one of them, or of all; or one command in detail."""
    wanted = request.args.text.lstrip("/").split(" ")[0]
    if not wanted:
        return _subjects(request)
    command, subject = request.registry.get(wanted), subject_called(wanted)
    if command is not None:
        return _one(command)
    if subject is not None:
        return _listed(request, subject.title, subject.usable(request.registry, request.role))
    if wanted.lower() == "all":
        return _listed(request, "All commands", [each for each in request.registry if each.role <= request.role])
    near = request.registry.nearest(wanted, request.role)
    return _unknown(wanted) if near is None else _one(near)


async def ask(request: Request) -> Reply:
    """Free text, for platforms that want a command for it."""
    return await request.agent.answer(request.channel.key, request.args.text)


def _subjects(request: Request) -> Reply:
    """What there is, a line for each subject, with a button that opens it."""
    subjects = subjects_for(request.registry, request.role)
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(request.desk.world)} · Ask in plain words, or press a subject.",
            "For example: how did we do vs BTC? At a glance: /status",
        ),
        card=block(table([(subject.title, subject.summary) for subject in subjects], "<<"), _MORE),
        buttons=tuple(Button(subject.title, f"do:/help {subject.name}") for subject in subjects),
    )


def _listed(request: Request, title: str, commands: Sequence[Command]) -> Reply:
    example = commands[0].name if commands else "buy"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(request.desk.world)} · {title}",
            *(f"/{command.name} · {command.summary}" for command in commands),
            f"More about one: /help {example}",
        ),
        buttons=(Button("All subjects", "do:/help"),),
    )


def _one(command: Command) -> Reply:
    needs = [_need(parameter) for parameter in command.parameters if parameter.choices != (CONFIRM,)]
    return Reply(
        text=prose(
            f"{marks.ANSWER} /{command.name} · {command.summary}.",
            *needs,
            f"Example: {command.example}",
            "" if command.read_only else "Nothing is traded before it is confirmed." if command.parameters else "",
        )
    )


def _need(parameter: Parameter) -> str:
    choices = f" ({', '.join(typed_choices(parameter))})" if parameter.choices else ""
    return f"{parameter.name}: {parameter.summary}{choices}{'' if parameter.required else ', optional'}"


def _unknown(name: str) -> Reply:
    return Reply(text=f"{marks.REFUSED} There is no /{name[:32]}. All commands: /help", ok=False)


COMMANDS = (
    Command("start", "Where to begin", "/start", Role.VIEWER, start),
    Command("help", "What there is to ask and do, or one in detail", "/help buy", Role.VIEWER, help_, (_COMMAND,)),
    Command("ask", "A question in plain words", "/ask how did we do vs BTC?", Role.VIEWER, ask, (_QUESTION,)),
)
