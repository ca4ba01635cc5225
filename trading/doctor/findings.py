"""What a check found, and how it is told: the worst first, one line each, and at the end what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is; larger is worse."""

    OK = 0
    NOTE = 1
    """Worth knowing; nothing stops."""
    FAIL = 2
    """The configured mode cannot run, or a part of it that was asked for."""


_MARKS = {Level.OK: "✅ ok  ", Level.NOTE: "▫️ note", Level.FAIL: "❌ FAIL"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at in a word or two, `detail` is one short sentence; of a failure also what to do."""

    level: Level
    what: str
    detail: str


def ok(what: str, detail: str) -> Finding:
    return Finding(Level.OK, what, detail)


def note(what: str, detail: str) -> Finding:
    return Finding(Level.NOTE, what, detail)


def fail(what: str, detail: str) -> Finding:
    return Finding(Level.FAIL, what, detail)


def can_run(findings: Sequence[Finding]) -> bool:
    """Whether nothing failed."""
    return all(finding.level is not Level.FAIL for finding in findings)


def as_text(findings: Sequence[Finding], mode: str) -> str:
    """The report on `mode` ("PAPER")."""
    worst_first = sorted(findings, key=lambda finding: -finding.level)
    lines = [f"{_MARKS[finding.level]}  {finding.what}: {finding.detail}" for finding in worst_first]
    return "\n".join([*lines, "", _next_step(findings, mode)])


def _next_step(findings: Sequence[Finding], mode: str) -> str:
    failed = [finding for finding in findings if finding.level is Level.FAIL]
    if not failed:
        return f"{mode} can run. Start it with: main.py run"
    # In the order of the checks: what comes first is what the others rest on.
    more = f" ({len(failed) - 1} more after that)" if len(failed) > 1 else ""
    return f"{mode} cannot run yet. First see to: {failed[0].what}{more}. Then: main.py doctor"
