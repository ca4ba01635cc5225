"""Coins that move alike count as one: the exposure that is left, by matrices small enough to do by hand."""

from __future__ import annotations

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.portfolio.correlated_exposure import correlated_exposure

ALIKE = [[1.0, 1.0], [1.0, 1.0]]
APART = [[1.0, 0.0], [0.0, 1.0]]
OPPOSITE = [[1.0, -1.0], [-1.0, 1.0]]


@pytest.mark.parametrize(
    ("weights", "correlations", "expected"),
    [
        ([0.4, 0.3], ALIKE, 0.7),
        ([0.4, 0.3], APART, 0.5),
        ([0.4, 0.3], OPPOSITE, 0.1),
        ([0.4, 0.3], [[1.0, 0.5], [0.5, 1.0]], sqrt(0.16 + 0.09 + 0.12)),
        ([0.5, -0.5], ALIKE, 0.0),
        ([0.6], [[1.0]], 0.6),
        ([], [], 0.0),
        ([0.1, 0.2, 0.2], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 0.3),
    ],
)
def test_by_hand(weights: list[float], correlations: list[list[float | None]], expected: float) -> None:
    found = correlated_exposure(weights, correlations)
    assert found is not None and isclose(found, expected, abs_tol=1e-12)


def test_a_correlation_between_held_coins_that_is_not_known_makes_it_unknown() -> None:
    assert correlated_exposure([0.4, 0.3], [[1.0, None], [None, 1.0]]) is None


def test_what_is_not_held_need_not_be_known() -> None:
    assert correlated_exposure([0.4, 0.0], [[1.0, None], [None, 1.0]]) == 0.4


def test_correlations_that_cannot_all_be_true_leave_nothing_below_zero() -> None:
    apart = [[1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
    assert correlated_exposure([0.3, 0.3, 0.3], apart) == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.floats(0, 1))
def test_it_lies_between_the_largest_coin_and_their_sum(weights: list[float], alike: float) -> None:
    matrix = [[1.0 if one == other else alike for other in range(len(weights))] for one in range(len(weights))]
    found = correlated_exposure(weights, matrix)
    assert found is not None
    assert max(weights) - 1e-9 <= found <= sum(weights) + 1e-9
