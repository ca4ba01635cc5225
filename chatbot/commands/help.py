"""Where to begin, what there is, and questions in plain words."""

from __future__ import annotations

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Button, Reply, Role
from chatbot.present import marks
from chatbot.present.layout import prose

_COMMAND = Parameter("command", Kind.TEXT, "which command")
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
    """All commands the asker may use, or one in detail."""
    wanted = request.args.text.lstrip("/").split(" ")[0]
    if wanted:
        command = request.registry.get(wanted) or request.registry.nearest(wanted, request.role)
        return _unknown(wanted) if command is None else _one(command)
    usable = [command for command in request.registry if command.role <= request.role]
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(request.desk.world)} · Commands. More about one: /help buy",
            *(f"/{command.name} · {command.summary}" for command in usable),
            "Plain questions work too: what did we trade yesterday?",
        )
    )


async def ask(request: Request) -> Reply:
    """Free text, for platforms that want a command for it."""
    return await request.agent.answer(request.channel.key, request.args.text)


def _one(command: Command) -> Reply:
    needs = [
        f"{parameter.name}: {parameter.summary}"
        + (f" ({', '.join(parameter.choices)})" if parameter.choices else "")
        + ("" if parameter.required else ", optional")
        for parameter in command.parameters
    ]
    return Reply(
        text=prose(
            f"{marks.ANSWER} /{command.name} · {command.summary}.",
            *needs,
            f"Example: {command.example}",
            "" if command.read_only else "Nothing is traded before it is confirmed." if command.parameters else "",
        )
    )


def _unknown(name: str) -> Reply:
    return Reply(text=f"{marks.REFUSED} There is no /{name[:32]}. All commands: /help", ok=False)


COMMANDS = (
    Command("start", "Where to begin", "/start", Role.VIEWER, start),
    Command("help", "All commands, or one in detail", "/help buy", Role.VIEWER, help_, (_COMMAND,)),
    Command("ask", "A question in plain words", "/ask how did we do vs BTC?", Role.VIEWER, ask, (_QUESTION,)),
)
