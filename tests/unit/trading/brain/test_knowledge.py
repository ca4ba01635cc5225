"""What is said about a model that may have read about the days it is tried on."""

from __future__ import annotations

from datetime import date

from trading.brain.knowledge import caveat

REACHES = date(2024, 6, 1)


def test_a_run_that_begins_before_the_cutoff_is_no_evidence_until_then() -> None:
    said = "The model's knowledge reaches to 2024-06-01: results before that date are not evidence."
    assert caveat("gpt-4o", REACHES, date(2024, 1, 1)) == caveat("gpt-4o", REACHES, REACHES) == said


def test_a_run_after_it_has_nothing_against_it() -> None:
    assert caveat("gpt-4o", REACHES, date(2024, 6, 2)) == ""


def test_an_unknown_cutoff_is_said_to_be_unknown() -> None:
    assert caveat("local-7b", None, date(2030, 1, 1)).startswith(
        "How far the knowledge of local-7b reaches is not known"
    )
