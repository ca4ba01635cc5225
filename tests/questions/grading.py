"""Right, wrong, or declined: each question's outline against the one it must have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chatbot.agent.grammar.messages import parse
from tests.questions.corpus import MARKET, TRADED, Question
from tests.questions.outline import outline


class Grade(StrEnum):
    RIGHT = "right"
    """Answered or previewed as it must be."""
    DECLINED = "declined"
    """Declined as it must be."""
    MISSED = "missed"
    """Declined although it could have been answered."""
    WRONG = "wrong"
    """Taken for another question."""


@dataclass(frozen=True, slots=True)
class Graded:
    question: Question
    got: str
    grade: Grade


def graded(question: Question) -> Graded:
    got = outline(parse(question.text, TRADED, MARKET))
    if got == question.query:
        return Graded(question, got, Grade.DECLINED if _declines(got) else Grade.RIGHT)
    return Graded(question, got, Grade.MISSED if _declines(got) else Grade.WRONG)


def table(questions: Iterable[Question]) -> list[str]:
    """A line per group, and one for all."""
    counts: dict[str, Counter[Grade]] = {}
    for question in questions:
        counts.setdefault(question.group, Counter())[graded(question).grade] += 1
    counts["all"] = sum(counts.values(), Counter())
    head = f"{'group':<10}" + "".join(f"{grade:>10}" for grade in Grade) + f"{'of':>8}"
    lines = [
        f"{group:<10}" + "".join(f"{found[grade]:>10}" for grade in Grade) + f"{found.total():>8}"
        for group, found in counts.items()
    ]
    return [head, *lines]


def _declines(query: str) -> bool:
    return query == "None" or query.startswith(("Decline", "Advice"))
