"""The texts that go to the model, from files that people can read and change.

The snapshot is data that the core computed. The thesis is what a model wrote in an earlier cycle, so it is
untrusted: it is taken out of the snapshot and put between marks that its own text cannot contain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from trading.errors import Fatal


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `role` is "system", "user" or "assistant"."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class RebalancePrompt:
    """The three texts of a rebalance: the rules, the question with its snapshot, and the repair."""

    rules: Template
    question: Template
    repair: Template

    @classmethod
    def load(cls, folder: Path) -> RebalancePrompt:
        """Read `rebalance*.md` from `folder`. Raises Fatal with one sentence."""
        return cls(
            rules=Template(read_prompt(folder / "rebalance.md")),
            question=Template(read_prompt(folder / "rebalance_question.md")),
            repair=Template(read_prompt(folder / "rebalance_repair.md")),
        )

    def ask(self, snapshot: str, symbols: Sequence[str], held: Sequence[str]) -> list[Message]:
        """The first ask. `snapshot` is a JSON object as text; a `thesis` in it is fenced."""
        facts: dict[str, Any] = json.loads(snapshot)
        thesis = str(facts.pop("thesis", "") or "")
        question = self.question.substitute(
            symbols=", ".join(symbols),
            held=", ".join(held) or "none",
            snapshot=json.dumps(facts, separators=(",", ":"), ensure_ascii=False),
            thesis=fenced(thesis or "There is none yet."),
        )
        return [Message("system", self.rules.substitute()), Message("user", question)]

    def ask_again(self, asked: Sequence[Message], answer: str, errors: Sequence[str]) -> list[Message]:
        """The repair: the same conversation, the answer as it came, and what is wrong with it."""
        listed = "\n".join(f"- {error}" for error in errors)
        repair = self.repair.substitute(errors=listed)
        return [*asked, Message("assistant", answer or "(no answer)"), Message("user", repair)]


def read_prompt(path: Path) -> str:
    """A prompt file's text. Raises Fatal with one sentence."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fatal(
            f"the prompt {path} cannot be read ({type(error).__name__}); restore it from the release"
        ) from error


def fenced(text: str) -> str:
    """`text` between two marks that it cannot contain: they are named after its own digest."""
    mark = f"QUOTED-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return f"<<<{mark}\n{text}\n{mark}>>>"
