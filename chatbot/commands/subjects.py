"""The commands by subject, as help shows them: nobody reads sixty lines on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.commands.registry import Command, Registry
from chatbot.message import Role


@dataclass(frozen=True, slots=True)
class Subject:
    """What belongs together. `name` is no command's, so that "/help results" and "/help risk" cannot be mixed up."""

    name: str
    summary: str
    commands: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.name.capitalize()

    def usable(self, registry: Registry, role: Role) -> list[Command]:
        """Those of its commands that `role` may use."""
        found = (registry.get(name) for name in self.commands)
        return [command for command in found if command is not None and command.role <= role]


SUBJECTS = (
    Subject("money", "what is held", ("status", "portfolio", "positions", "balance", "allocation", "exposure")),
    Subject(
        "results",
        "profit, charts, costs",
        ("pnl", "profit", "performance", "compare", "chart", "report", "fees", "costs"),
    ),
    Subject("trading", "buy, sell, rebalance", ("buy", "sell", "close", "rebalance", "pending", "plan", "thesis")),
    Subject("records", "orders and trades", ("trades", "trade", "orders", "order", "cycle", "cancel", "export")),
    Subject(
        "protection",
        "stops, targets, limits",
        ("risk", "limits", "threshold", "stops", "stop", "target", "alerts", "alert", "unalert"),
    ),
    Subject("emergency", "pause, halt, sell all", ("pause", "halt", "resume", "flatten", "panic")),
    Subject("times", "schedule, notices", ("schedule", "skip", "timezone", "notify", "quiet")),
    Subject("people", "who may do what", ("whoami", "users", "pair", "role", "audit")),
    Subject("program", "state, LIVE, help", ("health", "version", "live", "reconcile", "start", "help", "ask")),
)


def subject_called(name: str) -> Subject | None:
    """The subject with that name, any case."""
    return next((subject for subject in SUBJECTS if subject.name == name.lower()), None)


def subjects_for(registry: Registry, role: Role) -> Sequence[Subject]:
    """Those that hold something `role` may use."""
    return [subject for subject in SUBJECTS if subject.usable(registry, role)]
