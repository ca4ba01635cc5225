"""Promise 8: what the owner does by hand is never touched, and each of his fills is booked as his, once."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.lab.campaign import campaign
from tests.faults.lab.quiet import quiet_log
from tests.faults.lab.trial import Outcome
from tests.proof import Proof
from trading.domain.event import ExternalFill

BOOKS = 500


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with quiet_log():
        yield


def untold(outcome: Outcome) -> Iterator[str]:
    """Fills of the owner that were not told once each."""
    told = [entry.event.trade_id for entry in outcome.tables.journal if isinstance(entry.event, ExternalFill)]
    foreign = [ticket for ticket in outcome.exchange.tickets if ticket.client_id is None]
    if sorted(told) != sorted(done.trade_id for ticket in foreign for done in ticket.executions):
        yield f"the journal tells of {len(told)} trades by hand"


async def test_the_owners_orders_are_left_alone_and_booked_once(proof: Proof) -> None:
    runs, foreign = await campaign(untold), 0
    for seed in range(BOOKS):
        boundary = random.Random(seed).randint(1, 60) if seed % 2 else 0
        outcome = await runs.go(seed, boundary, "meddling")
        foreign += sum(ticket.client_id is None for ticket in outcome.exchange.tickets)
    assert not runs.failures, "\n".join(runs.failures[:20])
    assert foreign > BOOKS
    proof(8, cases=runs.cases)
