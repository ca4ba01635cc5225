"""The table of guards fits the tree, so that the mutation check cannot go stale unnoticed; no guard is switched off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.copy_of_the_tree import PROJECT, CopyOfTheTree
from tests.mutants.table import Mutant, faults_of, table
from tests.proof import PROMISES

PLAIN = Mutant("a guard", "code.py", "if broken:", "if False:", ("test_code.py::TestIt::test_that", "test_code.py"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of one guard and one test."""
    (tmp_path / "code.py").write_text("if broken:\n    stop()\n")
    (tmp_path / "test_code.py").write_text("class TestIt:\n    def test_that(self):\n        pass\n")
    return tmp_path


@pytest.mark.parametrize("mutant", table(), ids=str)
def test_each_guard_is_where_the_table_says_and_so_is_its_test(mutant: Mutant) -> None:
    assert list(faults_of(mutant, PROJECT)) == []


def test_no_guard_is_named_twice() -> None:
    names = [mutant.guard for mutant in table()]
    assert sorted(set(names)) == sorted(names)


def test_every_promise_has_a_guard() -> None:
    assert set(PROMISES) <= {mutant.promise for mutant in table()}


def test_a_mutant_that_fits_has_no_fault(tree: Path) -> None:
    assert list(faults_of(PLAIN, tree)) == []


@pytest.mark.parametrize(
    ("stale", "why"),
    [
        (replace(PLAIN, text="if torn:"), "its text occurs 0 times in code.py, not once"),
        (replace(PLAIN, text="o"), "its text occurs 2 times in code.py, not once"),
        (replace(PLAIN, instead="if broken:"), "it changes nothing"),
        (replace(PLAIN, instead="if:"), "what it makes of code.py is no Python: invalid syntax in line 1"),
        (replace(PLAIN, file="gone.py"), "there is no file gone.py"),
        (replace(PLAIN, tests=("test_code.py::test_that",)), "there is no test test_code.py::test_that"),
        (replace(PLAIN, tests=("test_gone.py",)), "there is no test test_gone.py"),
    ],
)
def test_what_has_gone_stale_is_named(tree: Path, stale: Mutant, why: str) -> None:
    assert list(faults_of(stale, tree)) == [why]


def test_a_guard_is_off_inside_the_block_and_on_again_after_it_whatever_happens(tree: Path) -> None:
    code = tree / "code.py"
    before = code.read_text(), code.stat().st_mtime_ns
    with pytest.raises(RuntimeError), CopyOfTheTree(tree).without(PLAIN):
        assert code.read_text().startswith("if False:")
        raise RuntimeError
    assert (code.read_text(), code.stat().st_mtime_ns) == before
