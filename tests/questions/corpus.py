"""The collections: one that others gathered, read where it lies, and ours beside this file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
COLLECTED = Path(__file__).parents[2].parent / "shared" / "data" / "questions" / "questions.csv"
TRADED = ("BTC", "ETH", "SOL")
MARKET = "Kraken"


@dataclass(frozen=True, slots=True)
class Question:
    """`query` is the outline that it must be taken for."""

    id: str
    group: str
    text: str
    query: str


def paraphrases() -> Sequence[Question]:
    """Our own, by group: slips of the pen, telegrams, other word orders, traps."""
    return _written("paraphrases.csv", "p")


def strangers() -> Sequence[Question]:
    """Written by somebody who had not seen the grammar: other words, half sentences, wrong premises, two at once."""
    return _written("strangers.csv", "t")


def _written(name: str, letter: str) -> Sequence[Question]:
    with (HERE / name).open() as file:
        rows = csv.DictReader(file, delimiter="|")
        return [Question(f"{letter}{i:03}", row["group"], row["text"], row["query"]) for i, row in enumerate(rows)]


def collected() -> Sequence[Question]:
    """The collected ones with what we expect of each; none where the collection is not there."""
    if not COLLECTED.exists():
        return ()
    with (HERE / "collected.csv").open() as file:
        expected = {row["id"]: row["query"] for row in csv.DictReader(file, delimiter="|")}
    with COLLECTED.open() as file:
        return [Question(row["id"], row["group"], row["text"], expected[row["id"]]) for row in csv.DictReader(file)]
