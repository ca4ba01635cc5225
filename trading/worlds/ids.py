"""Ids of a world of candles: drawn from a sequence, so that the same run names everything the same way again.

A rebalance's id is part of what a model is asked; were it random, a recorded answer would never be found again.
"""

from __future__ import annotations

import itertools
import uuid

from trading.core import NewId
from trading.store.port import Store

RUNS = "runs"
"""How many times this portfolio's store has been opened: ids of one run never come again in the next."""

_NAMESPACE = uuid.UUID("0b7c9a54-6d1f-4a40-8f3b-9b1f5b6f0c11")


async def ids_of_next_run(store: Store) -> NewId:
    """The ids of a run that begins now. The first run of every portfolio has the same ones."""
    async with store.transaction() as tx:
        run = int(await tx.meta(RUNS) or 0) + 1
        await tx.put_meta(RUNS, str(run))
    numbers = itertools.count(1)
    return lambda: uuid.uuid5(_NAMESPACE, f"{run}:{next(numbers)}").hex
