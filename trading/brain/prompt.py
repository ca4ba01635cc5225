"""The texts that go to the model, from files that people can read and change.

The figures are what the core computed. The thesis, and whatever else is quoted, was written by a model or comes from
outside: it is cut to a length and put between marks that its own text cannot contain.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from trading.brain.request import PlanRequest
from trading.errors import Fatal

VERSION = 2
"""Of the answer that the rules ask for; the first line of `rebalance.md` must name it."""

LONGEST_QUOTE = 2_000
"""Characters of one quotation."""

_HEADING = re.compile(r"# .+, version (\d+)\n")
_FILES: Mapping[str, frozenset[str]] = {
    "rebalance.md": frozenset(),
    "rebalance_question.md": frozenset({"cycle_id", "snapshot_hash", "symbols", "held", "facts", "quoted"}),
    "rebalance_repair.md": frozenset({"errors"}),
}
"""Each file with its placeholders."""


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
        rules, question, repair = (_template(folder / name, holes) for name, holes in _FILES.items())
        _check_version(folder / "rebalance.md", rules.template)
        return cls(rules, question, repair)

    def ask(self, request: PlanRequest) -> list[Message]:
        """The first ask: the rules, and the figures with everything that is quoted below them."""
        held = [f"{symbol} {weight:.4f}" for symbol, weight in request.weights.items() if weight]
        question = self.question.substitute(
            cycle_id=request.cycle_id,
            snapshot_hash=request.snapshot_hash,
            symbols=", ".join(request.allowed),
            held=", ".join(held) or "none",
            facts=request.facts,
            quoted="\n\n".join(f"{name[:1].upper()}{name[1:]}:\n{fenced(text)}" for name, text in _quotations(request)),
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
            f"the prompt {path} cannot be read ({type(error).__name__}); "
            "restore it from the release, or copy every file of data/prompts to PROMPTS_DIR"
        ) from error


def fenced(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The first `longest` characters of `text` between two marks that it cannot contain: its own digest is in them."""
    # Half a character cannot be sent to any server.
    sound = text.encode("utf-8", "replace").decode("utf-8")
    mark = f"QUOTED-{hashlib.sha256(sound.encode('utf-8')).hexdigest()[:16]}"
    cut = f"{sound[:longest]} (cut here)" if len(sound) > longest else sound
    return f"<<<{mark}\n{cut}\n{mark}>>>"


def _quotations(request: PlanRequest) -> Sequence[tuple[str, str]]:
    return [("the running thesis", request.thesis or "There is none yet."), *(request.quoted or {}).items()]


def _template(path: Path, wanted: frozenset[str]) -> Template:
    """The file at `path`, which must have exactly the placeholders `wanted`."""
    template = Template(read_prompt(path))
    if not template.is_valid():
        raise Fatal(f"the prompt {path} has a $ that begins no placeholder; write $$ where a dollar sign is meant")
    found = set(template.get_identifiers())
    missing, unknown = sorted(wanted - found), sorted(found - wanted)
    if missing or unknown:
        wrong = f"lacks ${missing[0]}" if missing else f"has ${unknown[0]}, which nothing fills"
        allowed = ", ".join(f"${name}" for name in sorted(wanted)) or "none"
        raise Fatal(f"the prompt {path} {wrong}; its placeholders must be: {allowed}")
    return template


def _check_version(path: Path, text: str) -> None:
    heading = _HEADING.match(text)
    if heading is None or int(heading[1]) != VERSION:
        raise Fatal(
            f'the prompt {path} does not begin with a line like "# Rebalance, version {VERSION}"; '
            "it asks for another answer than this program reads, so begin again from data/prompts/rebalance.md"
        )
