"""The table of guards fits the tree, so that the mutation check cannot go stale unnoticed; no guard is switched off."""

from __future__ import annotations

import pytest

from tests.mutants.copy_of_the_tree import PROJECT
from tests.mutants.table import Mutant, faults_of, table
from tests.proof import PROMISES


@pytest.mark.parametrize("mutant", table(), ids=str)
def test_each_guard_is_where_the_table_says_and_so_is_its_test(mutant: Mutant) -> None:
    assert list(faults_of(mutant, PROJECT)) == []


def test_no_guard_is_named_twice() -> None:
    names = [mutant.guard for mutant in table()]
    assert sorted(set(names)) == sorted(names)


def test_every_promise_has_a_guard() -> None:
    assert set(PROMISES) <= {mutant.promise for mutant in table()}
