"""From words to a command's reply: find it, check the role, read its arguments, run it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chatbot.access.admission import Admission
from chatbot.commands.arguments import Arguments, Kind, Parameter, Problem, Surroundings, read_arguments
from chatbot.commands.registry import Answers, Command, Registry, Request
from chatbot.message import Actor, Button, Channel, Progress, Reply, Role
from chatbot.notices.preferences import Preferences
from chatbot.present import marks
from chatbot.present.charts import Charts
from chatbot.present.layout import prose
from trading.clock import Clock
from trading.contract import Desk

_BUTTON_BYTES = 64
_SHARES = ("10%", "25%", "50%", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """Words from a person whose role is known."""

    actor: Actor
    channel: Channel
    role: Role
    text: str
    structured: dict[str, str] | None = None
    progress: Progress | None = None


class Dispatcher:
    """Runs commands and hands free text to whoever answers it."""

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        agent: Answers,
        charts: Charts,
        clock: Clock,
        admission: Admission,
        preferences: Preferences,
    ) -> None:
        self._desk = desk
        self._registry = registry
        self._agent = agent
        self._charts = charts
        self._clock = clock
        self._admission = admission
        self._preferences = preferences

    def command(self, text: str) -> Command | None:
        """The command that `text` names: "/status", "/status@bot", or a read-only one's bare name."""
        question = _asked_by_command(text)
        if question is not None:
            return self._wished(question) or self._registry.get("ask")
        first = text.split(maxsplit=1)[0] if text.split() else ""
        if first.startswith("/"):
            return self._registry.get(first[1:].split("@")[0])
        bare = self._registry.get(text.strip())
        return bare if bare is not None and bare.read_only else self._wished(text)

    def _wished(self, text: str) -> Command | None:
        """The command that `text` wishes in free words, where it only shows something or asks for a press."""
        line = self._agent.wished(text)
        command = self._registry.get(line.split()[0][1:]) if line else None
        return command if command is not None and (command.read_only or command.previews) else None

    def acts(self, text: str) -> bool:
        """Whether `text` names a command that may change something."""
        command = self.command(text)
        return command is not None and not command.read_only

    def must_be_typed(self, text: str) -> bool:
        """Whether `text` counts only when a person wrote it."""
        command = self.command(text)
        return command is not None and command.typed and len(text.split()) > 1

    async def answer(self, asked: Asked) -> Reply:
        """The reply to `asked`. Raises what the desk raises."""
        command = self.command(asked.text)
        if command is not None:
            return await self._run(command, asked)
        if asked.text.startswith("/"):
            return self._mistyped(asked)
        return await self._agent.answer(asked.channel.key, asked.text)

    async def _run(self, command: Command, asked: Asked) -> Reply:
        if command.role > asked.role:
            return _not_your_role(command, asked.role)
        question = _asked_by_command(asked.text)
        if question is not None and command.name != "ask":
            # "/ask buy 50 of btc" is the same as the words alone.
            asked = replace(asked, text=question, structured=None)
        line = asked.text if self._is_named(command, asked.text) else self._agent.wished(asked.text) or asked.text
        words = line.split(maxsplit=1)[1] if len(line.split()) > 1 else ""
        args = self._arguments(command, words, asked.structured)
        if isinstance(args, Problem):
            return self._problem(command, args)
        return await command.handler(self._request(args, asked))

    def _is_named(self, command: Command, text: str) -> bool:
        """Whether `text` names the command itself, rather than wish it in other words."""
        return text.startswith("/") or self._registry.get(text.strip()) is command

    def _arguments(self, command: Command, words: str, structured: dict[str, str] | None) -> Arguments | Problem:
        if not command.parameters and command.read_only:
            return Arguments()  # "/status please" means /status; only trading commands are strict.
        around = Surroundings(self._desk.symbols(), self._desk.world.quote, self._desk.window)
        return read_arguments(command.parameters, words, structured, around)

    def _request(self, args: Arguments, asked: Asked) -> Request:
        return Request(
            actor=asked.actor,
            channel=asked.channel,
            role=asked.role,
            args=args,
            desk=self._desk,
            charts=self._charts,
            clock=self._clock,
            agent=self._agent,
            registry=self._registry,
            admission=self._admission,
            preferences=self._preferences,
            progress=asked.progress,
        )

    def _mistyped(self, asked: Asked) -> Reply:
        name = asked.text.split()[0][1:].split("@")[0][:32]
        near = self._registry.nearest(name, asked.role)
        if near is None:
            return Reply(
                text=f"{marks.REFUSED} There is no /{name}. All commands: /help",
                buttons=(Button("Help", "do:/help"),),
                ok=False,
            )
        return Reply(
            text=f"{marks.REFUSED} There is no /{name}. Did you mean /{near.name}? {near.summary}.",
            buttons=(Button(f"/{near.name}", f"do:/{near.name}"),),
            ok=False,
        )

    def _problem(self, command: Command, problem: Problem) -> Reply:
        return Reply(
            text=prose(f"{marks.REFUSED} {problem.sentence}", f"For example: {command.example}"),
            buttons=self._choices(command, problem.missing, problem.understood) if problem.missing else (),
            ok=False,
        )

    def _choices(self, command: Command, missing: Parameter, words: str) -> tuple[Button, ...]:
        """Buttons that complete the command with what was understood of it so far."""
        bases = tuple(instrument.base for instrument in self._desk.symbols())[:8]
        offered = {Kind.SYMBOL: bases, Kind.AMOUNT: _SHARES}.get(missing.kind, missing.choices)
        buttons = (Button(word, f"do:/{command.name} {' '.join([*words.split(), word])}") for word in offered)
        return tuple(button for button in buttons if len(button.id.encode()) <= _BUTTON_BYTES and button.id.isascii())


def _asked_by_command(text: str) -> str | None:
    """The question behind "/ask"; None for any other text."""
    first, _, rest = text.partition(" ")
    return rest.strip() if first.lower().split("@")[0] == "/ask" and rest.strip() else None


def _not_your_role(command: Command, role: Role) -> Reply:
    needed, has = command.role.name.lower(), role.name.lower()
    article = "an" if needed[0] in "aeiou" else "a"
    return Reply(text=f"{marks.REFUSED} /{command.name} is for {article} {needed}; you are a {has} here.", ok=False)
