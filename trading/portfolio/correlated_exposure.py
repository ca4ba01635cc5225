"""How much is at stake once coins that move alike are counted as one."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def correlated_exposure(weights: Sequence[float], correlations: Sequence[Sequence[float | None]]) -> float | None:
    """The square root of w'Cw: the share of equity in a single coin that would swing as much as all of these do.

    `weights` are signed shares of equity, `correlations` their matrix (-1 to 1). Coins that move as one add up to the
    plain exposure, coins that move on their own to less, a long and a short in the same to nothing. It takes all coins
    to swing equally; it is no forecast. None where a correlation between two that are held is not known.
    """
    held = [place for place, weight in enumerate(weights) if weight]
    total = 0.0
    for one in held:
        for other in held:
            alike = 1.0 if one == other else correlations[one][other]
            if alike is None:
                return None
            total += weights[one] * weights[other] * alike
    # Correlations of different days each may leave a trifle below zero.
    return sqrt(max(0.0, total))
