"""The report reads from the worst to the best, and ends with what to do next."""

from __future__ import annotations

from trading.doctor.findings import as_text, can_run, fail, note, ok

MIXED = [ok("Python", "3.11"), fail("Key", "not set."), note("Discord", "not configured."), fail("Pairs", "unknown.")]


def test_the_worst_comes_first_and_each_line_says_its_mark_in_words() -> None:
    lines = as_text(MIXED, "LIVE").splitlines()
    assert [line.split()[1] for line in lines[:4]] == ["FAIL", "FAIL", "note", "ok"]
    assert lines[0] == "❌ FAIL  Key: not set."


def test_it_ends_with_the_first_thing_to_do() -> None:
    last = as_text(MIXED, "LIVE").splitlines()[-1]
    assert last == "LIVE cannot run yet. First see to: Key (1 more after that). Then: main.py doctor"
    assert as_text(MIXED[:1], "PAPER").splitlines()[-1] == "PAPER can run. Start it with: main.py run"


def test_notes_stop_nothing() -> None:
    assert can_run([ok("a", "b"), note("c", "d")])
    assert not can_run(MIXED)
