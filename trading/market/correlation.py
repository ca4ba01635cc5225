"""How alike two symbols' days are."""

from __future__ import annotations

import numpy as np

from trading.exchange.columns import Columns

DAYS = 90
FEWEST = 30
"""Returns below which nothing is said."""


def correlation(one: Columns, other: Columns) -> float | None:
    """Pearson's correlation of the last 90 simple daily returns over days that both have, -1 to 1.

    None from fewer than 30 returns, or where a price did not move.
    """
    _, ours, theirs = np.intersect1d(one.opened_at, other.opened_at, assume_unique=True, return_indices=True)
    mine, its = one.close[ours][-DAYS - 1 :], other.close[theirs][-DAYS - 1 :]
    if len(mine) <= FEWEST:
        return None
    deviations = [np.diff(prices) / prices[:-1] for prices in (mine, its)]
    centred = [returns - returns.mean() for returns in deviations]
    scale = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float(centred[0] @ centred[1]) / scale if scale > 1e-15 else None
